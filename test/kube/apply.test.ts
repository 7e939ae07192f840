import { afterEach, describe, expect, it } from 'vitest';
import { apply, LAST_APPLIED, remove } from '../../src/kube/apply.ts';
import type { KubeObject } from '../../src/kube/client.ts';
import { type Answer, type Asked, type FakeApi, fakeApi } from './fake-api.ts';

const entry: KubeObject = {
  apiVersion: 'networking.istio.io/v1beta1',
  kind: 'ServiceEntry',
  metadata: { name: 'e', namespace: 'mesh-network' },
  spec: { hosts: ['a'] },
};
const collection = '/apis/networking.istio.io/v1beta1/namespaces/mesh-network/serviceentries';
const query = '?fieldManager=kubectl-client-side-apply&fieldValidation=Strict';
const APPLIED =
  '{"apiVersion":"networking.istio.io/v1beta1","kind":"ServiceEntry","metadata":{"annotations":{},"name":"e","namespace":"mesh-network"},"spec":{"hosts":["a"]}}\n';

let api: FakeApi;
afterEach(() => api.close());
const serve = async (answer: (asked: Asked) => Answer | undefined) => {
  api = await fakeApi(answer);
  return api.kube;
};

describe('apply', () => {
  it('creates strictly, with the annotation of kubectl', async () => {
    const warning = { warning: '299 - "look out"' };
    const kube = await serve(({ method }) =>
      method === 'POST' ? { status: 201, headers: warning } : undefined,
    );
    expect(await apply(kube, entry)).toEqual({
      ref: { apiVersion: entry.apiVersion, kind: 'ServiceEntry', name: 'e', namespace: 'mesh-network' },
      outcome: 'created',
      warnings: ['look out'],
    });
    const [, post] = api.asked;
    expect(post?.url).toBe(collection + query);
    expect(JSON.parse(post?.body ?? '').metadata.annotations).toEqual({ [LAST_APPLIED]: APPLIED });
  });

  it('patches only what differs', async () => {
    const annotations = { [LAST_APPLIED]: APPLIED.replace('["a"]', '["a"],"location":"MESH_EXTERNAL"') };
    const live = {
      ...entry,
      metadata: { ...entry.metadata, annotations },
      spec: { hosts: ['a'], location: 'MESH_EXTERNAL' },
    };
    const kube = await serve(({ method }) => (method === 'GET' ? { body: live } : {}));
    expect(await apply(kube, entry)).toMatchObject({ outcome: 'configured' });
    expect(api.asked[1]).toMatchObject({ method: 'PATCH', type: 'application/merge-patch+json' });
    expect(JSON.parse(api.asked[1]?.body ?? '')).toEqual({
      metadata: { annotations: { [LAST_APPLIED]: APPLIED } },
      spec: { location: null },
    });
  });

  it('hands a refusal back as a value, in the words of the API', async () => {
    const message = 'admission webhook "validation.istio.io" denied the request: configuration is invalid: x';
    const kube = await serve(({ method }) =>
      method === 'POST' ? { status: 400, body: { message } } : undefined,
    );
    expect(await apply(kube, entry)).toMatchObject({ outcome: 'refused', code: 400, message });
  });

  it('takes an API at a loss for an error, not for a refusal', async () => {
    const message = 'failed calling webhook "validation.istio.io": connection refused';
    const kube = await serve(({ method }) =>
      method === 'POST' ? { status: 500, body: { message } } : undefined,
    );
    await expect(apply(kube, entry)).rejects.toMatchObject({
      name: 'ToolError',
      problem: { what: 'The API could not apply ServiceEntry/e: it answered 500.', why: message },
    });
  });

  it('merges when somebody else creates the object at the same moment', async () => {
    let theirs = false;
    const kube = await serve(({ method }) => {
      if (method === 'GET') return theirs ? { body: entry } : undefined;
      if (method === 'PATCH') return {};
      theirs = true;
      return { status: 409, body: { reason: 'AlreadyExists', message: 'exists' } };
    });
    expect(await apply(kube, entry)).toMatchObject({ outcome: 'configured' });
  });

  it('asks once where a kind lives that it does not know', async () => {
    const resources = [{ name: 'jobs', kind: 'Job', namespaced: true }];
    const kube = await serve(({ method, url }) => {
      if (url === '/apis/batch/v1') return { body: { resources } };
      return method === 'POST' ? { status: 201 } : undefined;
    });
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j', namespace: 'n' } };
    await apply(kube, job);
    await apply(kube, job);
    expect(api.asked.map(each => `${each.method} ${each.url.replace(query, '')}`)).toEqual([
      'GET /apis/batch/v1',
      'GET /apis/batch/v1/namespaces/n/jobs/j',
      'POST /apis/batch/v1/namespaces/n/jobs',
      'GET /apis/batch/v1/namespaces/n/jobs/j',
      'POST /apis/batch/v1/namespaces/n/jobs',
    ]);
  });

  it('says in the words of kubectl that the API has no such kind', async () => {
    const kube = await serve(() => undefined);
    const unknown = { ...entry, apiVersion: 'example.com/v1', kind: 'Nonesuch' };
    expect(await apply(kube, unknown)).toMatchObject({
      outcome: 'refused',
      message: 'no matches for kind "Nonesuch" in version "example.com/v1"',
    });
  });
});

describe('remove', () => {
  const ref = { apiVersion: 'v1', kind: 'Service', name: 's', namespace: 'n' };

  it('returns only when the object is gone', async () => {
    let looks = 0;
    const kube = await serve(({ method }) => {
      if (method === 'DELETE') return { body: { details: { uid: 'u1' } } };
      return ++looks < 3 ? { body: { metadata: { uid: 'u1' } } } : undefined;
    });
    expect(await remove(kube, ref)).toBe('removed');
    expect(looks).toBe(3);
  });

  it('takes a new object of the same name for another one', async () => {
    const kube = await serve(({ method }) =>
      method === 'DELETE' ? { body: { details: { uid: 'u1' } } } : { body: { metadata: { uid: 'u2' } } },
    );
    expect(await remove(kube, ref)).toBe('removed');
  });
});
