/** How Envoy prints protos as JSON: durations, type names, and objects without empty fields. */
import type { Duration } from '../../istio/types.ts';

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export const anyType = <T extends string>(name: T): { '@type': `type.googleapis.com/${T}` } => ({
  '@type': `type.googleapis.com/${name}`,
});

const UNIT_NANOS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** Nanoseconds in '1.5s', '250ms', '1h30m'. An unreadable duration is 0: validation has already refused it. */
export function nanoseconds(text: Duration): number {
  let total = 0;
  for (const [, number = '0', unit = 's'] of text.matchAll(/([0-9.]+)(ns|us|µs|ms|s|m|h)/g)) {
    total += Math.round(Number(number) * (UNIT_NANOS[unit] ?? 0));
  }
  return text.startsWith('-') ? -total : total;
}

/** Seconds with 0, 3, 6 or 9 decimals, as in protobuf's JSON: '90s', '1.500s', '0.000250s'. */
export function protoDuration(text: Duration): string {
  const nanos = nanoseconds(text);
  const seconds = Math.trunc(nanos / 1e9);
  const rest = Math.abs(nanos % 1e9);
  if (rest === 0) return `${seconds}s`;
  const digits = String(rest)
    .padStart(9, '0')
    .replace(/(?:000){1,2}$/, '');
  return `${nanos < 0 && seconds === 0 ? '-0' : seconds}.${digits}s`;
}

/** The object without fields that are undefined. */
export function defined<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) out[key] = value;
  return out as T;
}

/** '/apis/networking.istio.io/v1/namespaces/NS/virtual-service/NAME': where a piece of configuration comes from. */
export function configPath(kind: string, namespace: string, name: string): string {
  return `/apis/networking.istio.io/v1/namespaces/${namespace}/${kind}/${name}`;
}
