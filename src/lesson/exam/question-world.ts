/**
 * A question's world on the cluster: made, found again, worked on through an engine of its own (the lessons'), looked
 * at and graded. Beside connect-mesh.ts the only part of an exam that knows the Kubernetes API.
 */
import { stringify } from 'yaml';
import { listObjects } from '../../cluster/apply.ts';
import { connect, type Kube } from '../../cluster/client.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { Clock } from '../../shared/clock.ts';
import { bringUpExamWorld, examNames, isReady, markReady } from '../../world/exam-world.ts';
import { fences, furtherNames } from '../../world/further-clients.ts';
import type { WorldNames } from '../../world/names.ts';
import { connectMesh } from '../connect-mesh.ts';
import type { Drill, Lesson } from '../course.ts';
import { createEngine } from '../engine.ts';
import { refOf } from '../fence.ts';
import { withoutServerFields } from '../inspect.ts';
import { ISTIO_KINDS, keyOf, kindNamed, shortName } from '../kinds.ts';
import { loadDrill, TASK } from '../load-drill.ts';
import { parseManifest } from '../manifest.ts';
import type { KubeObject, Mesh } from '../mesh.ts';
import { SETTLE } from '../play.ts';
import type { ProgressStore } from '../progress.ts';
import { readyLesson } from '../ready-lesson.ts';
import { rebuild, sameObject } from '../rebuild.ts';
import { runChecks } from '../run-checks.ts';
import type { Check, StepOf } from '../schema.ts';
import type { CheckResult, Engine } from '../state.ts';
import { baseName, type DesiredState, entryState, stateOfFix } from '../state-of.ts';
import type { Workspace } from '../workspace.ts';
import type { ExamWorld } from './exam.ts';

export interface ExamPlace {
  readonly cluster: Cluster;
  readonly base: WorldNames;
  readonly clock: Clock;
  /** The candidate's files: a folder for each question. */
  readonly workspace: Workspace;
  /** Which exam: on the namespaces. */
  readonly exam: string;
  /** Training: verdicts are shown. */
  readonly verdicts: boolean;
}

export class QuestionWorld implements ExamWorld {
  readonly names: WorldNames;
  /** As the candidate meets it: no hints, no solution. */
  readonly lesson: Lesson;
  #engine: Promise<Engine> | null = null;

  constructor(
    private readonly place: ExamPlace,
    readonly drill: Drill,
    readonly number: number,
  ) {
    this.names = examNames(place.base, number, drill.changesServers);
    this.lesson = { ...drill.lesson, number, exam: { verdicts: place.verdicts } };
  }

  private get step(): StepOf<'fix'> {
    return this.lesson.steps[0] as StepOf<'fix'>;
  }

  get checks(): readonly Check[] {
    return this.step.checks;
  }

  /** The folder's name below the exam's. */
  get folder(): string {
    return baseName(this.lesson.folder);
  }

  /**
   * Makes the world in the state in which the question begins, or leaves it as the candidate left it. `begun`: the
   * files are the candidate's already; `seen`: what look() told last, for a world that is gone with its process.
   * Throws a UserError with file, line and field for a drill that is written wrongly.
   */
  async prepare(begun: boolean, seen: string | undefined, signal: AbortSignal): Promise<void> {
    const { place, names } = this;
    await loadDrill(this.lesson.folder, this.drill.lesson.number);
    const kube = await connect(place.cluster.kubeconfig);
    if (begun && (await isReady(kube, names, place.exam))) return;
    await bringUpExamWorld(kube, place.base, names, place.exam, signal);
    const mesh = await this.#mesh(kube, signal);
    try {
      const lesson = readyLesson(this.lesson, names, mesh.placeholders);
      const start = entryState(lesson, 0, names.mesh);
      const state = begun && seen !== undefined ? withSeen(start, seen, names.mesh) : start;
      await rebuild(mesh, state, { afresh: false, clock: place.clock, signal });
      const given = this.step.files.map(path => [baseName(path), lesson.files[path] ?? ''] as const);
      await place.workspace.put(this.folder, Object.fromEntries(given), begun);
    } finally {
      mesh.close();
    }
    await markReady(kube, names, place.exam);
  }

