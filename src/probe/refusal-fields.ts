/** What the rules of refusal-cause.ts look for in objects. Pure. */
import { ipRange } from '../envoy/match-ip.ts';
import type { Resource } from '../istio/resource.ts';
import type { ServiceEntry, VirtualService } from '../istio/types.ts';

/** A place in an object that is at fault. */
export interface Fault {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** 'host *data-zone.io' */
  readonly what: string;
}

export function faults({ kind, metadata }: Resource, at: readonly unknown[], what: string): Fault[] {
  return at.map(value => ({
    kind,
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    what: `${what} ${String(value)}`,
  }));
}

/** The objects that have a value twice, or share one with another; `key` is the same for values that count as equal. */
export function twice<T extends Resource>(
  objects: readonly T[],
  valuesOf: (object: T) => readonly string[],
  key: (value: string) => string,
  what: string,
): Fault[] {
  const all = objects.flatMap(object => valuesOf(object).map(value => ({ object, value, key: key(value) })));
  return all
    .filter(each => all.filter(other => other.key === each.key).length > 1)
    .flatMap(({ object, value }) => faults(object, [value], what));
}

export function isPartial(host: string): boolean {
  return host.includes('*') && !host.startsWith('*.') && host !== '*';
}

export function lowerCase(text: string): string {
  return text.toLowerCase();
}

export function isIn(words: string) {
  return (value: unknown): boolean =>
    typeof value === 'string' && value !== '' && words.includes(`'${value}'`);
}

export function hasPort({ spec }: ServiceEntry, port: string | undefined): boolean {
  return (spec?.ports ?? []).some(each => String(each.number) === port);
}

/** Of the tls routes that match `port`, or any. */
export function serverNames({ spec }: VirtualService, port?: string): string[] {
  return (spec?.tls ?? [])
    .flatMap(route => route.match ?? [])
    .filter(match => port === undefined || match.port === undefined || String(match.port) === port)
    .flatMap(match => match.sniHosts ?? []);
}

export function subnets({ spec }: VirtualService, port: string | undefined): string[] {
  return (spec?.tcp ?? [])
    .flatMap(route => route.match ?? [])
    .filter(match => match.port === undefined || String(match.port) === port)
    .flatMap(match => match.destinationSubnets ?? []);
}

/** The same for ranges that are equal: '10.1.2.3/16' and '10.1.0.0/16'. */
export function rangeKey(range: string): string {
  const [address = '', length] = range.split('/');
  const bits = length === undefined ? (address.includes(':') ? 128 : 32) : Number(length);
  return ipRange(address, bits).key;
}

/** All values of fields with one of these names, however deep. */
export function values(from: unknown, ...names: readonly string[]): unknown[] {
  if (typeof from !== 'object' || from === null) return [];
  return Object.entries(from).flatMap(([key, value]) => [
    ...(names.includes(key) ? [value] : []),
    ...values(value, ...names),
  ]);
}

export function* strings(from: unknown): Iterable<string> {
  if (typeof from === 'string') yield from;
  if (typeof from !== 'object' || from === null) return;
  for (const [key, value] of Object.entries(from)) {
    if (/[\0\n\r]/.test(key)) yield key;
    yield* strings(value);
  }
}
