/** Why a call goes where it goes, from the real engine on a sandbox: files, lines, and what came by kubectl. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCourse } from '../../src/course/load.ts';
import { parseManifest } from '../../src/course/manifest.ts';
import { apply, remove } from '../../src/kube/apply.ts';
import type { KubeObject } from '../../src/kube/client.ts';
import { connectMesh } from '../../src/lesson/connect-mesh.ts';
import { createEngine } from '../../src/lesson/engine.ts';
import { openProgress } from '../../src/lesson/progress.ts';
import type { Engine } from '../../src/lesson/state.ts';
import type { Why } from '../../src/lesson/why.ts';
import { whyRows } from '../../src/lesson/why-rows.ts';
import { openWorkspace } from '../../src/lesson/workspace.ts';
import { logRows } from '../../src/probe/log-rows.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { packageFile } from '../../src/shared/paths.ts';
import { fence } from '../../src/world/objects.ts';
import { type SandboxWorld, sandboxWorld } from '../support/sandbox-world.ts';

const SIGNS = { good: 'ok', bad: 'x', ellipsis: '...' };
/** Addresses are another sandbox's each time. */
const told = (why: Why) =>
  whyRows(why, SIGNS).map(row =>
    row.spans
      .map(span => span.text)
      .join('')
      .replace(/10\.96\.\d+\.\d+/g, 'ADDRESS'),
  );

