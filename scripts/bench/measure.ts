/** Small measures: medians, ratios, and a table that shows the bound by which each number is judged. */

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Takes turns, so that whatever else the machine does affects all of them alike. Medians in milliseconds. */
export async function sideBySide<K extends string>(
  rounds: number,
  contenders: Record<K, () => Promise<number>>,
): Promise<Record<K, number>> {
  const names = Object.keys(contenders) as K[];
  const taken = Object.fromEntries(names.map(name => [name, [] as number[]])) as Record<K, number[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of names) taken[name].push(await contenders[name]());
  }
  return Object.fromEntries(names.map(name => [name, median(taken[name])])) as Record<K, number>;
}

export interface Row {
  readonly what: string;
  readonly found: string;
  readonly bound: string;
  readonly met: boolean;
}

export function ratioRow(what: string, ms: number, peerName: string, peerMs: number, bound: number): Row {
  const ratio = ms / peerMs;
  return {
    what,
    found: `${ratio.toFixed(2)} x ${peerName} (${Math.round(ms)} against ${Math.round(peerMs)} ms)`,
    bound: `${bound} x`,
    met: ratio <= bound,
  };
}

export function plainRow(what: string, value: number, unit: string, bound: number): Row {
  return { what, found: `${Math.round(value)} ${unit}`, bound: `${bound} ${unit}`, met: value <= bound };
}

/** One figure of two providers: a comparison without a bound. */
export function againstRow(what: string, one: number, other: number, unit: string): Row {
  const ratio = (one / other).toPrecision(2);
  return {
    what,
    found: `${ratio} x (${Math.round(one)} against ${Math.round(other)} ${unit})`,
    bound: '',
    met: true,
  };
}

/** A Markdown table, ready for the README. */
export function table(rows: readonly Row[]): string {
  const lines = rows.map(
    row =>
      `| ${row.what} | ${row.found} | ${row.bound} | ${row.bound === '' ? '' : row.met ? 'yes' : 'NO'} |`,
  );
  return ['| what | median | at most | met |', '| --- | --- | --- | --- |', ...lines].join('\n');
}
