import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { fill } from '../../../src/course/manifest.ts';
import { analyze } from '../../../src/istio/analysis/analyze.ts';
import type { Message } from '../../../src/istio/analysis/message.ts';
import type { Schema } from '../../../src/istio/schema/structural.ts';
import { apply, remove } from '../../../src/kube/apply.ts';
import type { KubeObject } from '../../../src/kube/client.ts';
import { routingObjects } from '../../../src/kube/istio-objects.ts';
import { hasIstioctl, hasKubectl, run } from '../../support/istioctl.ts';
import { type SandboxWorld, sandboxWorld } from '../../support/sandbox-world.ts';

// What an installation of Istio leaves in a cluster, and istioctl's questions about it.

let world: SandboxWorld;
beforeAll(async () => {
  world = await sandboxWorld();
}, 60_000);
afterAll(() => world.end());

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const get = async <T>(path: string) => {
  const { status, body } = await world.kube.request('GET', path);
  expect(status, path).toBe(200);
  return body as T;
};
const istioctl = (...args: string[]) => run('istioctl', world, args);

interface Crd {
  readonly metadata: { readonly name: string; readonly creationTimestamp: string };
  readonly spec: {
    readonly versions: readonly {
      readonly name: string;
      readonly schema: { readonly openAPIV3Schema: Schema };
    }[];
  };
}

describe('the API server', () => {
  it('has a CRD for each of the kinds of Istio, with the schema that objects are checked against', async () => {
    const { items } = await get<{ items: Crd[] }>(CRDS);
    expect(items.map(each => each.metadata.name)).toEqual(
      [
        ...['destinationrules', 'envoyfilters', 'gateways', 'proxyconfigs', 'serviceentries', 'sidecars'],
        ...['virtualservices', 'workloadentries', 'workloadgroups'],
      ]
        .map(each => `${each}.networking.istio.io`)
        .concat(
          ...['authorizationpolicies', 'peerauthentications', 'requestauthentications'].map(
            each => `${each}.security.istio.io`,
          ),
          'telemetries.telemetry.istio.io',
          ...['trafficextensions', 'wasmplugins'].map(each => `${each}.extensions.istio.io`),
        )
        .sort(),
    );
    const entry = items.find(each => each.metadata.name.startsWith('serviceentries'));
    expect(entry?.spec.versions.map(each => each.name)).toEqual(['v1', 'v1beta1', 'v1alpha3']);
    const { properties } = entry?.spec.versions[0]?.schema.openAPIV3Schema ?? {};
    expect(properties?.spec?.required).toEqual(['hosts']);
  });

  it('made its CRDs when it began, not when they are looked at', async () => {
    const [{ items }, { metadata }] = await Promise.all([
      get<{ items: Crd[] }>(CRDS),
      get<Crd>('/api/v1/nodes/sandbox'),
    ]);
    expect(items[0]?.metadata.creationTimestamp).toBe(metadata.creationTimestamp);
  });

  it('says that they can only be read', async () => {
    const { status, body } = await world.kube.request('DELETE', `${CRDS}/sidecars.networking.istio.io`);
    expect(status).toBe(405);
    expect(body).toMatchObject({
      message: expect.stringContaining("the sandbox's customresourcedefinitions can only be read"),
    });
  });

  it('stores a kind that it does not act on, with a Warning', async () => {
    const object = {
      apiVersion: 'security.istio.io/v1',
      kind: 'PeerAuthentication',
      metadata: { name: 'strict', namespace: world.names.mesh },
      spec: { mtls: { mode: 'STRICT' } },
    };
    const { status, warnings } = await world.kube.request(
      'POST',
      `/apis/security.istio.io/v1/namespaces/${world.names.mesh}/peerauthentications`,
      { body: object },
    );
    expect(status).toBe(201);
    expect(warnings).toEqual([
      'PeerAuthentication: stored; has no effect in the sandbox; see docs/sandbox.md',
    ]);
    await remove(world.kube, { ...object, name: 'strict', namespace: world.names.mesh });
  });

  it('has a pod of istiod that is ready', async () => {
    const { items } = await get<{ items: { status: { phase: string } }[] }>(
      '/api/v1/namespaces/istio-system/pods?labelSelector=app%3Distiod',
    );
    expect(items.map(each => each.status.phase)).toEqual(['Running']);
  });
});

describe.skipIf(!hasKubectl)('kubectl', () => {
  it('gets a token of a service account', async () => {
    const { out } = await run('kubectl', world, ['create', 'token', 'default']);
    const [, claims = ''] = out.split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      sub: 'system:serviceaccount:mesh-network:default',
    });
  });
});

describe.skipIf(!hasIstioctl)('istioctl', () => {
  it.each([
    [['analyze', '-n', 'mesh-network'], 'No validation issues found'],
    [
      ['analyze', '-A'],
      'Info [IST0102] (Namespace outside) The namespace is not enabled for Istio injection.',
    ],
    [['x', 'precheck'], 'No issues found when checking the cluster.'],
    [['x', 'check-inject', '-n', 'mesh-network', 'deploy/client'], 'istio-injection=enabled matches'],
    [['x', 'injector', 'list'], 'istio-revision-tag-default default        docker.io/istio/proxyv2:1.31-dev'],
    [['tag', 'list'], 'default default'],
  ])('%j says what it says of a real cluster', async (args, words) => {
    const { exit, out, err } = await istioctl(...args);
    expect(`${out}${err}`).toContain(words);
    expect(exit).toBe(0);
  });

  it.each(['missing-subset', 'half-with-new-name', 'wrong-drawer', 'double-wrap', 'labels-outside'])(
    'analyzes the mesh of %s as we do',
    async drill => {
      const objects = manifests(join('drills', drill, 'broken'));
      for (const each of objects) expect(await apply(world.kube, each)).not.toHaveProperty('refused');
      const { mesh, outside } = world.names;
      const ours = analyze(await routingObjects(world.kube, [mesh, outside]), mesh);
      const { out } = await istioctl('analyze', '-n', mesh, '-o', 'json');
      const theirs = JSON.parse(out.slice(out.search(/^[[{]/m)) || '[]') as Message[];
      expect(theirs.map(plain)).toEqual(ours.map(plain));
      for (const { apiVersion, kind, metadata } of objects) {
        const { name, namespace } = metadata;
        await remove(world.kube, { apiVersion, kind, name, namespace });
      }
    },
    60_000,
  );
});

const plain = ({ code, level, origin, message }: Message) => ({ code, level, origin, message });

function manifests(folder: string): KubeObject[] {
  const path = resolve('lessons', folder);
  return readdirSync(path).flatMap(file => {
    const text = fill(readFileSync(join(path, file), 'utf8'), {
      mesh: world.names.mesh,
      outside: world.names.outside,
    });
    return parseAllDocuments(text)
      .map(each => each.toJS() as KubeObject)
      .map(each => ({ ...each, metadata: { namespace: world.names.mesh, ...each.metadata } }));
  });
}
