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
  const logs = logFactorials(n);
  const mass = (k: number) =>
    Math.exp(
      (logs[n] ?? 0) - (logs[k] ?? 0) - (logs[n - k] ?? 0) + k * Math.log(p) + (n - k) * Math.log(1 - p),
    );
  let low = 0;
  for (let below = mass(0); below < risk / 2 && low < n; below += mass(low)) low++;
  let high = n;
  for (let above = mass(n); above < risk / 2 && high > 0; above += mass(high)) high--;
  return { low, high };
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
