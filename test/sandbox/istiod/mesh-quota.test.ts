import { describe, expect, it } from 'vitest';
import type { Resource } from '../../../src/istio/resource.ts';
import { Store } from '../../../src/sandbox/api-server/store.ts';
import { meshQuota } from '../../../src/sandbox/istiod/mesh-quota.ts';

// A manifest of fifteen kilobytes would make 63,750 clusters, and hold up everything for half a minute.

const ISTIO = 'networking.istio.io';
const many = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n));
const object = (kind: string, name: string, spec: object) =>
  ({ apiVersion: `${ISTIO}/v1`, kind, metadata: { name, namespace: 'mesh-network' }, spec }) as Resource;
const entry = (name: string, hosts: number, ports: number) =>
  object('ServiceEntry', name, {
    hosts: many(hosts, n => `${name}-${n}.test`),
    ports: many(ports, n => ({ number: n + 1, name: `p${n}`, protocol: 'HTTP' })),
  });
const rules = (count: number) =>
  object('VirtualService', 'big', {
    hosts: ['catalog'],
    http: many(count, n => ({ match: [{ uri: { prefix: `/${n}` } }] })),
  });
const subsets = (host: string, count: number) =>
  object('DestinationRule', 'big', { host, subsets: many(count, n => ({ name: `s${n}` })) });

const NAMES: Readonly<Record<string, string>> = {
  ServiceEntry: `serviceentries.${ISTIO}`,
  VirtualService: `virtualservices.${ISTIO}`,
  DestinationRule: `destinationrules.${ISTIO}`,
};

/** What is said of the last of these objects when all others are there. */
function said(...objects: Resource[]): string | undefined {
  const store = new Store(Date.now);
  const last = objects.pop() as Resource;
  for (const each of objects) store.create(NAMES[each.kind] ?? '', each);
  const resource = NAMES[last.kind] ?? '';
  return meshQuota(store)({ operation: 'CREATE', resource, object: last, old: null }).denied?.message;
}

describe('what a mesh in the sandbox has room for', () => {
  it.each([
    ['many hosts with many ports', [entry('big', 255, 250)], 'clusters=63750, used: clusters=0'],
    [
      'the fifth of five',
      [...many(4, n => entry(`e${n}`, 30, 30)), entry('e5', 30, 30)],
      'clusters=900, used: clusters=3600',
    ],
    [
      'subsets of all hosts',
      [entry('e', 30, 30), subsets('*.test', 10)],
      'clusters=9000, used: clusters=900',
    ],
    ['many rules', [rules(1001)], 'routes=1001, used: routes=0'],
    ['rules on many ports', [entry('e', 1, 250), rules(20)], 'routes=5000, used: routes=0'],
  ])('refuses %s', (_, objects, words) => {
    const amount = words.split('=')[0];
    expect(said(...objects)).toBe(
      `${NAMES[objects.at(-1)?.kind ?? '']} "${objects.at(-1)?.metadata.name}" is forbidden: exceeded quota: sandbox, requested: ${words}, limited: ${amount}=${amount === 'routes' ? 1000 : 2000}`,
    );
  });

  it('takes what lessons and people need, and any change that makes it no more', () => {
    expect(said(entry('api', 500, 2))).toBeUndefined();
    expect(said(entry('api', 5, 2), subsets('api-1.test', 50), rules(500))).toBeUndefined();
    expect(said(entry('big', 255, 250), entry('big', 250, 250))).toBeUndefined();
  });
});
