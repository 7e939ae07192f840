import { beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/kube/client.ts';
import { apiScript } from '../../src/world/api-script.ts';
import { type Certificates, makeCertificates } from '../../src/world/certificates.ts';
import { worldNames } from '../../src/world/names.ts';
import { fence, type WorldOptions, worldObjects } from '../../src/world/objects.ts';

const ips = { stableIP: '10.0.0.1', canaryIP: '10.0.0.2', payIP: '10.0.0.3', catalogIP: '10.0.0.4' };
let certificates: Certificates;
beforeAll(async () => {
  certificates = await makeCertificates();
});

const world = (names = worldNames(), options: WorldOptions = { fenced: false }) =>
  worldObjects(names, options, { certificates, ips });
const lines = (objects: KubeObject[]) =>
  objects.map(({ kind, metadata }) => [kind, metadata.namespace, metadata.name].filter(Boolean).join(' '));
const find = (objects: KubeObject[], kind: string, name: string) =>
  objects.find(each => each.kind === kind && each.metadata.name === name);

describe('the world', () => {
  it('is these objects', () => {
    expect(lines(world())).toEqual([
      'Namespace mesh-network',
      'Namespace outside',
      'Service outside safedata-stable',
      'Service outside safedata-canary',
      'Service outside example-pay',
      'Service mesh-network catalog',
      'ConfigMap mesh-network api-server',
      'ConfigMap outside api-server',
      'Secret mesh-network lab-certs',
      'Secret outside lab-certs',
      'Deployment outside safedata-stable',
      'Deployment outside safedata-canary',
      'Deployment outside example-pay',
      'Deployment mesh-network catalog',
      'Deployment mesh-network client',
    ]);
  });

  it('is the same for a learner, in other namespaces, behind a fence', () => {
    const names = worldNames('ana', 'team1-');
    const spaces = new Set(
      world(names, { fenced: true }).map(each => each.metadata.namespace ?? each.metadata.name),
    );
    expect([...spaces].sort()).toEqual(['team1-mesh-network-ana', 'team1-outside-ana']);
    expect(lines(world(names, { fenced: true }))).toContain('Sidecar team1-mesh-network-ana default');
  });

  it('says of every object that it is ours', () => {
    for (const { metadata } of world(worldNames(), { fenced: true, telemetry: true })) {
      expect(metadata.labels).toMatchObject({ 'app.kubernetes.io/managed-by': 'istio-tutor' });
    }
  });

  it('asks for sidecars in one namespace only, by label or by revision', () => {
    const label = (options: WorldOptions) =>
      ['mesh-network', 'outside'].map(
        name => find(world(worldNames(), options), 'Namespace', name)?.metadata.labels,
      );
    expect(label({ fenced: false })).toEqual([
      { 'app.kubernetes.io/managed-by': 'istio-tutor', 'istio-injection': 'enabled' },
      { 'app.kubernetes.io/managed-by': 'istio-tutor' },
    ]);
    expect(label({ fenced: false, revision: 'canary' })[0]).toEqual({
      'app.kubernetes.io/managed-by': 'istio-tutor',
      'istio.io/rev': 'canary',
    });
  });

  it("is unknown to the mesh's registry, but for the neighbour", () => {
    const services = world().filter(each => each.kind === 'Service');
    expect(services.map(each => [each.metadata.name, each.metadata.annotations ?? null])).toEqual([
      ['safedata-stable', { 'networking.istio.io/exportTo': '~' }],
      ['safedata-canary', { 'networking.istio.io/exportTo': '~' }],
      ['example-pay', { 'networking.istio.io/exportTo': '~' }],
      ['catalog', null],
    ]);
  });

  it("gives the client's hosts file the addresses of the Services", () => {
    expect(find(world(), 'Deployment', 'client')?.spec).toMatchObject({
      template: {
        spec: {
          hostAliases: [
            { ip: '10.0.0.1', hostnames: ['api.safedata-zone.io', 'stable.safedata-zone.io'] },
            { ip: '10.0.0.2', hostnames: ['canary.safedata-zone.io'] },
            { ip: '10.0.0.3', hostnames: ['pay.example-pay.io'] },
          ],
        },
      },
    });
  });

  it("mounts the lab's CA and the client certificate into the sidecar as Istio's annotations want it", () => {
    const client = find(world(), 'Deployment', 'client') as unknown as {
      spec: { template: { metadata: { annotations: Record<string, string> } } };
    };
    const { annotations } = client.spec.template.metadata;
    const volumes = JSON.parse(annotations['sidecar.istio.io/userVolume'] ?? '');
    const mounts = JSON.parse(annotations['sidecar.istio.io/userVolumeMount'] ?? '');
    expect(Object.keys(volumes)).toEqual(Object.keys(mounts));
    expect(mounts).toEqual({
      'lab-ca-proxy': { mountPath: '/etc/ssl/certs/ca-certificates.crt', subPath: 'ca.pem', readOnly: true },
      'lab-identity': { mountPath: '/etc/lab-certs', readOnly: true },
    });
  });

  it('keeps each key on its own side', () => {
    const keys = world()
      .filter(each => each.kind === 'Secret')
      .map(each => [each.metadata.namespace, Object.keys(each.data as object)]);
    expect(keys).toEqual([
      ['mesh-network', ['ca.pem', 'client.pem', 'client.key']],
      ['outside', ['ca.crt', 'tls.crt', 'tls.key']],
    ]);
  });

  it('carries the script as it is in the package', () => {
    expect(find(world(), 'ConfigMap', 'api-server')?.data).toEqual({ 'api-server.mjs': apiScript() });
    expect(apiScript()).not.toMatch(/from '(?!node:)/);
  });

  it('leaves out what only a cluster can tell, where nothing of it is known', () => {
    const known = lines(worldObjects(worldNames(), { fenced: false }));
    expect(known).toContain('Service mesh-network catalog');
    expect(known.filter(line => /^Secret|client$/.test(line))).toEqual([]);
  });

  it('turns the access log on where it is told to', () => {
    expect(
      find(world(worldNames(), { fenced: true, telemetry: true }), 'Telemetry', 'access-log')?.spec,
    ).toEqual({
      accessLogging: [{ providers: [{ name: 'envoy' }] }],
    });
  });
});

it('opens the fence for helper namespaces', () => {
  expect(fence(worldNames('ana'), ['team-b']).spec).toEqual({ egress: [{ hosts: ['./*', 'team-b/*'] }] });
});
