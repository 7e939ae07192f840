import { describe, expect, it } from 'vitest';
import type { StatusError } from '../../../src/sandbox/api-server/status.ts';
import { Store, type StoreEvent } from '../../../src/sandbox/api-server/store.ts';

const NOON = Date.parse('2026-11-24T12:00:00.700Z');

function fresh() {
  let n = 0;
  const random = { uuid: () => `uid-${++n}`, suffix: () => 'abcde' };
  const store = new Store(() => NOON, random);
  const events: StoreEvent[] = [];
  store.subscribe(event => events.push(event));
  return { store, events };
}

const map = (name: string, data = {}, namespace = 'default', more = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, ...more },
  data,
});

const rule = (name: string, spec: object) => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'DestinationRule',
  metadata: { name, namespace: 'default' },
  spec,
});

function refusal(act: () => unknown): { code: number; reason: string; message: string } {
  try {
    act();
  } catch (error) {
    const { code, reason, message } = error as StatusError;
    return { code, reason, message };
  }
  throw new Error('was not refused');
}

describe('an object in the store', () => {
  it('gets uid, version, generation and a time in whole seconds', () => {
    const { store } = fresh();
    const created = store.create('destinationrules.networking.istio.io', rule('a', { host: 'x' }));
    expect(created.metadata).toEqual({
      name: 'a',
      namespace: 'default',
      uid: 'uid-1',
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2026-11-24T12:00:00Z',
    });
  });

  it('stays what it was for those who hold it', () => {
    const { store } = fresh();
    const input = map('a', { k: '1' });
    const first = store.create('configmaps', input);
    const second = store.update('configmaps', { ...first, data: { k: '2' } });
    expect(first.data).toEqual({ k: '1' });
    expect(second.data).toEqual({ k: '2' });
    expect(() => {
      (second.data as Record<string, string>).k = '3';
    }).toThrow(TypeError);
    expect(Object.isFrozen(input)).toBe(false);
  });

  it('counts a generation only for what is neither metadata nor status', () => {
    const { store } = fresh();
    const resource = 'destinationrules.networking.istio.io';
    const first = store.create(resource, rule('a', { host: 'x' }));
    const labelled = store.update(resource, {
      ...first,
      metadata: { ...first.metadata, labels: { a: 'b' } },
    });
    const reported = store.update(resource, { ...labelled, status: { conditions: [] } });
    const changed = store.update(resource, { ...reported, spec: { host: 'y' } });
    expect([first, labelled, reported, changed].map(each => each.metadata.generation)).toEqual([1, 1, 1, 2]);
    expect([first, labelled, reported, changed].map(each => each.metadata.resourceVersion)).toEqual([
      '1',
      '2',
      '3',
      '4',
    ]);
  });

  it('is not written when nothing changes', () => {
    const { store, events } = fresh();
    const first = store.create('configmaps', map('a', { k: '1' }));
    expect(store.update('configmaps', structuredClone(first))).toBe(first);
    expect(events).toHaveLength(1);
  });

  it('keeps uid and birthday, whatever an update says', () => {
    const { store } = fresh();
    const first = store.create('configmaps', map('a'));
    const next = store.update('configmaps', map('a', { k: '1' }, 'default', { creationTimestamp: 'x' }));
    expect(next.metadata.uid).toBe(first.metadata.uid);
    expect(next.metadata.creationTimestamp).toBe(first.metadata.creationTimestamp);
  });

  it('gets a name by generateName', () => {
    const { store } = fresh();
    const object = { ...map(''), metadata: { name: '', generateName: 'client-', namespace: 'default' } };
    expect(store.create('configmaps', object).metadata.name).toBe('client-abcde');
  });
});

describe('refusals', () => {
  it('tells a doubled name, a stale version, an unknown object', () => {
    const { store } = fresh();
    const first = store.create('configmaps', map('a'));
    store.update('configmaps', map('a', { k: '1' }));
    expect(refusal(() => store.create('configmaps', map('a')))).toEqual({
      code: 409,
      reason: 'AlreadyExists',
      message: 'configmaps "a" already exists',
    });
    expect(refusal(() => store.update('configmaps', { ...first, data: { k: '2' } }))).toEqual({
      code: 409,
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    });
    expect(refusal(() => store.update('configmaps', map('b'))).message).toBe('configmaps "b" not found');
  });
});