describe("a lesson's calls in the sandbox", () => {
  let world: SandboxWorld;
  let root: string;
  let engine: Engine;
  beforeAll(async () => {
    world = await sandboxWorld();
    root = mkdtempSync(join(tmpdir(), 'why-'));
    const { kube, names, cluster } = world;
    engine = await createEngine({
      course: await loadCourse(packageFile('lessons')),
      ...{ cluster, names, clock: systemClock },
      connect: (_, signal) =>
        connectMesh(kube, { names, provider: cluster.name, ours: true, clock: systemClock }, signal),
      progress: await openProgress(join(root, 'progress.json')),
      workspace: openWorkspace(join(root, 'work')),
      lookEvery: 0,
    });
  }, 60_000);
  afterAll(async () => {
    await engine.dispose();
    await world.end();
    rmSync(root, { recursive: true, force: true });
  });

  it('names nothing before a call was made', async () => {
    await engine.open('destination-rule', 'outage');
    await expect(engine.why()).rejects.toThrow('No call was made on this step yet');
  }, 40_000);

  it("names the line of the article's rule that wraps TLS in TLS, in a file that is there to be opened", async () => {
    await engine.answer(1);
    const why = await engine.why();
    expect(told(why)).toMatchInlineSnapshot(`
      [
        "$ curl https://api.safedata-zone.io/v2/data",
        "GET https://api.safedata-zone.io/v2/data  to ADDRESS port 443",
        "",
        "1 listener      0.0.0.0_443",
        "2 filter chain  SNI api.safedata-zone.io",
        "3 cluster       outbound|443||api.safedata-zone.io",
        "                manifests/external-api-entry.yaml:10   - {number: 443, name: https, protocol: HTTPS}",
        "                manifests/external-api-rule.yaml:9   tls: {mode: SIMPLE}",
        "                manifests/external-api-rule.yaml:11   connectionPool: {tcp: {maxConnections: 30}, http: {http1MaxPendingRequests: 100, maxRequestsPerConne...",
        "                manifests/external-api-rule.yaml:17   outlierDetection: {consecutive5xxErrors: 2, interval: 5s, baseEjectionTime: 30s}",
        "                TLS: the sidecar opens it (mode SIMPLE), server name (SNI) none",
        "                ! the app's bytes are TLS already: this wraps TLS in TLS",
        "                limits: 30 connections, 100 requests waiting; beyond them 503, flag UO",
        "                ejects: a server after 2 answers 5xx in a row for 30 s and longer, at most 10 % of them",
        "                ! none is ever ejected: one of 1 is more than 10 %",
        "4 endpoints     api.safedata-zone.io:443",
        "",
        "!  The call goes to outbound|443||api.safedata-zone.io.",
        "",
        "Istio's analysis",
        "  IST0128 Warning, DestinationRule mesh-network/external-api-rule: DestinationRule mesh-network/external-api-rule in namespace mesh-network has TLS mode set to SIMPLE but no caCertificates are set to validate server identity for host: api.safedata-zone.io",
      ]
    `);
    const { folder } = engine.getSnapshot();
    const text = readFileSync(join(folder ?? '', 'manifests/external-api-rule.yaml'), 'utf8');
    expect(text.split('\n')[8]).toBe('    tls:');
  }, 40_000);

  it("tells the learner's own calls in the log, and counts the others", async () => {
    const lines = await engine.sidecarLog(100);
    const rows = logRows(lines).map(row => row.spans.map(span => span.text).join(''));
    expect(rows.filter(text => text.includes('connection to '))).toHaveLength(1);
    expect(rows).toContainEqual(
      expect.stringMatching(/^ {2}cluster {4}outbound\|443\|\|api\.safedata-zone\.io$/),
    );
  });

  it('names the object, and no line, where kubectl has changed it since', async () => {
    const { folder } = engine.getSnapshot();
    const text = readFileSync(join(folder ?? '', 'manifests/external-api-rule.yaml'), 'utf8');
    const [changed] = parseManifest(text.replace('SIMPLE', 'DISABLE'), 'rule.yaml');
    await apply(world.kube, changed?.object as KubeObject);
    await expect
      .poll(async () => told(await engine.why()).filter(line => /Rule|rule/.test(line)), { timeout: 15_000 })
      .toEqual([
        '                DestinationRule external-api-rule in mesh-network, spec.trafficPolicy.tls (by kubectl)',
        '                DestinationRule external-api-rule in mesh-network, spec.trafficPolicy.connectionPool (by kubectl)',
        '                DestinationRule external-api-rule in mesh-network, spec.trafficPolicy.outlierDetection (by kubectl)',
      ]);
  }, 40_000);

  it('names the rule of a VirtualService that was taken, its match and what it does', async () => {
    await engine.open('routing', 'budget');
    await engine.probe(['http://api.safedata-zone.io/late']);
    expect(told(await engine.why())).toMatchInlineSnapshot(`
      [
        "$ curl http://api.safedata-zone.io/late",
        "GET http://api.safedata-zone.io/late  to ADDRESS port 80",
        "",
        "1 listener      0.0.0.0_80",
        "2 filter chain  plain HTTP",
        "3 virtual host  api.safedata-zone.io:80",
        "                lists the Host api.safedata-zone.io",
        "4 route         path starts with /late   http[2] of 5",
        "                how.yaml:43   - uri: {prefix: /late}",
        "                how.yaml:51   route: [{destination: {host: api.safedata-zone.io, port: {number: 80}, subset: stable}}]",
        "                the first that fits",
        "5 action        send it to outbound|80|stable|api.safedata-zone.io",
        "                how.yaml:46   fault: {delay: {fixedDelay: 3s, percentage: {value: 100}}}",
        "                how.yaml:45   timeout: 1s",
        "                fault: waits 3 s first, for 100 % of requests",
        "                timeout: 1 s for all tries together (504, flag UT)",
        "6 cluster       outbound|80|stable|api.safedata-zone.io",
        "                manifests/service-entry.yaml:10   - {number: 80, name: http, protocol: HTTP, targetPort: 443}",
        "                manifests/destination-rule.yaml:15   - {name: stable, labels: {version: stable}}",
        "                manifests/destination-rule.yaml:12   tls: {mode: SIMPLE}",
        "                TLS: the sidecar opens it (mode SIMPLE), server name (SNI) as the Host header",
        "7 endpoints     stable.safedata-zone.io:443",
        "",
        "ok The call goes to outbound|80|stable|api.safedata-zone.io.",
        "",
        "Istio's analysis",
        "  IST0129 Warning, DestinationRule mesh-network/api: DestinationRule mesh-network/api in namespace mesh-network has TLS mode set to SIMPLE but no caCertificates are set to validate server identity for host: api.safedata-zone.io at port number:80",
      ]
    `);
  }, 60_000);

  it('is not spoilt by what others have in namespaces of their own', async () => {
    await engine.open('routing', 'budget');
    await engine.probe(['http://api.safedata-zone.io/late']);
    const others = ['exam-1', 'exam-3'];
    for (const name of others) {
      const metadata = { name, labels: { 'istio-injection': 'enabled' } };
      await apply(world.kube, { apiVersion: 'v1', kind: 'Namespace', metadata });
    }
    for (const [at, protocol] of ['TCP', 'TLS'].entries()) {
      const spec = {
        ...{ hosts: ['api.safedata-zone.io'], location: 'MESH_EXTERNAL', resolution: 'DNS' },
        ports: [{ number: 80, name: 'other', protocol }],
      };
      const metadata = { name: 'api', namespace: others[at] ?? '' };
      await apply(world.kube, {
        ...{ apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry' },
        metadata,
        spec,
      });
    }
    await apply(world.kube, fence(world.names));
    const lines = told(await engine.why());
    expect(lines.filter(line => /exam-\d|IST0177/.test(line))).toEqual([]);
    expect(lines).toContainEqual(
      expect.stringMatching(/^ +manifests\/service-entry\.yaml:10 +- \{number: 80/),
    );
    for (const namespace of others)
      await remove(world.kube, { ...{ apiVersion: 'v1', kind: 'Namespace', name: namespace } });
  }, 60_000);

  it('says that the file is not what is in effect', async () => {
    const { files } = engine.getSnapshot();
    const objects = parseManifest(files['how.yaml'] ?? '', 'how.yaml');
    const rules = objects.find(({ ref }) => ref.kind === 'VirtualService')?.object as KubeObject;
    await apply(world.kube, { ...rules, spec: { ...(rules.spec as object), gateways: ['mesh'] } });
    await expect
      .poll(async () => told(await engine.why()), { timeout: 15_000 })
      .toContainEqual(expect.stringContaining('(not as in how.yaml)'));
  }, 40_000);
});
