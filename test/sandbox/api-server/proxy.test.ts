import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proxyPathOf } from '../../../src/sandbox/api-server/proxy-path.ts';
import { type SandboxWorld, sandboxWorld } from '../../support/sandbox-world.ts';

let world: SandboxWorld;
beforeAll(async () => {
  world = await sandboxWorld();
}, 60_000);
afterAll(() => world.end());

const SERVICES = '/api/v1/namespaces/mesh-network/services';
const get = (path: string) => world.kube.request('GET', path);
const message = async (path: string) => {
  const { status, body } = await get(path);
  return `${status} ${(body as { message: string }).message}`;
};

describe('the proxy', () => {
  it.each(['catalog:80', 'catalog', 'http:catalog:80'])('leads to a pod of the Service %s', async name => {
    const { status, body } = await get(`${SERVICES}/${name}/proxy/some/path?a=b`);
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toContain('/some/path?a=b');
  });

  it('passes on the method, the body, the status, and no token', async () => {
    const { status, body } = await world.kube.request('POST', `${SERVICES}/catalog:80/proxy/status/418`, {
      body: { hello: 'there' },
    });
    expect(status).toBe(418);
    expect(JSON.stringify(body).toLowerCase()).not.toContain('bearer');
  });

  it('leads to a pod itself', async () => {
    const { body } = await get('/api/v1/namespaces/mesh-network/pods?labelSelector=app%3Dcatalog');
    const [pod] = (body as { items: { metadata: { name: string } }[] }).items;
    const pods = '/api/v1/namespaces/mesh-network/pods';
    expect((await get(`${pods}/${pod?.metadata.name}/proxy/`)).status).toBe(200);
    expect(await message(`${pods}/${pod?.metadata.name}:9/proxy/`)).toMatch(
      /^503 error trying to reach service: .*refused/,
    );
  });

  it.each([
    ['nosuch:80', '404 services "nosuch" not found'],
    ['catalog:81', '503 no service port "81" found for service "catalog"'],
    ['https:catalog:80', "400 the sandbox's proxy speaks HTTP only"],
  ])('says why it cannot reach %s', async (name, why) => {
    expect(await message(`${SERVICES}/${name}/proxy/`)).toBe(why);
  });

  it('says that there is no endpoint', async () => {
    expect(await message('/api/v1/namespaces/default/services/kubernetes:https/proxy/')).toBe(
      '503 no endpoints available for service "kubernetes"',
    );
  });
});

describe('the path of a proxy', () => {
  const base = '/api/v1/namespaces/n/services';
  it.each([
    ['web/proxy/', { scheme: '', name: 'web', port: '', path: '/' }],
    ['web:http/proxy/a/b', { scheme: '', name: 'web', port: 'http', path: '/a/b' }],
    ['https:web:8443/proxy', { scheme: 'https', name: 'web', port: '8443', path: '' }],
  ])('%s', (rest, parts) => {
    expect(proxyPathOf(`${base}/${rest}`)).toEqual({ namespace: 'n', plural: 'services', ...parts });
  });

  it.each(['web/status', 'a:b:c:d/proxy/'])('is not %s', rest => {
    expect(proxyPathOf(`${base}/${rest}`)).toBeNull();
  });
});
