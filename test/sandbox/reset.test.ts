/** What a reset clears, and what a Sidecar may see: alone in the sandbox, and beside the question of an exam. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSearcher } from '../../src/counterexample/also-tried.ts';
import type { Drill } from '../../src/course/course.ts';
import { loadDrill, TASK } from '../../src/course/load-drill.ts';
import { parseManifest, withNamespaces } from '../../src/course/manifest.ts';
import { gradeOne } from '../../src/exam/grading.ts';
import { QuestionWorld } from '../../src/exam/question-world.ts';
import { apply } from '../../src/kube/apply.ts';
import type { KubeObject } from '../../src/kube/client.ts';
import { connectMesh } from '../../src/lesson/connect-mesh.ts';
import { createEngine } from '../../src/lesson/engine.ts';
import type { Mesh } from '../../src/lesson/mesh.ts';
import { openProgress } from '../../src/lesson/progress.ts';
import { rebuild } from '../../src/lesson/rebuild.ts';
import type { Engine } from '../../src/lesson/state.ts';
import { openWorkspace } from '../../src/lesson/workspace.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { packageFile } from '../../src/shared/paths.ts';
import { clientNamespaces } from '../../src/world/further-clients.ts';
import { type SandboxWorld, sandboxWorld } from '../support/sandbox-world.ts';

const signal = new AbortController().signal;
const EMPTY = { objects: [], aged: [], workloads: { replicas: {}, env: {}, services: {} }, clients: [] };

/** A right answer to the drill one-door: the entry lies elsewhere, and the Sidecar may see just that. */
const ELSEWHERE = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: outside}
spec:
  hosts: [api.safedata-zone.io]
  location: MESH_EXTERNAL
  resolution: DNS
  ports: [{number: 80, name: http, protocol: HTTP}, {number: 443, name: tls, protocol: TLS}]
  exportTo: [mesh-network]
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: mesh-network}
spec:
  outboundTrafficPolicy: {mode: REGISTRY_ONLY}
  egress: [{hosts: [./*, outside/api.safedata-zone.io]}]
`;

const rule = (namespace: string) => `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: pool, namespace: ${namespace}}
spec: {host: api.safedata-zone.io, trafficPolicy: {connectionPool: {http: {http1MaxPendingRequests: 1}}}}
`;

describe('one sandbox', () => {
  let world: SandboxWorld;
  let root: string;
  let drill: Drill;
  beforeAll(async () => {
    world = await sandboxWorld();
    root = mkdtempSync(join(tmpdir(), 'reset-'));
    drill = await loadDrill(packageFile('lessons/drills/one-door'), 1);
  }, 60_000);
  afterAll(async () => {
    await world.end();
    rmSync(root, { recursive: true, force: true });
  });

  /** As kubectl does it, from a second terminal. */
  const kubectlApply = async (text: string) => {
    for (const { object } of parseManifest(text, 'by kubectl')) await apply(world.kube, object, signal);
  };
  const there = async (plural: string) => {
    const { body } = await world.kube.request('GET', `/apis/networking.istio.io/v1/${plural}`);
    const { items } = body as { items: { metadata: { name: string; namespace: string } }[] };
    return items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).sort();
  };
  const connect = () =>
    connectMesh(world.kube, { names: world.names, provider: 'sandbox', ours: true, clock: systemClock });
  const verdicts = (engine: Engine) =>
    engine.getSnapshot().steps[TASK]?.checks?.map(({ id, verdict }) => `${id} ${verdict.state}`);
  const GREEN = ['http passed', 'https passed', 'pay passed', 'sister passed'];

  describe('that nobody else uses', () => {
    let mesh: Mesh;
    beforeAll(async () => {
      mesh = await connect();
    });
    afterAll(() => mesh.close());

    it('is cleared everywhere, Services and clients of an earlier drill too', async () => {
      await rebuild(mesh, { ...EMPTY, clients: ['b'] }, { afresh: false, clock: systemClock });
      const before = await mesh.fingerprint();
      await kubectlApply(rule('istio-system'));
      expect(await mesh.fingerprint()).not.toBe(before);
      await kubectlApply(`${rule('default')}---\n${rule('outside')}---\n${rule('mesh-network-b')}---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: mesh-network}
spec: {type: ExternalName, externalName: api.safedata-zone.io}
`);
      const { changed } = await rebuild(mesh, EMPTY, { afresh: true, clock: systemClock });
      expect(changed).toContain('Service/api removed');
      expect(await there('destinationrules')).toEqual([]);
      await expect.poll(() => clientNamespaces(world.kube, world.names), { timeout: 10_000 }).toEqual([]);
      expect(await there('sidecars')).toEqual(['mesh-network/default']);
      expect(await mesh.strangers(true)).toEqual([]);
    }, 30_000);

    it('puts back Services that somebody has changed, whatever it was, with their addresses', async () => {
      const { body: before } = await world.kube.request('GET', '/api/v1/services');
      const specs = (body: unknown) =>
        (body as { items: KubeObject[] }).items.map(({ metadata: { name }, spec }) => ({ name, spec }));
      const patch = (path: string, body: unknown, type: string) =>
        world.kube.request('PATCH', `/api/v1/namespaces/${path}`, {
          body,
          contentType: `application/${type}`,
        });
      const renumbered = [{ op: 'replace', path: '/spec/ports/0/port', value: 81 }];
      const change = async () => {
        const answers = await Promise.all([
          patch('mesh-network/services/catalog', renumbered, 'json-patch+json'),
          patch(
            'outside/services/safedata-stable',
            { spec: { selector: { app: 'nope' } } },
            'merge-patch+json',
          ),
          patch(
            'outside/services/safedata-canary',
            { spec: { selector: { more: 'x' } } },
            'merge-patch+json',
          ),
        ]);
        expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
        expect(await world.cluster.health(signal)).toMatchObject({
          state: 'broken',
          why: expect.stringContaining('was changed'),
        });
      };
      await change();
      const { changed } = await rebuild(mesh, EMPTY, { afresh: true, clock: systemClock });
      expect(changed.toSorted()).toEqual([
        'Service/catalog put back',
        'Service/safedata-canary put back',
        'Service/safedata-stable put back',
      ]);
      expect(specs((await world.kube.request('GET', '/api/v1/services')).body)).toEqual(specs(before));
      expect((await rebuild(mesh, EMPTY, { afresh: true, clock: systemClock })).changed).toEqual([]);
      await change();
      await world.cluster.up({ stage: () => {}, line: () => {} }, signal);
      expect(specs((await world.kube.request('GET', '/api/v1/services')).body)).toEqual(specs(before));
      expect(await world.cluster.health(signal)).toMatchObject({ state: 'ready' });
    }, 40_000);

    it('goes through to the end while the client is replaced, and many clients go', async () => {
      const path = '/apis/apps/v1/namespaces/mesh-network/deployments/client';
      const contentType = 'application/strategic-merge-patch+json';
      for (let round = 0; round < 3; round++) {
        await kubectlApply(rule('mesh-network'));
        const template = {
          spec: { containers: [{ name: 'curl', env: [{ name: 'FOO', value: `${round}` }] }] },
        };
        await world.kube.request('PATCH', path, { body: { spec: { replicas: 3, template } }, contentType });
        const { changed } = await rebuild(mesh, EMPTY, { afresh: true, clock: systemClock });
        expect(changed).toEqual(
          expect.arrayContaining(['DestinationRule/pool removed', 'Deployment/client put back']),
        );
      }
      const { body } = await world.kube.request('GET', path);
      expect(body).toMatchObject({ spec: { replicas: 1 } });
      expect(JSON.stringify(body)).not.toContain('FOO');
    }, 40_000);

    it('gives a Sidecar the same verdict by file and by kubectl: it is applied as it is written', async () => {
      const engine = await createEngine({
        course: { title: 'Drills', istio: [], lessons: [drill.lesson] },
        cluster: world.cluster,
        names: world.names,
        connect,
        clock: systemClock,
        progress: await openProgress(join(root, 'drills.json')),
        workspace: openWorkspace(join(root, 'drills')),
        lookEvery: 100,
      });
      await engine.open('one-door', TASK);
      writeFileSync(join(root, 'drills/one-door/door.yaml'), ELSEWHERE);
      await engine.check();
      expect(verdicts(engine)).toEqual(GREEN);
      await engine.reset();
      expect(await there('serviceentries')).toEqual([]);

      await kubectlApply(ELSEWHERE);
      await expect.poll(() => verdicts(engine), { timeout: 15_000 }).toEqual(GREEN);
      await engine.dispose();
    }, 40_000);
  });

  describe('with the question of an exam in it', () => {
    const NEW = { number: 1, drill: 'one-door', flagged: false, worked: 0, prepared: false };
    const searcher = openSearcher();
    /** In an exam the search for a counterexample is part of grading. */
    const ALL_GREEN = [...GREEN, 'also-tried passed'];
    let question: QuestionWorld;
    const folder = () => join(root, 'exam', question.folder, 'door.yaml');
    const own = (text: string) => withNamespaces(text, question.names);
    const graded = async () =>
      (await question.grade(NEW, signal)).map(each => `${each.id} ${each.verdict.state}`);
    beforeAll(async () => {
      const workspace = openWorkspace(join(root, 'exam'));
      const place = { cluster: world.cluster, base: world.names, clock: systemClock, workspace };
      question = new QuestionWorld(
        { ...place, exam: 'e', kubeconfig: '/nowhere', verdicts: false, searcher },
        drill,
        1,
      );
      await question.prepare(NEW, signal);
      question.show(true);
    }, 60_000);
    afterAll(async () => {
      await question.dispose();
      await searcher.close();
    });

    it('grades the same by kubectl and by file', async () => {
      const given = readFileSync(folder(), 'utf8');
      await kubectlApply(own(ELSEWHERE));
      expect(await graded()).toEqual(ALL_GREEN);
      const engine = await question.engine();
      await engine.reset();
      expect(readFileSync(folder(), 'utf8')).toBe(given);
      expect(engine.getSnapshot().strangers).toEqual([
        'ServiceEntry/api in outside was left: other questions use that namespace. To take it away: kubectl delete serviceentry api -n outside',
      ]);
      await world.kube.request(
        'DELETE',
        '/apis/networking.istio.io/v1/namespaces/outside/serviceentries/api',
      );

      writeFileSync(folder(), own(ELSEWHERE));
      expect(await graded()).toEqual(ALL_GREEN);
      // What came there by the file is gone with a reset.
      await engine.reset();
      expect(await there('serviceentries')).toEqual([]);
    }, 60_000);

    it('takes points for a call that proves an answer wrong though its checks hold', async () => {
      const engine = await question.engine();
      const open = ELSEWHERE.replace(
        '[api.safedata-zone.io]',
        '[api.safedata-zone.io, stable.safedata-zone.io]',
      );
      const both = open.replaceAll('outside/api.safedata-zone.io', 'outside/*');
      expect(both).not.toBe(ELSEWHERE);
      writeFileSync(folder(), own(both));
      const report = await gradeOne(question, NEW, { shared: '', ready: true, signal });
      expect(report.checks.filter(each => each.state === 'failed')).toMatchObject([
        {
          id: 'also-tried-1',
          title: expect.stringMatching(/^also tried: curl https?:..stable.safedata-zone.io./),
          guard: true,
          points: 2,
        },
      ]);
      expect([report.points, report.of]).toEqual([2, 4]);
      await engine.reset();
    }, 60_000);

    it('narrows a Sidecar that would see other questions, by kubectl as by file, and says so', async () => {
      const engine = await question.engine();
      const open = own(`apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: mesh-network}
spec: {outboundTrafficPolicy: {mode: REGISTRY_ONLY}, egress: [{hosts: ['*/*']}]}
`);
      const told = () => engine.getSnapshot().steps[TASK]?.apply?.objects.map(each => each.note);
      const NOTE =
        'Others use this cluster, and * would be their namespaces too. Taken out: */*; put in: ./*, outside/*.';
      writeFileSync(folder(), open);
      await engine.check();
      expect(told()).toEqual([NOTE]);
      await engine.reset();
      expect(told()).toBeUndefined();
      await kubectlApply(open);
      await expect.poll(told, { timeout: 10_000 }).toEqual([NOTE]);
    }, 60_000);

    it('says on the question what holds for every namespace, and leaves it', async () => {
      const engine = await question.engine();
      await kubectlApply(rule('istio-system'));
      const line =
        'DestinationRule/pool in istio-system holds for every namespace of the cluster, this one too. To take it away: kubectl delete destinationrule pool -n istio-system';
      await expect.poll(() => engine.getSnapshot().strangers, { timeout: 10_000 }).toEqual([line]);
      await engine.reset();
      expect(engine.getSnapshot().strangers).toEqual([line]);
      expect(await there('destinationrules')).toEqual(['istio-system/pool']);
    }, 60_000);
  });
});
