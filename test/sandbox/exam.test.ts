/**
 * An exam whose sandbox is killed with it: what was answered by kubectl and by file, in whichever question, is there
 * again in the next sandbox, and is graded as it was.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { Drill } from '../../src/course/course.ts';
import { loadDrills } from '../../src/course/load-drill.ts';
import { readyLesson } from '../../src/course/ready-lesson.ts';
import type { StepOf } from '../../src/course/schema.ts';
import type { Exam } from '../../src/exam/exam.ts';
import { examOn } from '../../src/exam/exam-on.ts';
import { type ExamState, readExam } from '../../src/exam/exam-state.ts';
import { apply, readObject } from '../../src/kube/apply.ts';
import type { KubeObject } from '../../src/kube/client.ts';
import { packageFile } from '../../src/shared/paths.ts';
import { clusterIPs } from '../../src/world/addresses.ts';
import { examNames } from '../../src/world/exam-world.ts';
import { worldNames } from '../../src/world/names.ts';
import { type SandboxWorld, sandboxWorld } from '../support/sandbox-world.ts';

const all = await loadDrills(packageFile('lessons'), { unchecked: true });
const ADDRESS = /\{\{\w+IP\}\}/;

/** An answer of the drill in which an address stands, if it has one: files as they are in its folder. */
function answerWithAddress({ lesson }: Drill): readonly string[] | undefined {
  const { solution, alternatives = [] } = lesson.steps[0] as StepOf<'fix'>;
  const answers = [solution, ...alternatives];
  return answers.find(each => each.some(file => ADDRESS.test(lesson.files[file] ?? '')));
}

const inStart = ({ lesson }: Drill) =>
  lesson.start.some(each => 'apply' in each && ADDRESS.test(lesson.files[each.apply] ?? ''));
const withAddress = all.filter(each => inStart(each) || answerWithAddress(each) !== undefined);
// One more of the same kind would only take longer. The answer to the last lies in the namespace of another client.
const tried = withAddress.filter(each => each.id !== 'tcp-port-name');
const drills = [...tried, ...all.filter(each => ['one-door', 'wrong-drawer'].includes(each.id))];

const folder = mkdtempSync(join(tmpdir(), 'exam-sandbox-'));
const file = join(folder, 'exam.json');
let world: SandboxWorld;
beforeAll(async () => {
  world = await sandboxWorld();
});
afterAll(async () => {
  await world.end();
  rmSync(folder, { recursive: true, force: true });
});

/** The exam in the sandbox that there is, from its file or new; all its questions are ready. */
async function start(state: ExamState): Promise<Exam> {
  const exam = examOn(world.cluster, world.names, state, drills, {
    file,
    folder: join(folder, 'work'),
    kubeconfig: join(folder, 'exam.kubeconfig'),
    isLost: () => false,
  });
  await exam.begin();
  const isReady = () =>
    expect(exam.getSnapshot().questions.map(each => each.ready)).toEqual(drills.map(() => 'ready'));
  await vi.waitFor(isReady, { timeout: 30_000 });
  return exam;
}

const now = new Date().toISOString();
const NEW: ExamState = {
  ...{ format: 1, id: 'x', seed: 's', on: 'sandbox', training: false, minutes: 60, passMark: 68 },
  ...{ started: now, saved: now, worked: 0, running: false, pauses: [], at: null },
  questions: drills.map(({ id }, i) => ({
    ...{ number: i + 1, drill: id, flagged: false, worked: 0, prepared: false },
  })),
};

/** A right answer to a question, by file name. */
async function answerTo(number: number): Promise<Readonly<Record<string, string>>> {
  const drill = drills[number - 1] as Drill;
  const names = examNames(world.names, number, drill.changesServers);
  const ips = await clusterIPs(world.kube, names);
  const { files, steps } = readyLesson(drill.lesson, names, {
    ...ips,
    mesh: names.mesh,
    outside: names.outside,
  });
  const paths = answerWithAddress(drill) ?? (steps[0] as StepOf<'fix'>).solution;
  return Object.fromEntries(paths.map(path => [path.split('/').at(-1) ?? '', files[path] ?? '']));
}

