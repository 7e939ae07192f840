/**
 * How far a count may be from its share and still be chance: the exact (Clopper-Pearson-like) interval of
 * the binomial distribution. A correct mesh falls outside once in 100,000 tries.
 */
const RISK = 1e-5;

/**
 * The counts [low, high] of `n` tries with probability `p` (0 to 1) such that a count below `low`, and one above
 * `high`, are each less likely than half the risk. 0 and 1 are exact.
 */
export function interval(n: number, p: number, risk = RISK): { readonly low: number; readonly high: number } {
  if (p <= 0) return { low: 0, high: 0 };
  if (p >= 1) return { low: n, high: n };
  const mass = massOf(n, p);
  let low = 0;
  for (let below = mass(0); below < risk / 2 && low < n; below += mass(low)) low++;
  let high = n;
  for (let above = mass(n); above < risk / 2 && high > 0; above += mass(high)) high--;
  return { low, high };
}

/** How likely `n` tries with probability `p` (0 to 1) give a count from `low` to `high`. */
export function probabilityWithin(n: number, p: number, low: number, high: number): number {
  const mass = massOf(n, p);
  let sum = 0;
  for (let k = low; k <= high; k++) sum += mass(k);
  return Math.min(1, sum);
}

function massOf(n: number, p: number): (k: number) => number {
  const logs = logFactorials(n);
  // What happens no times is certain, whatever its probability: 0 ** 0 is 1.
  const log = (times: number, of: number) => (times === 0 ? 0 : times * Math.log(of));
  return k => Math.exp((logs[n] ?? 0) - (logs[k] ?? 0) - (logs[n - k] ?? 0) + log(k, p) + log(n - k, 1 - p));
}

/** ln(k!) for k from 0 to n: the factorials themselves overflow past 170. */
function logFactorials(n: number): number[] {
  const logs = [0];
  for (let k = 1; k <= n; k++) logs.push((logs[k - 1] ?? 0) + Math.log(k));
  return logs;
}

/** '10%' as 0.1. */
export function parsePercent(text: string): number {
  return Number(text.slice(0, -1)) / 100;
}
