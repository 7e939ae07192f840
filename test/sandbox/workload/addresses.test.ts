/** Addresses in the sandbox: a manifest that names one still fits when the sandbox is made again. */
import { expect, it } from 'vitest';
import { Store } from '../../../src/sandbox/api-server/store.ts';
import { allot } from '../../../src/sandbox/workload/controllers/allot.ts';
import { serviceAdmission } from '../../../src/sandbox/workload/controllers/services.ts';

/** The Services of the lab's world, and of an exam with a world of servers for each question. */
const NAMES = [
  'mesh-network/catalog',
  ...['outside', ...Array.from({ length: 30 }, (_, i) => `outside-exam-${i + 1}`)].flatMap(namespace =>
    ['safedata-stable', 'safedata-canary', 'example-pay'].map(name => `${namespace}/${name}`),
  ),
  ...Array.from({ length: 30 }, (_, i) => `exam-${i + 1}/catalog`),
];

/** Service -> address, in a sandbox in which they were made in this order. */
function sandboxOf(names: readonly string[]): ReadonlyMap<string, string> {
  const store = new Store(() => 0);
  const admit = serviceAdmission(store);
  return new Map(
    names.map(each => {
      const [namespace = '', name = ''] = each.split('/');
      const metadata = { name, namespace };
      const object = { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 80 }] } };
      const answer = admit({ operation: 'CREATE', resource: 'services', object, old: null });
      const made = store.create('services', answer.object ?? object);
      return [each, (made.spec as { clusterIP: string }).clusterIP];
    }),
  );
}

it('are the same for the same Services, in whatever order they are made', () => {
  const first = sandboxOf(NAMES);
  expect(new Set(first.values()).size).toBe(NAMES.length);
  for (const ip of first.values()) expect(ip).toMatch(/^10\.96\.[1-9]\d{0,2}\.[1-9]\d{0,2}$/);
  expect(Object.fromEntries(sandboxOf([...NAMES].reverse()))).toEqual(Object.fromEntries(first));
});

it('are given to one only: a name has a second address where its first is taken', () => {
  const first = allot('a/b', '10.96', () => false);
  const second = allot('a/b', '10.96', ip => ip === first);
  expect(second).not.toBe(first);
  expect(allot('a/b', '10.96', ip => ip === first)).toBe(second);
});
