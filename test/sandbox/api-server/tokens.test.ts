import { beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../../../src/sandbox/api-server/app.ts';
import { createAuthentication } from '../../../src/sandbox/api-server/authentication.ts';
import { Store } from '../../../src/sandbox/api-server/store.ts';
import { bareApi } from '../../support/bare-api.ts';

const ACCOUNTS = '/api/v1/namespaces/x/serviceaccounts';
const MINUTE = 60_000;

let app: ReturnType<typeof createApp>;
let store: Store;
let now: number;
beforeEach(async () => {
  now = Date.parse('2026-11-30T12:00:00Z');
  const clock = () => now;
  store = new Store(clock);
  const { pods } = bareApi();
  const authentication = createAuthentication({ store, token: 't', now: clock });
  app = createApp({ store, admission: [], pods, now: clock, authentication });
  store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } });
  await send('POST', ACCOUNTS, { metadata: { name: 'robot' } });
});

async function send(method: string, path: string, body?: object, token = 't') {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await app.request(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  // biome-ignore lint/suspicious/noExplicitAny: the body of whatever was asked for
  return { status: response.status, body: (await response.json()) as any };
}

const request = (spec: object) => send('POST', `${ACCOUNTS}/robot/token`, { spec });
const tokenOf = async (spec: object = {}): Promise<string> => (await request(spec)).body.status.token;
const whoami = (token: string) =>
  send('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {}, token);
const reviewed = async (token: string, audiences: string[] = []) =>
  (await send('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token, audiences } })).body
    .status;

describe('a token of a ServiceAccount', () => {
  it('says who comes with it', async () => {
    const { body } = await whoami(await tokenOf());
    expect(body.status.userInfo).toMatchObject({
      username: 'system:serviceaccount:x:robot',
      uid: store.get('serviceaccounts', 'x', 'robot')?.metadata.uid,
      groups: ['system:serviceaccounts', 'system:serviceaccounts:x', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^JTI=/)] },
    });
    expect((await send('GET', ACCOUNTS, undefined, await tokenOf())).body.message).toBe(
      'serviceaccounts is forbidden: User "system:serviceaccount:x:robot" cannot list resource "serviceaccounts" in API group "" in the namespace "x"',
    );
  });

  it('holds the claims of a real one', async () => {
    const { body } = await request({ audiences: ['tour'], expirationSeconds: 1200 });
    const [, claims = ''] = body.status.token.split('.');
    const seconds = now / 1000;
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      ...{ aud: ['tour'], iat: seconds, nbf: seconds, exp: seconds + 1200 },
      iss: 'https://kubernetes.default.svc.cluster.local',
      sub: 'system:serviceaccount:x:robot',
      'kubernetes.io': { namespace: 'x', serviceaccount: { name: 'robot', uid: expect.any(String) } },
    });
    expect(body.status.expirationTimestamp).toBe('2026-11-30T12:20:00Z');
  });

  it('expires, a minute late as on a cluster', async () => {
    const token = await tokenOf({ expirationSeconds: 600 });
    now += 11 * MINUTE;
    expect((await whoami(token)).status).toBe(201);
    now += 1000;
    expect(await whoami(token)).toMatchObject({ status: 401, body: { reason: 'Unauthorized' } });
    expect(await reviewed(token)).toEqual({
      user: {},
      error: '[invalid bearer token, service account token has expired]',
    });
  });

  it('ends with its ServiceAccount, even if there is another of that name', async () => {
    const token = await tokenOf();
    await send('DELETE', `${ACCOUNTS}/robot`);
    expect((await whoami(token)).status).toBe(401);
    await send('POST', ACCOUNTS, { metadata: { name: 'robot' } });
    expect((await whoami(token)).status).toBe(401);
  });

  it('that is meant for others is good for a review alone', async () => {
    const token = await tokenOf({ audiences: ['tour'] });
    expect((await whoami(token)).status).toBe(401);
    expect(await reviewed(token, ['tour', 'other'])).toMatchObject({
      authenticated: true,
      audiences: ['tour'],
      user: { username: 'system:serviceaccount:x:robot' },
    });
    expect((await reviewed(token)).authenticated).toBeUndefined();
  });

  it('may be bound to an object, with which it ends', async () => {
    await send('POST', '/api/v1/namespaces/x/secrets', { metadata: { name: 's' } });
    const boundObjectRef = { kind: 'Secret', apiVersion: 'v1', name: 's' };
    const token = await tokenOf({ boundObjectRef });
    expect((await whoami(token)).status).toBe(201);
    await send('DELETE', '/api/v1/namespaces/x/secrets/s');
    expect((await whoami(token)).status).toBe(401);
    expect((await request({ boundObjectRef })).body.message).toBe('secrets "s" not found');
  });

  it.each([
    ['garbage', async () => 'garbage'],
    ['the text of one', async () => 'a.b.c'],
    [
      'one with another signature',
      async () => (await tokenOf()).replace(/[^.]+$/, each => each.split('').reverse().join('')),
    ],
    [
      'one with other claims',
      async () => {
        const [head, claims = '', signature] = (await tokenOf()).split('.');
        const changed = Buffer.from(claims, 'base64url').toString().replace('x:robot', 'x:admin');
        return [head, Buffer.from(changed).toString('base64url'), signature].join('.');
      },
    ],
    [
      'one that says it needs no signature',
      async () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.AA`,
    ],
  ])('is not %s', async (_, make) => {
    expect(await whoami(await make())).toMatchObject({ status: 401, body: { message: 'Unauthorized' } });
  });

  it.each([
    [60, 'Invalid value: 60: may not specify a duration less than 10 minutes'],
    [2 ** 33, 'Invalid value: 8589934592: may not specify a duration larger than 2^32 seconds'],
  ])('does not live %d seconds', async (expirationSeconds, why) => {
    const { status, body } = await request({ expirationSeconds });
    expect([status, body.message]).toEqual([
      422,
      `TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: ${why}`,
    ]);
  });
});
