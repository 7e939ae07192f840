import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callWords, differenceWords } from '../../src/difference/words.ts';
import { apply } from '../../src/kube/apply.ts';
import type { Kube, KubeObject } from '../../src/kube/client.ts';
import { planOf } from '../../src/plan/plan.ts';
import { type SandboxWorld, sandboxWorld } from '../support/sandbox-world.ts';

// The cluster is a sandbox of this file's own; everything is planned for its client.

let world: SandboxWorld;
beforeAll(async () => {
  world = await sandboxWorld();
  await apply(world.kube, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } } as KubeObject);
  const ports = [{ name: 'http', port: 8080 }];
  await apply(world.kube, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { ports },
  } as KubeObject);
  await apply(world.kube, entryObject);
  await apply(world.kube, routeObject);
}, 60_000);
afterAll(() => world.end());

const NETWORKING = 'networking.istio.io/v1';
const { signal } = new AbortController();
const HOST = 'api.safedata-zone.io';

const entryObject: KubeObject = {
  apiVersion: NETWORKING,
  kind: 'ServiceEntry',
  metadata: { name: 'api', namespace: 'mesh-network' },
  spec: {
    hosts: [HOST],
    ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
    location: 'MESH_EXTERNAL',
    resolution: 'DNS',
  },
};
const routeTo = (name: string, more: object, host = HOST): KubeObject => ({
  apiVersion: NETWORKING,
  kind: 'VirtualService',
  metadata: { name, namespace: 'mesh-network' },
  spec: { hosts: [host], http: [{ ...more, route: [{ destination: { host } }] }] },
});
const routeObject = routeTo('m-routes', { timeout: '2s' });

/** Within one second names decide, not ages. */
const later = () => new Date(Date.now() + 5000);

async function plan(
  objects: readonly object[],
  more: { kube?: Kube; from?: string; namespace?: string } = {},
) {
  const { kube = world.kube, from = 'deploy/client', namespace = 'mesh-network' } = more;
  const text = objects.map(each => JSON.stringify(each)).join('\n---\n');
  const manifests = [{ file: 'a.yaml', text }];
  const found = await planOf(kube, { manifests, from, namespace }, later(), signal);
  expect(found.unexplained).toEqual([]);
  return {
    outcomes: found.objects.map(({ planned }) => ('message' in planned ? planned.message : planned.outcome)),
    calls: found.differences.map(each => {
      const { before, after } = differenceWords(each);
      return `${callWords(each.call)} | ${before} -> ${after}`;
    }),
  };
}

