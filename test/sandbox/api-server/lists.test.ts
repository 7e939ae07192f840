import { beforeEach, describe, expect, it } from 'vitest';
import { type BareApi, bareApi } from '../../support/bare-api.ts';

let app: BareApi['app'];
let store: BareApi['store'];

beforeEach(() => {
  ({ store, app } = bareApi());
  for (const name of ['a', 'b', 'c', 'd', 'e']) map(name);
});

const map = (name: string, more: object = {}) =>
  store.create('configmaps', {
    ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'x' } },
    ...more,
  });

interface Answer {
  readonly metadata: {
    readonly continue?: string;
    readonly resourceVersion: string;
    remainingItemCount?: number;
  };
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
  readonly message: string;
}

async function list(query = '', headers: Record<string, string> = { authorization: 'Bearer t' }) {
  const response = await app.request(`/api/v1/namespaces/x/configmaps?${query}`, { headers });
  const body = (await response.json()) as Answer;
  return { status: response.status, body, names: body.items?.map(each => each.metadata.name).join('') };
}

describe('a list', () => {
  it('comes in pieces, all of the same moment', async () => {
    const first = await list('limit=2');
    expect(first.names).toBe('ab');
    expect(first.body.metadata.remainingItemCount).toBe(3);
    map('bb');
    store.delete('configmaps', 'x', 'd');
    const second = await list(`limit=2&continue=${first.body.metadata.continue}`);
    expect(second.names).toBe('cd');
    expect(second.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
    const last = await list(`limit=2&continue=${second.body.metadata.continue}`);
    expect(last.names).toBe('e');
    expect(last.body.metadata).not.toHaveProperty('continue');
    expect((await list('')).names).toBe('abbbce');
  });

  it('can be had as it was', async () => {
    const { resourceVersion } = store;
    store.update('configmaps', { ...map('f'), data: { a: '1' } });
    store.delete('configmaps', 'x', 'a');
    expect((await list(`resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`)).names).toBe('abcde');
    expect((await list(`resourceVersion=${resourceVersion}`)).names).toBe('bcdef');
  });

  it('has gone when too much has happened since', async () => {
    const { body } = await list('limit=2');
    for (let count = 0; count < 1001; count++) store.update('configmaps', changed('a', count));
    expect(await list(`continue=${body.metadata.continue}`)).toMatchObject({
      status: 410,
      body: {
        reason: 'Expired',
        message: expect.stringContaining('The provided continue parameter is too old'),
      },
    });
  });

  it.each([
    ['continue=garbage', 400, 'invalid continue token: continue key is not valid'],
    ['resourceVersion=x', 400, 'invalid resource version: resourceVersion: Invalid value: "x"'],
    ['resourceVersion=99', 504, 'Timeout: Too large resource version: 99, current: 6'],
    [
      'resourceVersionMatch=Exact',
      422,
      'resourceVersionMatch is forbidden unless resourceVersion is provided',
    ],
    ['limit=x', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
  ])('%s is refused with %i', async (query, code, words) => {
    const { status, body } = await list(query);
    expect(status).toBe(code);
    expect(body.message).toContain(words);
  });
});

const changed = (name: string, count: number) => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'x' } },
  data: { count: String(count) },
});

const headers = { authorization: 'Bearer t', 'content-type': 'application/json' };
const post = (path: string, body: object) =>
  app.request(path, { method: 'POST', body: JSON.stringify(body), headers });

describe('an object of a built-in kind', () => {
  it('may leave its type to the path', async () => {
    const made = await post('/api/v1/namespaces/x/configmaps', { metadata: { name: 'z' } });
    const { message, ...typed } = (await made.json()) as Answer;
    expect(message).toBeUndefined();
    expect(typed).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
    const custom = await post('/apis/networking.istio.io/v1/namespaces/x/sidecars', {
      metadata: { name: 'z' },
    });
    expect(((await custom.json()) as Answer).message).toContain("Object 'Kind' is missing");
  });
});

describe('a pod', () => {
  it('can be evicted, by its own name only', async () => {
    const metadata = { name: 'p', namespace: 'x' };
    store.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [] } });
    const evict = async (name: string) => {
      const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } };
      return (await post('/api/v1/namespaces/x/pods/p/eviction', body)).status;
    };
    expect(await evict('q')).toBe(400);
    expect(store.get('pods', 'x', 'p')).toBeDefined();
    expect(await evict('p')).toBe(201);
    expect(store.get('pods', 'x', 'p')).toBeUndefined();
  });
});

describe('a Job', () => {
  it.each([
    ['', 1, 'child pods are preserved by default'],
    ['?propagationPolicy=Background', 0, ''],
  ])('deleted with "%s" leaves %i pods', async (query, left, words) => {
    const spec = { template: { spec: { containers: [] } } };
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j', namespace: 'x' }, spec };
    const { uid } = store.create('jobs.batch', job).metadata;
    const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid, controller: true }];
    const metadata = { name: 'of-j', namespace: 'x', ownerReferences };
    store.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [] } });
    const answer = await app.request(`/apis/batch/v1/namespaces/x/jobs/j${query}`, {
      method: 'DELETE',
      headers,
    });
    expect([answer.status, store.list('pods', 'x').length]).toEqual([200, left]);
    expect(answer.headers.get('warning') ?? '').toContain(words);
  });
});

describe('a token', () => {
  it('is known if it is the one of the kubeconfig', async () => {
    const ask = async (token: string) => {
      const path = '/apis/authentication.k8s.io/v1/tokenreviews';
      const answer = await post(path, {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        spec: { token },
      });
      return ((await answer.json()) as { status: object }).status;
    };
    expect(await ask('t')).toMatchObject({ authenticated: true, user: { username: 'istio-tutor' } });
    expect(await ask('other')).toEqual({ user: {}, error: '[invalid bearer token, token lookup failed]' });
  });
});

describe('a scale', () => {
  it('is a row of its own', async () => {
    const metadata = { name: 'd', namespace: 'x' };
    const spec = { replicas: 3 };
    store.create('deployments.apps', { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec });
    const response = await app.request('/apis/apps/v1/namespaces/x/deployments/d/scale', {
      headers: { authorization: 'Bearer t', accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
    });
    expect(await response.json()).toMatchObject({
      columnDefinitions: ['Name', 'Desired', 'Available', 'Age'].map(name => ({ name })),
      rows: [{ cells: ['d', 3, 0, '0s'] }],
    });
  });
});

describe('without a token', () => {
  const get = async (path: string, headers = {}) => {
    const response = await app.request(path, { headers });
    return [response.status, await response.text()] as const;
  };

  it('everybody may ask about health and version, and nothing else', async () => {
    expect(await get('/healthz')).toEqual([200, 'ok']);
    expect(await get('/readyz?verbose')).toEqual([
      200,
      '[+]ping ok\n[+]log ok\n[+]etcd ok\nreadyz check passed\n',
    ]);
    expect((await get('/version'))[1]).toContain('gitVersion');
    for (const path of ['/metrics', '/api', '/healthz/etcd', '/api/v1/pods'])
      expect((await get(path))[0]).toBe(401);
    expect((await get('/healthz', { authorization: 'Bearer wrong' }))[0]).toBe(401);
  });

  it('with one there are its single checks, and metrics', async () => {
    const headers = { authorization: 'Bearer t' };
    expect(await get('/livez/etcd', headers)).toEqual([200, 'ok']);
    expect((await get('/livez/nothing', headers))[0]).toBe(404);
    expect((await get('/metrics', headers))[1]).toContain(
      'apiserver_storage_objects{resource="configmaps"} 5',
    );
  });
});
