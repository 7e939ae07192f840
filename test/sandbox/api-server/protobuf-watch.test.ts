import { describe, expect, it } from 'vitest';
import { decodeProtobuf } from '../../../src/sandbox/api-server/protobuf/decode.ts';
import { Reader } from '../../../src/sandbox/api-server/protobuf/wire.ts';
import { bareApi } from '../../support/bare-api.ts';

// What a reflector of client-go reads that speaks nothing but protobuf.

const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const MAPS = '/api/v1/namespaces/x/configmaps';
const { app, store } = bareApi();

async function watch(query: string, accept = PROTOBUF) {
  const headers = { authorization: 'Bearer t', accept };
  const response = await app.request(`${MAPS}?watch=1&timeoutSeconds=1&${query}`, { headers });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    reader: response.body?.getReader(),
  };
}

/** The fields of a message by their numbers. */
function fields(bytes: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (const reader = new Reader(bytes); !reader.done; ) {
    const { number, value } = reader.field();
    if (Buffer.isBuffer(value)) found.set(number, value);
  }
  return found;
}

function eventIn(frame: Uint8Array | undefined) {
  const bytes = Buffer.from(frame ?? []);
  expect(bytes.readUInt32BE()).toBe(bytes.length - 4);
  const event = fields(bytes.subarray(4));
  const raw = fields(event.get(2) ?? Buffer.alloc(0)).get(1) ?? Buffer.alloc(0);
  return { type: event.get(1)?.toString(), object: decodeProtobuf(raw) };
}

const map = (name: string, data: object) => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'x' }, data },
});

describe('a watch in protobuf', () => {
  it('tells what is there, what is made and what goes, a frame each', async () => {
    store.create('configmaps', map('a', { one: '1' }) as never);
    const { type, reader } = await watch('');
    expect(type).toBe(`${PROTOBUF};stream=watch`);
    expect(eventIn((await reader?.read())?.value)).toMatchObject({
      type: 'ADDED',
      object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { one: '1' } },
    });
    store.create('configmaps', map('b', {}) as never);
    expect(eventIn((await reader?.read())?.value)).toMatchObject({
      type: 'ADDED',
      object: { metadata: { name: 'b' } },
    });
    store.delete('configmaps', 'x', 'b');
    expect(eventIn((await reader?.read())?.value)).toMatchObject({
      type: 'DELETED',
      object: { metadata: { name: 'b' } },
    });
    await reader?.cancel();
  });

  it('marks the end of what was there', async () => {
    const { reader } = await watch(
      'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&labelSelector=no=where',
      `${PROTOBUF}; stream=watch`,
    );
    expect(eventIn((await reader?.read())?.value)).toMatchObject({
      type: 'BOOKMARK',
      object: {
        kind: 'ConfigMap',
        metadata: {
          annotations: { 'k8s.io/initial-events-end': 'true' },
          resourceVersion: store.resourceVersion,
        },
      },
    });
    await reader?.cancel();
  });

  it('says in a Status that it is too late', async () => {
    for (let count = 0; count < 1100; count++)
      store.update('configmaps', map('a', { one: `${count}` }) as never);
    const { reader } = await watch('resourceVersion=1');
    expect(eventIn((await reader?.read())?.value)).toMatchObject({
      type: 'ERROR',
      object: { kind: 'Status', status: 'Failure', code: 410 },
    });
  });

  it('is lines of JSON for who takes those too', async () => {
    const { type, reader } = await watch('', `${PROTOBUF},application/json`);
    expect(type).toBe('application/json');
    await reader?.cancel();
  });

  it('has no form for custom resources', async () => {
    const headers = { authorization: 'Bearer t', accept: PROTOBUF };
    const path = '/apis/networking.istio.io/v1/namespaces/x/sidecars?watch=1&timeoutSeconds=1';
    expect((await app.request(path, { headers })).status).toBe(406);
  });
});
