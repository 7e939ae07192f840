/**
 * Durations as Go reads them (time.ParseDuration): '1.5s', '1h30m', '500ms'. Istio's decoder and the CRDs' rules both
 * use it, so '500ms' is valid although protobuf's own JSON would want '0.5s'.
 */
import { goQuote } from './go-text.ts';

const NANOSECONDS: Record<string, number> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
const WHOLE = /^[-+]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;
const GOOD_PARTS = /^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h)(?=[.\d]|$))+/;
const PARTS = /^(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h)(?=[.\d]|$)/;
const LIMIT = 2 ** 63;

/** Nanoseconds, or null if it is not a duration. */
export function parseDuration(text: string): number | null {
  if (/^[-+]?0$/.test(text)) return 0;
  if (!WHOLE.test(text)) return null;
  let sum = 0;
  for (const [, amount = '', unit = ''] of text.matchAll(PART)) {
    const size = NANOSECONDS[unit] ?? 0;
    const [units = '0', fraction = ''] = amount.split('.');
    // Whole units and fraction separately, as in Go: 0.3 * 1e9 would not be a whole number.
    sum += Number(units || '0') * size + Math.floor(Number(`0.${fraction || '0'}`) * size + 1e-6);
  }
  if (sum >= LIMIT) return null;
  return text.startsWith('-') ? -sum : sum;
}

/** Why it is not a duration, in the words of Go's error. */
export function durationError(text: string): string {
  const rest = text.replace(/^[-+]/, '').replace(GOOD_PARTS, '');
  const [, number = '', unit = ''] = /^(\d+(?:\.\d*)?|\.\d+)?([^.\d]*)/.exec(rest) ?? [];
  if (number === '' || PARTS.test(rest)) return `time: invalid duration ${goQuote(text)}`;
  if (unit === '') return `time: missing unit in duration ${goQuote(text)}`;
  return `time: unknown unit ${goQuote(unit)} in duration ${goQuote(text)}`;
}
