import { beforeAll, describe, expect, it } from 'vitest';
import { type BareApi, bareApi } from '../../support/bare-api.ts';

let app: BareApi['app'];

beforeAll(() => {
  ({ app } = bareApi());
});

const send = async (as: Record<string, string>, method: string, path: string, sent?: object) => {
  const headers = new Headers({ authorization: 'Bearer t', 'content-type': 'application/json' });
  for (const [name, value] of Object.entries(as))
    for (const each of value.split(',')) headers.append(`impersonate-${name}`, each);
  const init = { method, headers, ...(sent ? { body: JSON.stringify(sent) } : {}) };
  const response = await app.request(path, init);
  const body = (await response.json().catch(() => null)) as {
    message?: string;
    status?: { allowed?: boolean };
  };
  return { status: response.status, body };
};
const bob = { user: 'bob' };

describe('whoever is impersonated', () => {
  it.each([
    [
      'GET',
      '/api/v1/namespaces/x/pods',
      'pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "x"',
    ],
    [
      'GET',
      '/api/v1/pods?watch=true',
      'pods is forbidden: User "bob" cannot watch resource "pods" in API group "" at the cluster scope',
    ],
    [
      'POST',
      '/apis/networking.istio.io/v1/namespaces/x/virtualservices',
      'virtualservices.networking.istio.io is forbidden: User "bob" cannot create resource "virtualservices" in API group "networking.istio.io" in the namespace "x"',
    ],
    [
      'GET',
      '/api/v1/namespaces/x/pods/p/log',
      'pods "p" is forbidden: User "bob" cannot get resource "pods/log" in API group "" in the namespace "x"',
    ],
    [
      'DELETE',
      '/api/v1/namespaces/x/pods',
      'pods is forbidden: User "bob" cannot deletecollection resource "pods" in API group "" in the namespace "x"',
    ],
    ['GET', '/listeners', 'forbidden: User "bob" cannot get path "/listeners"'],
    [
      'POST',
      '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      'subjectaccessreviews.authorization.k8s.io is forbidden: User "bob" cannot create resource "subjectaccessreviews" in API group "authorization.k8s.io" at the cluster scope',
    ],
  ])('may not %s %s', async (method, path, message) => {
    const { status, body } = await send(bob, method, path, method === 'POST' ? {} : undefined);
    expect([status, body]).toEqual([403, expect.objectContaining({ reason: 'Forbidden', message })]);
  });

  it.each(['/api', '/apis/apps/v1', '/version', '/healthz'])('may look at %s', async path => {
    expect((await send(bob, 'GET', path)).status).toBe(200);
  });

  it('is told that they may not, and who they are', async () => {
    const ask = (as: Record<string, string>, name: string, spec: object = {}) =>
      send(as, 'POST', `/apis/${name}`, { spec }).then(({ body }) => body.status);
    const self = 'authorization.k8s.io/v1/selfsubjectaccessreviews';
    const pods = { resourceAttributes: { namespace: 'x', verb: 'list', resource: 'pods' } };
    expect(await ask(bob, self, pods)).toEqual({ allowed: false });
    expect((await ask({}, self, pods))?.allowed).toBe(true);
    const others = 'authorization.k8s.io/v1/subjectaccessreviews';
    expect(await ask({}, others, { ...pods, user: 'bob' })).toEqual({ allowed: false });
    expect((await ask({}, others, { ...pods, user: 'bob', groups: ['system:masters'] }))?.allowed).toBe(true);
    const account = { user: 'system:serviceaccount:x:default' };
    expect(await ask(account, 'authentication.k8s.io/v1/selfsubjectreviews')).toEqual({
      userInfo: {
        username: account.user,
        groups: ['system:serviceaccounts', 'system:serviceaccounts:x', 'system:authenticated'],
      },
    });
  });

  it('may do everything as one of the masters', async () => {
    const { status } = await send({ ...bob, group: 'a,system:masters' }, 'GET', '/api/v1/namespaces/x/pods');
    expect(status).toBe(200);
    expect((await send({ group: 'a' }, 'GET', '/api/v1/pods')).status).toBe(500);
  });
});

describe('a ConfigMap or a Secret', () => {
  const maps = '/api/v1/namespaces/x/configmaps';
  const secrets = '/api/v1/namespaces/x/secrets';
  const write = (method: string, path: string, object: object, name = 'a') =>
    send({}, method, path, { ...object, apiVersion: 'v1', metadata: { name } });
  const map = (more: object) => ({ kind: 'ConfigMap', data: { a: 'b' }, immutable: true, ...more });

  it('that is immutable stays as it is', async () => {
    expect((await write('POST', maps, map({}))).status).toBe(201);
    expect((await write('PUT', `${maps}/a`, map({}))).status).toBe(200);
    const why = 'Forbidden: field is immutable when `immutable` is set';
    expect(await write('PUT', `${maps}/a`, map({ data: { a: 'c' } }))).toMatchObject({
      status: 422,
      body: { message: `ConfigMap "a" is invalid: data: ${why}` },
    });
    expect(
      await write('PUT', `${maps}/a`, map({ immutable: false, binaryData: { b: 'YQ==' } })),
    ).toMatchObject({
      status: 422,
      body: { message: `ConfigMap "a" is invalid: [immutable: ${why}, binaryData: ${why}]` },
    });
    const secret = { kind: 'Secret', immutable: true, stringData: { a: 'b' } };
    expect((await write('POST', secrets, secret)).status).toBe(201);
    expect(
      await write('PUT', `${secrets}/a`, { ...secret, stringData: { a: 'c' }, type: 'other' }),
    ).toMatchObject({
      status: 422,
      body: {
        message: `Secret "a" is invalid: [type: Invalid value: "other": field is immutable, data: ${why}]`,
      },
    });
  });

  it('has a mebibyte at most, and any object what etcd takes', async () => {
    const long = 'x'.repeat(1024 * 1024);
    expect(await write('POST', maps, map({ data: { a: long, b: 'c' } }), 'long')).toMatchObject({
      status: 422,
      body: { message: 'ConfigMap "long" is invalid: []: Too long: may not be more than 1048576 bytes' },
    });
    const data = { a: Buffer.from(`${long}x`).toString('base64') };
    expect(await write('POST', secrets, { kind: 'Secret', data }, 'long')).toMatchObject({
      status: 422,
      body: { message: 'Secret "long" is invalid: data: Too long: may not be more than 1048576 bytes' },
    });
    const involvedObject = { namespace: 'x' };
    const event = { kind: 'Event', involvedObject, reason: long + long.slice(0, 600_000) };
    expect(await write('POST', '/api/v1/namespaces/x/events', event, 'long')).toMatchObject({
      status: 500,
      body: { message: 'etcdserver: request is too large' },
    });
  });

  it.each([
    ['kubernetes.io/tls', { 'tls.crt': '' }, 'data[tls.key]: Required value'],
    ['kubernetes.io/basic-auth', {}, '[data[username]: Required value, data[password]: Required value]'],
  ])('of type %s holds what it must', async (type, data, why) => {
    const { body } = await write('POST', secrets, { kind: 'Secret', type, data }, 'typed');
    expect(body.message).toBe(`Secret "typed" is invalid: ${why}`);
  });
});