  /** The engine on this question, opened; the same one each time. */
  engine(): Promise<Engine> {
    this.#engine ??= this.#open();
    this.#engine.catch(() => {
      this.#engine = null;
    });
    return this.#engine;
  }

  async #open(): Promise<Engine> {
    const { cluster, clock, workspace } = this.place;
    const engine = await createEngine({
      course: { title: 'Exam', istio: [], lessons: [this.lesson] },
      cluster,
      names: this.names,
      connect: async (which, signal) => this.#mesh(await connect(which.kubeconfig), signal),
      clock,
      workspace,
      progress: BEGUN,
      keepWorld: true,
    });
    await engine.open(this.lesson.id);
    return engine;
  }

  /** The candidate's files as they are now are applied, then every check is made on what is in effect. */
  async grade(signal: AbortSignal): Promise<readonly CheckResult[]> {
    const engine = await this.engine();
    await engine.check();
    const mesh = await this.#mesh(await connect(this.place.cluster.kubeconfig), signal);
    try {
      await mesh.setClients(this.lesson.clients ?? [], signal);
      const { checks } = readyLesson(this.lesson, this.names, mesh.placeholders).steps[0] as StepOf<'fix'>;
      return await runChecks({ mesh, clock: this.place.clock, signal }, checks, { settle: SETTLE });
    } finally {
      mesh.close();
    }
  }

  /** The routing objects of its namespaces as YAML, the oldest first; the fences only where they were changed. */
  async look(): Promise<string> {
    const kube = await connect(this.place.cluster.kubeconfig);
    const clients = this.lesson.clients ?? [];
    const spaces = [this.names.mesh, ...clients.map(each => furtherNames(this.names, each).mesh)];
    const lists = await Promise.all(
      spaces.flatMap(ns =>
        ISTIO_KINDS.map(({ apiVersion, kind }) => listObjects(kube, apiVersion, kind, ns)),
      ),
    );
    const own = new Map(fences(this.names, clients).map(each => [keyOf(refOf(each)), each]));
    return lists
      .flat()
      .filter(each => each.kind !== 'Telemetry')
      .filter(each => {
        const fence = own.get(keyOf(refOf(each)));
        return fence === undefined || !sameObject(each, fence);
      })
      .sort((a, b) => age(a).localeCompare(age(b)))
      .map(textOf)
      .join('---\n');
  }

  /** The same objects with a right answer in effect, as YAML; addresses as the lessons write them. */
  solution(): string {
    const lesson = readyLesson(this.lesson, this.names, null);
    const { objects } = stateOfFix(lesson, 0, this.names.mesh, this.step.solution);
    const removed = new Set(
      (this.step.remove ?? []).map(each => `${kindNamed(each.kind)?.kind}/${each.name}`),
    );
    return objects
      .filter(({ ref }) => !removed.has(shortName(ref)))
      .map(({ object }) => textOf(object))
      .join('---\n');
  }

  async dispose(): Promise<void> {
    const engine = await this.#engine?.catch(() => null);
    await engine?.dispose();
  }

  #mesh(kube: Kube, signal: AbortSignal): Promise<Mesh> {
    const { names, place } = this;
    const { cluster, base, clock } = place;
    const sharesOutside = names.outside === base.outside;
    const options = { names, provider: cluster.name, ours: cluster.can.recreate, sharesOutside, clock };
    return connectMesh(kube, options, signal);
  }
}

/** The exam keeps its own account; to the engine every question was begun, so the files are left as they are. */
const BEGUN: ProgressStore = {
  get: () => ({ at: TASK, done: [], begun: [TASK] }),
  last: () => null,
  put: async () => {},
  trouble: () => null,
};

function withSeen(start: DesiredState, seen: string, namespace: string): DesiredState {
  const objects = parseManifest(seen, 'as it was left', namespace);
  const kinds = new Map<string, string[]>();
  for (const { ref } of objects) kinds.set(ref.kind, [...(kinds.get(ref.kind) ?? []), keyOf(ref)]);
  // Where age decided once, it decides again: those of a kind come back in the order in which they were made.
  const aged = start.aged.length > 0 ? [...kinds.values()].filter(each => each.length > 1) : [];
  return { ...start, objects, aged };
}

const age = (object: KubeObject) => String(object.metadata.creationTimestamp ?? '');

/** Keys in one order and the API's newest version: so that two texts differ only in what they say. */
function textOf(object: KubeObject): string {
  const plain = withoutServerFields(object);
  const apiVersion = kindNamed(object.kind)?.apiVersion ?? object.apiVersion;
  return stringify({ ...plain, apiVersion }, { sortMapEntries: true });
}