describe('lists', () => {
  it('are sorted by namespace and name, of one namespace or of all', () => {
    const { store } = fresh();
    for (const [name, namespace] of [
      ['b', 'x'],
      ['a', 'x'],
      ['z', 'w'],
      ['c', 'x-y'],
    ] as const) {
      store.create('configmaps', map(name, {}, namespace));
    }
    const names = (namespace?: string) => store.list('configmaps', namespace).map(each => each.metadata.name);
    expect(names()).toEqual(['z', 'c', 'a', 'b']);
    expect(names('x')).toEqual(['a', 'b']);
    expect(names('none')).toEqual([]);
  });
});

describe('events', () => {
  it('come in order, with what was before', () => {
    const { store, events } = fresh();
    const a = store.create('configmaps', map('a'));
    const b = store.update('configmaps', { ...a, data: { k: '1' } });
    store.delete('configmaps', 'default', 'a');
    expect(events.map(each => each.type)).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
    expect(events.map(each => each.old)).toEqual([undefined, a, b]);
    expect(events[2]?.object.metadata.resourceVersion).toBe('3');
  });

  it('of changes that a listener makes reach everybody after the change itself', () => {
    const { store } = fresh();
    const heard: string[] = [];
    store.subscribe(({ type, object }) => {
      if (type === 'ADDED' && object.metadata.name === 'a') store.create('configmaps', map('b'));
    });
    store.subscribe(({ object }) => heard.push(object.metadata.name));
    store.create('configmaps', map('a'));
    expect(heard).toEqual(['a', 'b']);
  });

  it('reach the others when a listener fails, and the writer has written', () => {
    const { store } = fresh();
    const heard: string[] = [];
    store.subscribe(() => {
      throw new Error('broken');
    });
    store.subscribe(({ object }) => heard.push(object.metadata.name));
    store.create('configmaps', map('a'));
    store.create('configmaps', map('b'));
    expect(heard).toEqual(['a', 'b']);
  });

  it('can be asked for later, until they are forgotten', () => {
    const { store } = fresh();
    store.create('configmaps', map('a'));
    for (let n = 0; n < 1_000; n++) store.update('configmaps', map('a', { k: String(n) }));
    expect(store.eventsSince('999').map(each => each.object.metadata.resourceVersion)).toEqual([
      '1000',
      '1001',
    ]);
    expect(store.eventsSince('1')).toHaveLength(1_000);
    expect(store.eventsSince(store.resourceVersion)).toEqual([]);
    expect(refusal(() => store.eventsSince('0'))).toMatchObject({ code: 410, reason: 'Expired' });
    expect(refusal(() => store.eventsSince('x'))).toMatchObject({ code: 400 });
  });
});

describe('deletion', () => {
  it('of a namespace takes what is in it', () => {
    const { store, events } = fresh();
    store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } });
    store.create('configmaps', map('a', {}, 'x'));
    store.create('configmaps', map('b', {}, 'y'));
    store.delete('namespaces', null, 'x');
    expect(store.list('configmaps').map(each => each.metadata.name)).toEqual(['b']);
    expect(events.slice(3).map(each => each.object.metadata.name)).toEqual(['a', 'x']);
  });

  it('of an owner takes its dependents, and theirs', () => {
    const { store } = fresh();
    const owned = (name: string, uid: string) => map(name, {}, 'default', { ownerReferences: [{ uid }] });
    const owner = store.create('configmaps', map('owner'));
    const child = store.create('configmaps', owned('child', owner.metadata.uid));
    store.create('configmaps', owned('grandchild', child.metadata.uid));
    store.create('configmaps', map('stranger'));
    store.delete('configmaps', 'default', 'owner');
    expect(store.list('configmaps').map(each => each.metadata.name)).toEqual(['stranger']);
  });
});