it('goes on in another sandbox with every answer that was given, addresses and all', async () => {
  expect(withAddress.map(each => each.id).sort()).toEqual([
    'certificate-names',
    'labels-outside',
    'stolen-port',
    'tcp-port-name',
  ]);
  const first = await start(NEW);
  const { kube } = world;
  const put = async (object: KubeObject) => expect((await apply(kube, object)).outcome).not.toBe('refused');

  // The first two by kubectl, the others by files; none of them is open.
  for (const number of [1, 2]) {
    for (const text of Object.values(await answerTo(number)))
      for (const document of parseAllDocuments(text)) {
        const object = document.toJS() as KubeObject;
        object.metadata.namespace ??= `exam-${number}`;
        await put(object);
      }
  }
  for (const number of [3, 4, 5]) {
    const work = join(folder, 'work', drills[number - 1]?.id ?? '');
    for (const [name, text] of Object.entries(await answerTo(number))) writeFileSync(join(work, name), text);
  }
  // And what is no routing object, or lies beside the questions.
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'catalog', namespace: 'exam-4' };
  const scale = { body: { spec: { replicas: 2 } }, contentType: 'application/merge-patch+json' };
  await kube.request('PATCH', '/apis/apps/v1/namespaces/exam-4/deployments/catalog', scale);
  const patch = async (path: string, body: unknown) => {
    const contentType = 'application/strategic-merge-patch+json';
    expect((await kube.request('PATCH', path, { body, contentType })).status).toBe(200);
  };
  await patch('/api/v1/namespaces/exam-4', {
    metadata: { labels: { team: 'a', 'istio-injection': null }, annotations: { note: 'b' } },
  });
  await patch('/apis/apps/v1/namespaces/exam-4/deployments/catalog', {
    spec: { template: { metadata: { labels: { version: 'v9' } } } },
  });
  await patch('/api/v1/namespaces/exam-4/services/catalog', {
    spec: { ports: [{ name: 'more', port: 81, targetPort: 8080 }] },
  });
  const inFour = (name: string) => ({ metadata: { name, namespace: 'exam-4' } });
  const made = [
    { apiVersion: 'v1', kind: 'ConfigMap', ...inFour('notes'), data: { a: 'b' } },
    { apiVersion: 'v1', kind: 'Secret', ...inFour('keys'), type: 'Opaque', data: { a: 'Yg==' } },
    { apiVersion: 'v1', kind: 'ServiceAccount', ...inFour('somebody') },
    { apiVersion: 'v1', kind: 'Service', ...inFour('hand'), spec: { ports: [{ port: 80 }] } },
    {
      ...{ apiVersion: 'v1', kind: 'Endpoints', ...inFour('hand') },
      subsets: [{ addresses: [{ ip: '10.96.0.9' }], ports: [{ port: 80 }] }],
    },
    {
      ...{ apiVersion: 'networking.istio.io/v1', kind: 'WorkloadEntry', ...inFour('machine') },
      spec: { address: '10.96.0.9' },
    },
  ];
  for (const each of made) await put(each);
  const entry = { apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry' };
  const spec = {
    hosts: ['a.example.io'],
    resolution: 'DNS',
    ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
  };
  await put({ ...entry, metadata: { name: 'beside', namespace: 'outside' }, spec });
  await put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'mine' } });
  await put({ ...entry, metadata: { name: 'own', namespace: 'mine' }, spec });
  const sidecar = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Sidecar',
    metadata: { name: 'default', namespace: 'exam-3' },
  };
  await put({ ...sidecar, spec: { egress: [{ hosts: ['./*', 'outside/*'] }] } });
  const saved = await vi.waitFor(
    async () => {
      const state = (await readExam(file)) as ExamState;
      const text = JSON.stringify(state);
      for (const part of ['replicas: 2', 'name: beside', 'name: own']) expect(text).toContain(part);
      for (const { metadata } of made) expect(text).toContain(`name: ${metadata.name}`);
      expect(state.questions[2]?.seen).toContain('outside/*');
      for (const number of [3, 4, 5])
        expect(state.questions[number - 1]?.applied).toEqual(await answerTo(number));
      return state;
    },
    { timeout: 20_000, interval: 100 },
  );
  const addresses = await clusterIPs(kube, worldNames());
  const kept = readFileSync(file);
  await first.dispose();
  await world.end();
  // Killed: what was in the file then is all that there is, beside the candidate's own files.
  writeFileSync(file, kept);
  world = await sandboxWorld();
  expect(await clusterIPs(world.kube, worldNames())).toEqual(addresses);
  const second = await start(saved);
  const there = async (ref: Parameters<typeof readObject>[1]) => readObject(world.kube, ref);
  const template = { metadata: { labels: { version: 'v9' } } };
  expect((await there(deployment))?.spec).toMatchObject({ replicas: 2, template });
  for (const { apiVersion, kind, metadata, ...rest } of made)
    expect(await there({ apiVersion, kind, ...metadata })).toMatchObject(rest);
  const namespace = await there({ apiVersion: 'v1', kind: 'Namespace', name: 'exam-4' });
  expect(namespace?.metadata).toMatchObject({ labels: { team: 'a' }, annotations: { note: 'b' } });
  expect(namespace?.metadata.labels).not.toHaveProperty('istio-injection');
  // Whoever opens a question finds it as it was left.
  await second.engine(4);
  const service = await there({ apiVersion: 'v1', kind: 'Service', name: 'catalog', namespace: 'exam-4' });
  expect(service?.spec).toMatchObject({ ports: [{ port: 81 }, { port: 80 }] });
  expect(await there({ ...entry, name: 'beside', namespace: 'outside' })).not.toBeNull();
  expect(await there({ ...entry, name: 'own', namespace: 'mine' })).not.toBeNull();
  await second.end();
  const { report } = second.getSnapshot();
  await second.dispose();
  expect(report?.questions.map(each => [each.drill, each.points])).toEqual(
    drills.map(each => [each.id, each.points]),
  );
  expect(report?.questions[2]?.answer).toContain('name: beside');
  expect(report?.questions[0]?.answer).not.toContain('name: beside');
  // Neither a placeholder nor what stands for one, in whatever is told of a right answer.
  expect(JSON.stringify(report)).not.toMatch(/\{\{|x{8}/);
}, 90_000);
