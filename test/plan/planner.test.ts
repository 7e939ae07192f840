import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startEngine } from '../../src/cli/open/engine.ts';
import { diffAndPlan } from '../../src/cli/plain/diff.ts';
import { openSearcher } from '../../src/counterexample/also-tried.ts';
import { loadCourse } from '../../src/course/load.ts';
import { loadDrill } from '../../src/course/load-drill.ts';
import { QuestionWorld } from '../../src/exam/question-world.ts';
import type { Engine } from '../../src/lesson/state.ts';
import { openWorkspace } from '../../src/lesson/workspace.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { packageFile } from '../../src/shared/paths.ts';
import { type SandboxWorld, sandboxWorld } from '../support/sandbox-world.ts';
import { entry, folderWith, TINY } from '../support/tiny-course.ts';

// The engines of lessons and of an exam's question, with all that the program gives them, on one sandbox.

/** An entry, and a route whose effect anybody would notice. */
const DOOR = `${entry([80])}---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: door, namespace: mesh-network}
spec:
  hosts: [api.safedata-zone.io]
  http: [{timeout: 2s, fault: {abort: {httpStatus: 418, percentage: {value: 100}}}, route: [{destination: {host: api.safedata-zone.io}}]}]
`;

const LOOK = { color: false, ascii: true };

let world: SandboxWorld;
let root: string;
beforeAll(async () => {
  world = await sandboxWorld();
  root = mkdtempSync(join(tmpdir(), 'planner-'));
}, 60_000);
afterAll(async () => {
  await world.end();
  rmSync(root, { recursive: true, force: true });
});

async function opened(step: string, changes: Readonly<Record<string, string>> = {}): Promise<Engine> {
  const course = await loadCourse(folderWith({ ...TINY, '01-doors/manifests/door.yaml': DOOR, ...changes }));
  const options = { state: world.state, work: join(root, 'work') };
  const engine = await startEngine(course, world.cluster, world.names, options);
  onTestFinished(() => engine.dispose());
  await engine.open('doors', step);
  expect(engine.getSnapshot().problem).toBeNull();
  return engine;
}

const objects = async () => {
  const { body } = await world.kube.request('GET', '/apis/networking.istio.io/v1/serviceentries');
  return (body as { items: { metadata: { name: string } }[] }).items.map(each => each.metadata.name);
};

describe('what calls would notice of a step', { timeout: 40_000 }, () => {
  it('is told before the apply, which has not happened by then; after it, no call would change', async () => {
    const engine = await opened('open');
    const text = (await diffAndPlan(engine, LOOK)).join('\n');
    expect(text).toMatchInlineSnapshot(`
      "door.yaml   + only in the file   - only in the cluster
      Not applied yet: all of it would be new.

        One call of deploy/client in mesh-network would change:

          GET http://api.safedata-zone.io/data
            today safedata-stable.outside:80
            then  418 from the sidecar
              by VirtualService mesh-network/door"
    `);
    expect(await objects()).toEqual([]);
    await engine.apply();
    expect(await objects()).toEqual(['door']);
    const after = (await diffAndPlan(engine, LOOK)).join('\n');
    expect(after).toContain('No difference: what is applied is this file.');
    expect(after).toContain('No call of deploy/client in mesh-network would change.');
  });

  it('is told of what a step removes as well, and says what else it does', async () => {
    const lesson = TINY['01-doors/lesson.yaml']
      ?.replace('start: []', 'start: [{apply: manifests/door.yaml}]')
      .replace(
        'changes: [{apply: manifests/door.yaml}]',
        'changes: [{remove: {kind: VirtualService, name: door}}, {scale: {deployment: safedata-canary, replicas: 0}}]',
      );
    const engine = await opened('open', { '01-doors/lesson.yaml': lesson ?? '' });
    const plan = await engine.plan();
    expect(plan).toMatchObject({
      state: 'known',
      partial: true,
      clients: [{ caller: 'deploy/client in mesh-network', refused: [], unexplained: [] }],
    });
    expect(JSON.stringify(plan)).toContain('"today":"418 from the sidecar"');
    expect(await objects()).toEqual(['door']);
  });

  it('is told of a file of the learner’s that the API refuses, in the API’s words', async () => {
    const engine = await opened('repair');
    writeFileSync(
      join(engine.getSnapshot().folder ?? '', 'door.yaml'),
      entry([80]).replace('hosts:', 'host:'),
    );
    await engine.check();
    const text = (await diffAndPlan(engine, LOOK)).join('\n');
    expect(text).toMatch(
      /! ServiceEntry\/door would be refused: strict decoding error: unknown field\s+"spec.host"\n\n {2}No call/,
    );
  });

  it('is said in one line to be unknown where it cannot be read, and the lesson goes on', async () => {
    const engine = await opened('repair');
    writeFileSync(join(engine.getSnapshot().folder ?? '', 'door.yaml'), 'kind: [\n');
    await engine.check();
    engine.dismiss();
    const plan = await engine.plan();
    expect(plan?.state === 'unknown' && plan.why).toMatch(/^door.yaml, line \d+, column \d+: this manifest/);
    expect(engine.getSnapshot()).toMatchObject({ problem: null, busy: null });
  });

  it('is nothing in a step that applies nothing', async () => {
    expect(await (await opened('hello')).plan()).toBeNull();
  });

  it('is told in a question of an exam, of its own client', async () => {
    const searcher = openSearcher();
    const place = { cluster: world.cluster, base: world.names, clock: systemClock };
    const drill = await loadDrill(packageFile('lessons/drills/one-door'), 1);
    const exam = { exam: 'e', kubeconfig: '/nowhere', verdicts: false, searcher };
    const workspace = openWorkspace(join(root, 'exam'));
    const question = new QuestionWorld({ ...place, ...exam, workspace }, drill, 1);
    onTestFinished(async () => {
      await question.dispose();
      await searcher.close();
    });
    const signal = new AbortController().signal;
    await question.prepare(
      { number: 1, drill: 'one-door', flagged: false, worked: 0, prepared: false },
      signal,
    );
    const engine = await question.engine();
    expect(await engine.plan()).toMatchObject({
      clients: [{ caller: `deploy/client in ${question.names.mesh}`, calls: [] }],
    });
  });
});