describe('a plan', { timeout: 30_000 }, () => {
  it('takes a List as its items, as kubectl does', async () => {
    const items = [entryObject, routeTo('m-routes', { timeout: '5s' })];
    expect(await plan([{ apiVersion: 'v1', kind: 'List', items }])).toEqual(await plan(items));
  });

  it('refuses a List whose aliases stand for too much, with its line', async () => {
    const rows = ['b', 'c', 'd'].map((name, at) => {
      const before = ['a', 'b', 'c'][at];
      return `${name}: &${name} [${Array.from({ length: 10 }, () => `*${before}`).join(', ')}]`;
    });
    const text = ['kind: List', 'a: &a [x]', ...rows, 'items: *d'].join('\n');
    const input = { manifests: [{ file: 'a.yaml', text }], from: 'deploy/client', namespace: 'mesh-network' };
    await expect(planOf(world.kube, input, later(), signal)).rejects.toMatchObject({
      problem: { what: expect.stringContaining('a.yaml, line 1') },
    });
  });

  it('says that what is there already changes nothing, in whatever order its fields stand', async () => {
    const { spec, ...rest } = routeObject;
    const turned = { spec: Object.fromEntries(Object.entries(spec as object).reverse()), ...rest };
    expect(await plan([entryObject, turned])).toEqual({ outcomes: ['unchanged', 'unchanged'], calls: [] });
  });

  it('names the call that changes, and leaves the cluster as it is', async () => {
    const faster = routeTo('m-routes', { timeout: '1s' });
    const expected = {
      outcomes: ['configured'],
      calls: [`GET http://${HOST}/data | given up after 2 s -> given up after 1 s`],
    };
    expect(await plan([faster])).toEqual(expected);
    expect(await plan([faster])).toEqual(expected);
  });

  it('keeps the age of what it changes, and takes what is new for the youngest', async () => {
    // Of two VirtualServices for one host the older one counts, and not the one whose name comes first.
    expect(await plan([routeTo('a-routes', { timeout: '9s' })])).toEqual({
      outcomes: ['created'],
      calls: [],
    });
    const { calls } = await plan([routeTo('a-routes', {}), routeTo('m-routes', { timeout: '5s' })]);
    expect(calls).toEqual([`GET http://${HOST}/data | given up after 2 s -> given up after 5 s`]);
  });

  it('keeps what the manifest does not name: the address of a Service, for one', async () => {
    const spec = { ports: [{ name: 'http', port: 8080 }] };
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop' }, spec };
    expect(await plan([service])).toEqual({ outcomes: ['unchanged'], calls: [] });
    const labelled = { ...service, metadata: { ...service.metadata, labels: { team: 'shop' } } };
    expect(await plan([labelled])).toEqual({ outcomes: ['configured'], calls: [] });
  });

  it('calls Services on the ports that they have, those of other namespaces as well', async () => {
    const route = routeTo('web', {}, 'web.shop.svc.cluster.local');
    const teapot = {
      ...route,
      spec: { ...(route.spec as object), http: [{ directResponse: { status: 418 } }] },
    };
    // The lab's own Sidecar shows the client nothing of other namespaces.
    const spec = { egress: [{ hosts: ['*/*'] }] };
    const metadata = { name: 'default', namespace: 'mesh-network' };
    const { calls } = await plan([{ apiVersion: NETWORKING, kind: 'Sidecar', metadata, spec }, teapot]);
    expect(calls).toContain('GET http://web.shop:8080/data | web.shop:8080 -> 418 from the sidecar');
  });

  it.each([
    [
      'a field that does not exist',
      routeTo('b', { timeot: '2s' }),
      'strict decoding error: unknown field "spec.http[0].timeot"',
    ],
    [
      'a kind that does not exist',
      { ...routeTo('b', {}), kind: 'VirtualServce' },
      `no matches for kind "VirtualServce" in version "${NETWORKING}"`,
    ],
    [
      'a kind of the same name in another group',
      { apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop' } },
      'no matches for kind "Service" in version "serving.knative.dev/v1"',
    ],
    [
      'a namespace that is not there',
      { ...routeTo('b', {}), metadata: { name: 'b', namespace: 'nowhere' } },
      'namespaces "nowhere" not found',
    ],
    [
      'what the webhook denies',
      { ...routeTo('b', {}), spec: { hosts: ['*'], http: [] } },
      expect.stringMatching(/^admission webhook "validation\.istio\.io" denied the request: /),
    ],
  ])('refuses %s in the words of the API, and plans the rest', async (_, object, message) => {
    const { outcomes, calls } = await plan([object, routeTo('m-routes', {})]);
    expect(outcomes).toEqual([message, 'configured']);
    expect(calls).toEqual([`GET http://${HOST}/data | given up after 2 s -> no timeout`]);
  });

  it('takes a namespace of the manifest for one that is there, and knows those that are', async () => {
    const named = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    const inside = {
      ...entryObject,
      metadata: { name: 'b', namespace: 'new' },
      spec: { ...(entryObject.spec as object), exportTo: ['.'] },
    };
    expect(await plan([named('shop'), named('new'), inside])).toEqual({
      outcomes: ['unchanged', 'created', 'created'],
      calls: [],
    });
  });

  it('says of what it does not translate that it is left out', async () => {
    const apps = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' } };
    expect(await plan([apps])).toEqual({ outcomes: ['left out'], calls: [] });
  });

  it('plans five hundred objects, of which each has a host of its own', async () => {
    const hosts = [...Array(250).keys()].map(each => `h${each}.example.org`);
    const entries = hosts.map((host, at) => ({
      ...entryObject,
      metadata: { name: `many-${at}` },
      spec: { ...(entryObject.spec as object), hosts: [host] },
    }));
    const routes = hosts.map((host, at) => routeTo(`many-${at}`, { timeout: '2s' }, host));
    const { outcomes, calls } = await plan([...entries, ...routes]);
    expect(new Set(outcomes)).toEqual(new Set(['created']));
    expect(calls.filter(each => each.endsWith('no timeout -> given up after 2 s'))).toHaveLength(250);
  });

  it.each([
    ['client', 'mesh-network', '--from cannot be "client".'],
    ['deploy/client/x', 'mesh-network', '--from cannot be "deploy/client/x".'],
    ['job/client', 'mesh-network', '--from does not know the kind job.'],
    ['constructor/client', 'mesh-network', '--from does not know the kind constructor.'],
    ['deploy/gone', 'mesh-network', 'There is no deploy/gone in namespace mesh-network.'],
    ['pods/gone', 'mesh-network', 'There is no pods/gone in namespace mesh-network.'],
    ['deploy/client', 'nowhere', 'There is no deploy/client in namespace nowhere.'],
    ['deploy/catalog', 'mesh-network', 'deploy/catalog in namespace mesh-network has no sidecar.'],
  ])('--from %s in %s: %s', async (from, namespace, what) => {
    await expect(plan([entryObject], { from, namespace })).rejects.toMatchObject({ problem: { what } });
  });

  it('says what may not be listed, and does not plan without it', async () => {
    const message = 'services is forbidden: User "ana" cannot list resource "services" at the cluster scope';
    const kube: Kube = {
      ...world.kube,
      request: (method, path, options) =>
        path === '/api/v1/services'
          ? Promise.resolve({ status: 403, body: { kind: 'Status', message }, warnings: [] } as never)
          : world.kube.request(method, path, options),
    } as Kube;
    await expect(plan([entryObject], { kube })).rejects.toMatchObject({
      problem: {
        what: 'The API could not list Service: it answered 403.',
        why: message,
        next: [expect.stringContaining('kubectl auth can-i --list')],
      },
    });
  });
});
