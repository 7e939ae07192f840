import { beforeEach, describe, expect, it } from 'vitest';
import { type BareApi, bareApi } from '../../support/bare-api.ts';

// How answers look where a client may notice: as a cluster of version 1.34 gives them.

let app: BareApi['app'];

const DEPLOYMENTS = '/apis/apps/v1/namespaces/x/deployments';
const ENTRIES = '/apis/networking.istio.io/v1/namespaces/x/serviceentries';

beforeEach(() => {
  const { store, app: made } = bareApi();
  app = made;
  store.create('deployments.apps', {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'x' } },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    },
  });
  store.create('serviceentries.networking.istio.io', {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: { name: 'a', namespace: 'x', labels: { team: 'b' } },
    spec: { hosts: ['a.test'], ports: [{ number: 80, name: 'http', protocol: 'HTTP' }] },
  });
});

const JSON_BODY = { 'content-type': 'application/json' };

function ask(path: string, more: RequestInit = {}, headers: Record<string, string> = {}) {
  return app.request(path, { ...more, headers: { authorization: 'Bearer t', ...headers } });
}

const merge = (path: string, body: object) =>
  ask(
    path,
    { method: 'PATCH', body: JSON.stringify(body) },
    { 'content-type': 'application/merge-patch+json' },
  );

describe('a body without kind and apiVersion', () => {
  const post = async (path: string, body: object) => {
    const answered = await ask(path, { method: 'POST', body: JSON.stringify(body) }, JSON_BODY);
    return [answered.status, await answered.json()];
  };

  it('is taken for a kind of Kubernetes, which the path says', async () => {
    const made = { metadata: { name: 'a' }, data: { b: 'c' } };
    expect(await post('/api/v1/namespaces/x/configmaps', made)).toMatchObject([
      201,
      { apiVersion: 'v1', kind: 'ConfigMap', data: { b: 'c' } },
    ]);
  });

  it('is refused for a custom resource', async () => {
    expect(await post(ENTRIES, { metadata: { name: 'b' } })).toMatchObject([
      400,
      { message: expect.stringContaining("Object 'Kind' is missing") },
    ]);
  });
});

describe('an answer of the API', () => {
  it('is indented for curl, and for whoever asks for it', async () => {
    const text = async (path: string, agent = 'kubectl/v1.34') =>
      (await ask(path, {}, { 'user-agent': agent })).text();
    expect(await text(`${ENTRIES}/a`)).toMatch(/^\{"apiVersion"/);
    expect(await text(`${ENTRIES}/a`, 'curl/8.16.0')).toMatch(/^\{\n {2}"apiVersion"/);
    expect(await text(`${ENTRIES}/a?pretty=true`)).toMatch(/^\{\n {2}"apiVersion"/);
    expect(await text(`${ENTRIES}/a?pretty=0`, 'curl/8.16.0')).toMatch(/^\{"apiVersion"/);
    expect(await text(`${ENTRIES}?watch=1&timeoutSeconds=1`, 'curl/8.16.0')).toMatch(/^\{"type":"ADDED"/);
  });

  it('has no labels when the last one was taken', async () => {
    const answered = await merge(`${ENTRIES}/a`, { metadata: { labels: { team: null } } });
    expect(((await answered.json()) as { metadata: object }).metadata).not.toHaveProperty('labels');
  });

  it('leaves the replicas out of a Scale of none', async () => {
    const scale = (await (await ask(`${DEPLOYMENTS}/web/scale`)).json()) as { spec: object };
    expect(scale.spec).toEqual({});
    const scaled = await merge(`${DEPLOYMENTS}/web/scale`, { spec: { replicas: 2 } });
    expect(((await scaled.json()) as { spec: object }).spec).toEqual({ replicas: 2 });
  });

  it('lists the verbs of custom resources in their own order', async () => {
    const { resources } = (await (await ask('/apis/networking.istio.io/v1')).json()) as {
      resources: { name: string; verbs: string[] }[];
    };
    expect(resources.find(each => each.name === 'sidecars')?.verbs.join()).toBe(
      'delete,deletecollection,get,list,patch,create,update,watch',
    );
  });

  it('gives examples of a name as Kubernetes words them', async () => {
    const refused = await merge(`${ENTRIES}/a`, { metadata: { labels: { 'a b': 'c' } } });
    expect(((await refused.json()) as { message: string }).message).toContain(
      "(e.g. 'MyName', or 'my.name', or '123-abc', regex used for validation is",
    );
  });
});
