import { beforeEach, describe, expect, it } from 'vitest';
import { rbacApi } from '../../support/rbac-api.ts';

let api: ReturnType<typeof rbacApi>;
beforeEach(() => {
  api = rbacApi();
});

const MAPS = '/api/v1/namespaces/x/configmaps';
const held = (name = 'held', namespace = 'x') =>
  api.send('POST', `/api/v1/namespaces/${namespace}/configmaps`, {
    metadata: { name, finalizers: ['tour.example/hold'], deletionTimestamp: '2020-01-01T00:00:00Z' },
  });
const finalizers = (list: string[] | null, path = `${MAPS}/held`) =>
  api.send('PATCH', path, { metadata: { finalizers: list } });

describe('an object with a finalizer', () => {
  it('is marked when it is deleted, and goes when the last finalizer is taken away', async () => {
    expect((await held()).body.metadata.deletionTimestamp).toBeUndefined();
    const { status, body } = await api.send('DELETE', `${MAPS}/held`);
    expect([status, body.kind]).toEqual([200, 'ConfigMap']);
    const { body: waiting } = await api.send('GET', `${MAPS}/held`);
    expect(waiting.metadata).toMatchObject({
      deletionTimestamp: expect.stringMatching(/^20\d\d-/),
      deletionGracePeriodSeconds: 0,
      finalizers: ['tour.example/hold'],
    });
    // A second deletion changes nothing, and no update takes the mark away.
    await api.send('DELETE', `${MAPS}/held`);
    await api.send('PATCH', `${MAPS}/held`, { data: { a: 'b' }, metadata: { deletionTimestamp: null } });
    const { body: still } = await api.send('GET', `${MAPS}/held`);
    expect([still.data, still.metadata.deletionTimestamp]).toEqual([
      { a: 'b' },
      waiting.metadata.deletionTimestamp,
    ]);
    expect((await finalizers(null)).status).toBe(200);
    expect((await api.send('GET', `${MAPS}/held`)).status).toBe(404);
  });

  it('gets no other once it is deleted', async () => {
    await held();
    await api.send('DELETE', `${MAPS}/held`);
    expect((await finalizers(['tour.example/hold', 'tour.example/more'])).body.message).toBe(
      'ConfigMap "held" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"tour.example/more"}',
    );
  });

  it('is seen to change before it is seen to go', async () => {
    await held();
    const events: string[] = [];
    api.store.subscribe(({ type, object }) => events.push(`${type} ${object.metadata.name}`));
    await api.send('DELETE', `${MAPS}/held`);
    await finalizers(null);
    expect(events).toEqual(['MODIFIED held', 'DELETED held']);
  });

  it('holds its namespace, in which nothing new can be made', async () => {
    await api.send('POST', '/api/v1/namespaces', { metadata: { name: 'y' } });
    await held('held', 'y');
    await api.send('POST', '/api/v1/namespaces/y/configmaps', { metadata: { name: 'free' } });
    await api.send('DELETE', '/api/v1/namespaces/y');
    expect((await api.send('GET', '/api/v1/namespaces/y')).body.status).toEqual({ phase: 'Terminating' });
    expect((await api.send('GET', '/api/v1/namespaces/y/configmaps')).body.items).toHaveLength(1);
    expect(await held('late', 'y')).toMatchObject({
      status: 403,
      body: {
        message:
          'configmaps "late" is forbidden: unable to create new content in namespace y because it is being terminated',
      },
    });
    await finalizers(null, '/api/v1/namespaces/y/configmaps/held');
    expect((await api.send('GET', '/api/v1/namespaces/y')).status).toBe(404);
  });

  it('stays when its owner goes, until it may', async () => {
    const { body: owner } = await api.send('POST', MAPS, { metadata: { name: 'owner' } });
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid }];
    await api.send('POST', MAPS, { metadata: { name: 'held', finalizers: ['a.b/c'], ownerReferences } });
    await api.send('DELETE', `${MAPS}/owner`);
    expect((await api.send('GET', `${MAPS}/held`)).body.metadata.deletionTimestamp).toBeDefined();
    await finalizers([]);
    expect((await api.send('GET', `${MAPS}/held`)).status).toBe(404);
  });
});

describe('a namespace', () => {
  it('has the finalizers that it is given by its subresource, and no default', async () => {
    const { body: made } = await api.send('POST', '/api/v1/namespaces', { metadata: { name: 'y' } });
    expect(made.spec.finalizers).toEqual(['kubernetes']);
    const object = { ...made, spec: {}, status: { phase: 'Terminating' } };
    const { status, body } = await api.send('PUT', '/api/v1/namespaces/y/finalize', object);
    expect([status, body.kind, body.spec, body.status]).toEqual([
      ...[200, 'Namespace', { finalizers: [] }, { phase: 'Active' }],
    ]);
  });

  it('that waits for a finalizer goes when that is taken away so', async () => {
    await api.send('POST', '/api/v1/namespaces', {
      metadata: { name: 'y', finalizers: ['tour.example/hold'] },
    });
    await api.send('DELETE', '/api/v1/namespaces/y');
    const { body } = await api.send('GET', '/api/v1/namespaces/y');
    const { finalizers: _, ...metadata } = body.metadata;
    await api.send('PUT', '/api/v1/namespaces/y/finalize', { ...body, metadata, spec: {} });
    expect((await api.send('GET', '/api/v1/namespaces/y')).status).toBe(404);
  });
});
