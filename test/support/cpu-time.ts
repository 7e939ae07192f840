/**
 * How long this process has computed, in milliseconds. For tests of how work grows: beside other work the clock on
 * the wall goes on while nothing is computed here, and a bound by it is missed by chance.
 */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
