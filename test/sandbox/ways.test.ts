/** Who decided a call's way, and what travelled on it: the article's manifests, one after the other. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseManifest } from '../../src/course/manifest.ts';
import { connectMesh } from '../../src/lesson/connect-mesh.ts';
import type { Mesh } from '../../src/lesson/mesh.ts';
import { walk } from '../../src/probe/walk.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { packageFile } from '../../src/shared/paths.ts';
import { type SandboxWorld, sandboxWorld } from '../support/sandbox-world.ts';

const HOST = 'api.safedata-zone.io';
let world: SandboxWorld;
let mesh: Mesh;
beforeAll(async () => {
  world = await sandboxWorld();
  mesh = await connectMesh(world.kube, {
    names: world.names,
    provider: 'sandbox',
    ways: true,
    clock: systemClock,
  });
}, 60_000);
afterAll(async () => {
  mesh.close();
  await world.end();
});

async function applied(file: string): Promise<void> {
  const before = await mesh.before();
  for (const { object } of parseManifest(
    readFileSync(packageFile(`lessons/${file}`), 'utf8'),
    file,
    world.names.mesh,
  )) {
    expect(await mesh.apply(object)).toMatchObject({ outcome: expect.not.stringMatching('refused') });
  }
  await mesh.follow(before);
}

async function removed(kind: string, name: string): Promise<void> {
  const before = await mesh.before();
  const { mesh: namespace } = world.names;
  await mesh.remove({ apiVersion: 'networking.istio.io/v1', kind, name, namespace });
  await mesh.follow(before);
}

/** Of the sidecar and the cluster: who decided, and what travelled to them. */
async function way(...argv: string[]) {
  const walked = walk(await mesh.start(argv).evidence);
  const [, sidecar, cluster] = walked.hops;
  return {
    by: [sidecar?.by, cluster?.by],
    wire: [sidecar?.wire, cluster?.wire],
    bypass: walked.bypass,
    forks: walked.branches.map(each => each.target),
  };
}

describe('who decided', () => {
  it('is nobody, while no registry has the host', async () => {
    expect(await way(`http://${HOST}/`)).toEqual({
      by: [`nobody: it knows no ${HOST}:80`, 'carried, and not governed'],
      wire: ['clear text', 'clear text'],
      ...{ bypass: true, forks: [] },
    });
  });

  it("is a ServiceEntry by the hello's name, and the app's TLS goes through", async () => {
    await applied('02-service-entry/manifests/external-api-entry.yaml');
    expect(await way(`https://${HOST}/`)).toEqual({
      by: ['SNI of ServiceEntry external-api-entry', null],
      wire: ['TLS(app)', 'TLS(app)'],
      ...{ bypass: false, forks: [] },
    });
  });

  it('is a DestinationRule that wraps TLS in TLS', async () => {
    await applied('03-destination-rule/manifests/external-api-rule.yaml');
    const { by, wire } = await way(`https://${HOST}/`);
    expect(by[1]).toMatch(/^DestinationRule external-api-rule: tls SIMPLE/);
    expect(wire).toEqual(['TLS(app)', 'TLS(app) in TLS(sidecar)']);
  });

  it("is a VirtualService's route, behind which the sidecar opens TLS", async () => {
    await applied('04-virtual-service/manifests/external-api-routing.yaml');
    const { by, wire } = await way(`http://${HOST}/v2/data`);
    expect(by[0]).toBe('VirtualService external-api-routing');
    expect(wire).toEqual(['clear text', 'TLS(sidecar)']);
  });

  it('is a VirtualService whose routes all pass the call over', async () => {
    expect((await way(`http://${HOST}/other`)).by[0]).toBe('VirtualService external-api-routing');
  });

  it('is the rule that names a subset which is not there, though no cluster was chosen', async () => {
    await removed('VirtualService', 'external-api-routing');
    await applied('06-mirroring/manifests/mirrored-traffic-api.yaml');
    const { by } = await way(`http://${HOST}/v2/data`);
    expect(by[0]).toBe('VirtualService mirrored-traffic-api: subset stable');
    await removed('VirtualService', 'mirrored-traffic-api');
  });

  it("is one of the VirtualService's own rules, as its YAML counts them", async () => {
    for (const file of ['manifests/service-entry', 'manifests/destination-rule', 'solution/who'])
      await applied(`05-routing/${file}.yaml`);
    expect((await way(`http://${HOST}/v2/data`)).by[0]).toBe('VirtualService api, http[1] of 2');
    for (const [kind, name] of [
      ['VirtualService', 'api'],
      ['DestinationRule', 'api'],
      ['ServiceEntry', 'api'],
    ] as const)
      await removed(kind, name);
  });

  it('are the fields that choose among endpoints by priority', async () => {
    await applied('07-failover/manifests/service-entry.yaml');
    await applied('07-failover/solution/priority.yaml');
    const { by } = await way('http://pay.example-pay.io/data');
    expect(by[1]).toBe('DestinationRule pay: tls SIMPLE, failoverPriority, outlierDetection');
    await applied('07-failover/manifests/priority.yaml');
    expect((await way('http://pay.example-pay.io/data')).by[1]).toBe('DestinationRule pay: tls SIMPLE');
  });

  it('shows the address that was dialled where the command line chose it', async () => {
    const address = mesh.placeholders.canaryIP ?? '';
    const { hops } = walk(
      await mesh.start(['--resolve', `${HOST}:443:${address}`, `https://${HOST}/`]).evidence,
    );
    expect(hops[0]?.notes).toContain(`dials ${address}`);
  });
});
