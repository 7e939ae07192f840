/** From a lesson's call to curl's arguments. Pure. */
import type { Call, Check } from '../course/schema.ts';

/** '300ms', '4s', '1m' in milliseconds. */
export function milliseconds(duration: string): number {
  const unit = /ms$/.test(duration) ? 1 : /m$/.test(duration) ? 60_000 : 1000;
  return Number.parseFloat(duration) * unit;
}

/** curl's options whose value looks like the URL of a call but is not one. */
const TAKES_A_URL = new Set([
  '-x',
  '--proxy',
  '--preproxy',
  '-e',
  '--referer',
  '-H',
  '--header',
  '-d',
  '--data',
]);

/**
 * The arguments of a call. With `repeat`, one curl sends each URL that many times: a
 * range in the fragment, which curl expands and no server sees. curl uses its connection again, as an app would.
 */
export function argvOf({ curl }: Call, repeat?: number | undefined): readonly string[] {
  if (repeat === undefined) return curl;
  return curl.map((arg, i) =>
    /^https?:\/\//.test(arg) && !TAKES_A_URL.has(curl[i - 1] ?? '') ? `${arg}#[1-${repeat}]` : arg,
  );
}

/** What a check sends, and the further client that sends it. */
export function callOf({ call, expect }: Pick<Check, 'call' | 'expect'>): Call {
  return { ...call, curl: [...argvOf(call, expect.repeat)] };
}

/** How many calls each numbered URL makes: 40 for 'http://x/[1-40]'. */
export function numberedCalls(curl: readonly string[]): readonly number[] {
  return curl.flatMap(arg => [...arg.matchAll(/\[1-(\d+)\]/g)].map(([, to]) => Number(to)));
}
