/**
 * What a field of the walk comes to: refused by both, with an effect that is modelled, with an effect that is warned
 * of, or without effect. Everything else is a fault.
 */
import type { EnvoyConfig, Listener } from '../../../src/envoy/config.ts';
import { notModelled } from '../../../src/istio/modelled.ts';
import { literally } from '../../../src/shared/texts.ts';
import type { Answer } from './answer.ts';
import { addressOf, hostOf, type Stop } from './walk.ts';

export type Outcome =
  | { readonly is: 'refused' | 'no effect' | 'warned' | 'inbound' }
  /** Keys of the configuration that differ from those without the field; empty where whole resources come or go. */
  | { readonly is: 'effect'; readonly keys: readonly string[] }
  | { readonly is: 'fault'; readonly why: string };

/** Their effect is on the server's side of a sidecar, which is not compared with istiod's. */
const INBOUND = /^spec\.(ingress|inboundConnectionPool)\b/;

export function outcomeOf(stop: Stop, real: Answer, ours: Answer): Outcome {
  const name = `${stop.kind}/mesh-network/o${stop.number}`;
  const refused = (answer: Answer) => answer.refused.some(({ object }) => object === name);
  if (refused(real) !== refused(ours))
    return fault(`refused by ${refused(real) ? 'istiod' : 'the sandbox'} alone`);
  if (refused(real)) return { is: 'refused' };
  const warned = isWarned(stop);
  const [before, after] = [slice(real, stop, stop.without), slice(real, stop, stop.number)];
  const [mine, then] = [slice(ours, stop, stop.without), slice(ours, stop, stop.number)];
  const changed = before.text !== after.text;
  if (!changed) {
    if (mine.text !== then.text) return fault('changes the sandbox’s configuration and not istiod’s');
    if (warned && INBOUND.test(stop.path)) return { is: 'inbound' };
    return warned ? fault('a Warning, and no effect on istiod’s configuration') : { is: 'no effect' };
  }
  if (warned) return { is: 'warned' };
  if (after.text !== then.text)
    return fault('changes istiod’s configuration otherwise than the sandbox’s, without a Warning');
  return { is: 'effect', keys: changedKeys(before.items, after.items) };
}

const fault = (why: string): Outcome => ({ is: 'fault', why });

/** A Warning names the field, or what holds it. */
function isWarned({ object, path }: Stop): boolean {
  return notModelled(object).some(text => {
    const [at = ''] = /^[^:]*(?=: )/.exec(text) ?? [];
    const general = at.replace(/\[\d+\]/g, '[]').replace(/\[[^\]]+\]/g, '{}');
    return at === object.kind || path === general || new RegExp(`^${literally(general)}[.[{]`).test(path);
  });
}

interface Slice {
  readonly items: readonly unknown[];
  readonly text: string;
}

/** The part of a client's configuration that a place of the mesh concerns, without the names that set it apart. */
function slice(answer: Answer, { kind }: Stop, number: number): Slice {
  const config = answer.proxies[kind === 'Sidecar' ? number : 0];
  if (config === undefined) return { items: [], text: '' };
  const all = kind === 'Sidecar' ? partsOf(config) : concerning(config, number);
  const texts = all.map(each => general(each, number)).sort();
  const text = texts.join('\n');
  return { items: texts.map(each => JSON.parse(each)), text };
}

/** Each resource of a configuration as text; what many share (listeners for all addresses, routes) in its parts. */
const parts = new WeakMap<EnvoyConfig, readonly string[]>();

function partsOf(config: EnvoyConfig): readonly string[] {
  const known = parts.get(config);
  if (known !== undefined) return known;
  const { listeners, routes, clusters, endpoints } = config;
  const isShared = ({ name }: Listener) => name.startsWith('0.0.0.0') || name.startsWith('virtual');
  const chains = listeners
    .filter(isShared)
    .flatMap(({ filter_chains = [], default_filter_chain: last }) => [
      ...filter_chains,
      ...(last ? [last] : []),
    ]);
  const own = listeners.filter(each => !isShared(each));
  const hosts = routes.flatMap(({ virtual_hosts = [] }) => virtual_hosts);
  const texts = [...own, ...chains, ...hosts, ...clusters, ...endpoints].map(each =>
    JSON.stringify(sorted(each)),
  );
  parts.set(config, texts);
  return texts;
}

function concerning(config: EnvoyConfig, number: number): string[] {
  const [host, address] = [hostOf(number), `"${addressOf(number)}"`];
  return partsOf(config).filter(text => text.includes(host) || text.includes(address));
}

function general(text: string, number: number): string {
  return text
    .replaceAll(`h${number}x.`, 'HOST.')
    .replace(new RegExp(`\\b(240\\.9|10\\.[6789])\\.${number}\\.`, 'g'), '$1.N.')
    .replace(new RegExp(`\\b(o|vm|w|walker-)${number}\\b`, 'g'), '$1N');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}

/** Of items that have a partner of the same name, the keys that differ; empty when some have none. */
function changedKeys(before: readonly unknown[], after: readonly unknown[]): string[] {
  const name = (each: unknown) => {
    const { name: own, cluster_name: cluster } = each as { name?: string; cluster_name?: string };
    return own ?? cluster ?? '';
  };
  const keys = new Set<string>();
  for (const each of after) {
    const twin = before.find(other => name(other) === name(each) && kindOf(other) === kindOf(each));
    if (twin === undefined) return [];
    differing(twin, each, '', keys);
  }
  return before.length > after.length ? [] : [...keys];
}

/** A cluster and its endpoints share a name. */
const kindOf = (each: unknown) =>
  Object.keys(each as object).find(key => /domains|lb_policy|endpoints|filters/.test(key)) ?? '';

function differing(a: unknown, b: unknown, key: string, keys: Set<string>): void {
  if (JSON.stringify(a) === JSON.stringify(b)) return;
  const both = [a, b].every(each => typeof each === 'object' && each !== null);
  if (!both) {
    keys.add(key);
    for (const each of [a, b]) for (const inner of allKeys(each)) keys.add(inner);
    return;
  }
  const [x, y] = [a, b] as Record<string, unknown>[];
  for (const inner of new Set([...Object.keys(x ?? {}), ...Object.keys(y ?? {})])) {
    differing(x?.[inner], y?.[inner], /^\d+$/.test(inner) ? key : inner, keys);
  }
}

function allKeys(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => [
    ...(/^\d+$/.test(key) ? [] : [key]),
    ...allKeys(each),
  ]);
}
