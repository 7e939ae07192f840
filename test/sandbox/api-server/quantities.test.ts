/** Much of something: a bound that is told, or an answer at once. Each of these took many seconds, or all memory. */
import { beforeEach, expect, it } from 'vitest';
import { type BareApi, bareApi } from '../../support/bare-api.ts';
import { cpuTime } from '../../support/cpu-time.ts';

/** Milliseconds, on a busy machine. */
const AT_ONCE = 2000;

let store: BareApi['store'];
let app: BareApi['app'];

beforeEach(() => {
  ({ store, app } = bareApi());
  store.create('configmaps', {
    ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'x' } },
    data: { a: 'b' },
  } as never);
});

const MAPS = '/api/v1/namespaces/x/configmaps';
const JSON_PATCH = 'application/json-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const APPLY = 'application/apply-patch+yaml';

async function send(method: string, path: string, body?: object, type = 'application/json') {
  const started = cpuTime();
  const response = await app.request(path, {
    method,
    headers: { authorization: 'Bearer t', 'content-type': type },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  expect(cpuTime() - started).toBeLessThan(AT_ONCE);
  expect(text.length).toBeLessThan(5_000_000);
  return { status: response.status, text };
}

const many = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, i) => make(i));
const map = (rest: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' }, ...rest });

it('10,000 operations of a JSON patch', async () => {
  const add = many(10_000, i => ({ op: 'add', path: `/data/k${i}`, value: 'v' }));
  expect((await send('PATCH', `${MAPS}/a`, add, JSON_PATCH)).status).toBe(200);
  expect(Object.keys(store.get('configmaps', 'x', 'a')?.data as object)).toHaveLength(10_001);
  const { status, text } = await send('PATCH', `${MAPS}/a`, [...add, add[0] as object], JSON_PATCH);
  expect(status).toBe(413);
  expect(text).toContain('The allowed maximum operations in a JSON patch is 10000, got 10001');
});

it('copies that double', async () => {
  const copy = many(30, i => ({ op: 'copy', from: '/data', path: `/data/c${i}` }));
  const { status, text } = await send('PATCH', `${MAPS}/a`, copy, JSON_PATCH);
  expect(status).toBe(422);
  expect(text).toMatch(/accumulated size increase of copy is \d+, exceeding the limit 3145728/);
});

it.each([
  [','.repeat(100_000), 400],
  [encodeURIComponent(`(${'a,('.repeat(30_000)}`), 400],
  [encodeURIComponent(`a in (${many(20_000, i => `v${i}`).join(',')}),!b`), 200],
])('a labelSelector: %.20s', async (selector, status) => {
  expect((await send('GET', `${MAPS}?labelSelector=${selector}`)).status).toBe(status);
});

it('lists that are merged', async () => {
  const finalizers = many(20_000, i => `a/${i}`);
  expect((await send('PATCH', `${MAPS}/a`, { metadata: { finalizers } }, STRATEGIC)).status).toBe(200);
  const deleted = { metadata: { '$deleteFromPrimitiveList/finalizers': finalizers.slice(1) } };
  expect((await send('PATCH', `${MAPS}/a`, deleted, STRATEGIC)).status).toBe(200);
  expect(store.get('configmaps', 'x', 'a')?.metadata.finalizers).toEqual(['a/0']);
  const applied = map({ metadata: { name: 'b', finalizers } });
  for (const status of [201, 200]) {
    expect((await send('PATCH', `${MAPS}/b?fieldManager=m`, applied, APPLY)).status).toBe(status);
  }
});

it('ports of one Service', async () => {
  const ports = many(12_000, i => ({ name: `p${i}`, port: 80 }));
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { ports } };
  expect((await send('POST', '/api/v1/namespaces/x/services', service)).status).toBe(201);
});

it('faults of one object', async () => {
  const labels = Object.fromEntries(many(20_000, i => [`!${i}`, '!']));
  const { status, text } = await send('POST', MAPS, map({ metadata: { name: 'b', labels } }));
  expect(status).toBe(422);
  expect(JSON.parse(text).details.causes).toHaveLength(100);
});

it('values of one body', async () => {
  const data = Object.fromEntries(many(60_000, i => [`k${i}`, 'v']));
  const { status, text } = await send('POST', MAPS, map({ data }));
  expect(status).toBe(413);
  expect(text).toContain('the sandbox takes 50000 values in one body');
  // A long text is one value.
  expect((await send('POST', MAPS, map({ data: { a: 'a,b\n'.repeat(200_000) } }))).status).toBe(201);
});
