/**
 * A question's world on the cluster: made, found again, worked on through an engine of its own (the lessons'), looked
 * at and graded. With restore.ts, seen-objects.ts and shared-objects.ts the only part of an exam that knows the
 * Kubernetes API.
 */
import { dirname, join } from 'node:path';
import type { Cluster } from '../cluster/cluster.ts';
import type { Searcher } from '../counterexample/also-tried.ts';
import type { Drill, Lesson } from '../course/course.ts';
import { loadDrill, TASK } from '../course/load-drill.ts';
import { readyLesson } from '../course/ready-lesson.ts';
import type { Check, StepOf } from '../course/schema.ts';
import type { KubeObject } from '../kube/client.ts';
import { connect, type Kube } from '../kube/client.ts';
import { kindNamed, shortName } from '../kube/kinds.ts';
import { connectMesh } from '../lesson/connect-mesh.ts';
import { createEngine } from '../lesson/engine.ts';
import { keepFence } from '../lesson/fence.ts';
import type { Mesh } from '../lesson/mesh.ts';
import { SETTLE } from '../lesson/play.ts';
import type { ProgressStore } from '../lesson/progress.ts';
import { rebuild } from '../lesson/rebuild.ts';
import { runChecks } from '../lesson/run-checks.ts';
import type { CheckResult, Engine } from '../lesson/state.ts';
import { baseName, entryState, stateOfFix } from '../lesson/state-of.ts';
import { taskComment } from '../lesson/task-comment.ts';
import type { Workspace } from '../lesson/workspace.ts';
import { plannerOn } from '../plan/planner.ts';
import type { Clock } from '../shared/clock.ts';
import type { Problem } from '../shared/errors.ts';
import { bringUpExamWorld, examNames, isMade, isQuestionNamespace, markReady } from '../world/exam-world.ts';
import { furtherNames } from '../world/further-clients.ts';
import type { WorldNames } from '../world/names.ts';
import type { QuestionState } from './exam-state.ts';
import type { ExamWorld } from './grading.ts';
import { QuestionFiles, sameTexts, type Texts } from './question-files.ts';
import { questionTitle } from './question-text.ts';
import { restore } from './restore.ts';
import { answerText, parseSeen, placeOf, seenKinds, seenObjects, textOfAll } from './seen-objects.ts';

export interface ExamPlace {
  readonly cluster: Cluster;
  readonly base: WorldNames;
  readonly clock: Clock;
  /** The candidate's files: a folder for each question. */
  readonly workspace: Workspace;
  /** Which exam it is, as its namespaces say. */
  readonly exam: string;
  /** The kubeconfig for the candidate's kubectl; its default namespace is the open question's. */
  readonly kubeconfig: string;
  /** Whether verdicts are shown, as in a training. */
  readonly verdicts: boolean;
  /** Looks for a call that proves an answer wrong when its checks hold. */
  readonly searcher: Searcher;
}

export class QuestionWorld implements ExamWorld {
  readonly drill: Drill;
  readonly number: number;
  readonly names: WorldNames;
  /** The folder's name below the exam's. */
  readonly folder: string;
  /** As the candidate meets it: no hints, no solution. */
  readonly lesson: Lesson;
  readonly #place: ExamPlace;
  readonly #files: QuestionFiles;
  #engine: Promise<Engine> | null = null;
  #applied: Texts | null = null;
  #shown = false;
  /** The world's addresses and names, once they are known. */
  #placeholders: Readonly<Record<string, string>> | null = null;

  /** `folder`: the name of the candidate's folder, below the exam's; unless given, the drill's. */
  constructor(place: ExamPlace, drill: Drill, number: number, folder = baseName(drill.lesson.folder)) {
    this.#place = place;
    this.drill = drill;
    this.number = number;
    this.names = examNames(place.base, number, drill.changesServers);
    const title = questionTitle(drill, place.verdicts);
    this.folder = folder;
    this.lesson = {
      ...{ ...drill.lesson, number, title, exam: { verdicts: place.verdicts } },
      steps: drill.lesson.steps.map(each => ({ ...each, title })),
      // The engine names the candidate's folder after it.
      folder: join(dirname(drill.lesson.folder), folder),
    };
    this.#files = new QuestionFiles(place.workspace, folder, () => [
      ...this.#step.files.map(baseName),
      ...Object.keys(this.#applied ?? {}),
    ]);
  }

  get #step(): StepOf<'fix'> {
    return this.lesson.steps[0] as StepOf<'fix'>;
  }

  /** With the names and addresses of this world in their titles. */
  get checks(): readonly Check[] {
    return (this.#readable.steps[0] as StepOf<'fix'>).checks;
  }

  /** For reading: where the world was never reached, an address keeps its placeholder. */
  get #readable(): Lesson {
    return readyLesson(this.lesson, this.names, this.#placeholders);
  }

  /** The question's own; the servers that all questions share are in none of them. */
  get namespaces(): readonly string[] {
    const clients = (this.lesson.clients ?? []).map(each => furtherNames(this.names, each).mesh);
    const servers = this.drill.changesServers ? [this.names.outside] : [];
    return [this.names.mesh, ...clients, ...servers];
  }

  get applied(): Texts | null {
    return this.#applied;
  }

  owns(namespace: string): boolean {
    return this.namespaces.includes(namespace);
  }

  show(shown: boolean): void {
    this.#shown = shown;
  }

  /**
   * Makes the world in the state in which the question begins, or as the candidate left it; one that is there is left
   * alone. Throws a UserError with file, line and field for a drill that is not valid.
   */
  async prepare(question: QuestionState, signal: AbortSignal): Promise<void> {
    const { names } = this;
    const place = this.#place;
    const { prepared, seen, files } = question;
    await loadDrill(this.drill.lesson.folder, this.drill.lesson.number);
    this.#applied ??= question.applied ?? null;
    if (files !== undefined) await this.#files.freeze(files);
    const kube = await connect(place.cluster.kubeconfig);
    if (prepared && (await isMade(kube, names, place.exam))) return;
    await bringUpExamWorld(kube, place.base, names, place.exam, signal, addressesOf(seen));
    const mesh = await this.#mesh(kube, signal);
    try {
      if (prepared && seen !== undefined) await this.#restore(kube, mesh, seen, signal);
      else await rebuild(mesh, this.#start(mesh), { afresh: false, clock: place.clock, signal });
      const ready = readyLesson(this.lesson, names, mesh.placeholders);
      const { files: texts } = ready;
      const given = Object.fromEntries(this.#step.files.map(path => [baseName(path), texts[path] ?? '']));
      const task = taskComment(ready, ready.steps[0] as StepOf<'fix'>);
      const withTask = Object.entries(given).map(([name, text]) => [name, task + text] as const);
      await this.#files.put(this.folder, Object.fromEntries(withTask), true);
      if (!prepared) this.#applied ??= given;
    } finally {
      mesh.close();
    }
    await markReady(kube, names, place.exam);
  }

  #start(mesh: Mesh) {
    return entryState(readyLesson(this.lesson, this.names, mesh.placeholders), 0, this.names.mesh);
  }

  #restore(kube: Kube, mesh: Mesh, seen: string, signal: AbortSignal): Promise<void> {
    const { clock, cluster } = this.#place;
    const { namespaces } = this;
    return restore(this.#start(mesh), seen, {
      ...{ kube, mesh, namespaces, kinds: seenKinds(cluster), clock, signal },
    });
  }

  async watch(onSaved: () => void, onLooked: (unreadable: Problem | null) => void): Promise<void> {
    const look = async () => {
      const unreadable = await this.#files.unreadable();
      onLooked(unreadable);
      return unreadable;
    };
    await this.#files.begin(onSaved, () => void look());
    if ((await look()) === null && (await this.#isUnapplied())) onSaved();
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
    const { cluster, clock } = this.#place;
    const engine = await createEngine({
      course: { title: 'Exam', istio: [], lessons: [this.lesson] },
      cluster,
      names: this.names,
      connect: async (which, signal) => {
        const mesh = await this.#mesh(await connect(which.kubeconfig), signal);
        // The candidate's files may name their namespaces, and there is no rebuild here that would make them known.
        await mesh.setClients(this.lesson.clients ?? [], signal);
        return mesh;
      },
      clock,
      planner: plannerOn(cluster),
      workspace: this.#files,
      progress: BEGUN,
      shownKubeconfig: this.#place.kubeconfig,
      kept: {
        applied: () => this.#applied,
        onApplied: files => {
          this.#applied = files;
        },
        isShown: () => this.#shown,
      },
    });
    await engine.open(this.lesson.id);
    return engine;
  }

  /** Applies what was saved since the files were last applied, as a save is applied while the question is open. */
  async applySaved(): Promise<void> {
    if (!(await this.#isUnapplied())) return;
    const engine = await this.engine();
    await untilIdle(engine);
    if (await this.#isUnapplied()) await engine.check();
  }

  async #isUnapplied(): Promise<boolean> {
    const texts = await this.#files.texts();
    // Where there is no file at all, the folder was moved: it is not the wish to remove everything.
    if (this.#applied === null || Object.keys(texts).length === 0) return false;
    return !sameTexts(this.#applied, texts);
  }

  /** Files that cannot be read count as they were last applied. */
  freeze(): Promise<Texts> {
    return this.#files.freeze().catch(() => this.#files.freeze(this.#applied ?? {}));
  }

  async settle(): Promise<void> {
    await this.applySaved();
    const engine = await this.#engine;
    if (engine !== null) await untilIdle(engine);
  }

  /**
   * Makes every check on what there was at the end, whatever was done since; or, where that was never seen, on what is
   * there now.
   */
  async grade({ final, seen }: QuestionState, signal: AbortSignal): Promise<readonly CheckResult[]> {
    const kube = await connect(this.#place.cluster.kubeconfig);
    const mesh = await this.#mesh(kube, signal);
    try {
      await mesh.setClients(this.lesson.clients ?? [], signal);
      if (final !== true || seen === undefined) await this.settle();
      else if ((await this.look()) !== seen) await this.#restore(kube, mesh, seen, signal);
      const before = await mesh.before(signal);
      if ((await keepFence(mesh, signal)).length > 0) await mesh.follow(before, signal);
      const { checks } = readyLesson(this.lesson, this.names, mesh.placeholders).steps[0] as StepOf<'fix'>;
      const { clock, searcher } = this.#place;
      const results = await runChecks({ mesh, clock, signal }, checks, { settle: SETTLE });
      // Where a check has failed it has told: nobody pays twice for one mistake.
      if (results.some(each => each.verdict.state !== 'passed')) return results;
      const world = { kube, names: this.names, mesh };
      return [...results, ...(await searcher.results(this.drill.lesson, 0, world, { clock, signal }))];
    } finally {
      mesh.close();
    }
  }

  async look(all?: readonly KubeObject[]): Promise<string> {
    const { cluster } = this.#place;
    if (all !== undefined) return textOfAll(all.filter(each => this.owns(placeOf(each))));
    return textOfAll(
      await seenObjects(await connect(cluster.kubeconfig), this.namespaces, seenKinds(cluster)),
    );
  }

  answer(seen: string, shared: string): string {
    return answerText(seen, shared, this.names, this.lesson.clients ?? []);
  }

  explanation(): string {
    return this.#readable.prose[TASK]?.after ?? '';
  }

  /** The same objects with a right answer in effect, as YAML. */
  solution(): string {
    const { objects } = stateOfFix(this.#readable, 0, this.names.mesh, this.#step.solution);
    const removed = new Set(
      (this.#step.remove ?? []).map(each => `${kindNamed(each.kind)?.kind}/${each.name}`),
    );
    return textOfAll(objects.filter(({ ref }) => !removed.has(shortName(ref))).map(({ object }) => object));
  }

  async dispose(): Promise<void> {
    const engine = await this.#engine?.catch(() => null);
    await engine?.dispose();
    await this.#files.dispose();
  }

  async #mesh(kube: Kube, signal: AbortSignal): Promise<Mesh> {
    const { names } = this;
    const { cluster, base, clock } = this.#place;
    const sharesOutside = names.outside === base.outside;
    const ours = cluster.can.recreate;
    const isOthers = (name: string) => isQuestionNamespace(base, name) && !this.owns(name);
    const options = { names, provider: cluster.name, ours, sharesOutside, clock, kept: true, isOthers };
    const mesh = await connectMesh(kube, options, signal);
    this.#placeholders = mesh.placeholders;
    return mesh;
  }
}

/** The exam keeps its own record. The engine takes every question for begun, so that it leaves the files alone. */
const BEGUN: ProgressStore = {
  get: () => ({ at: TASK, done: [], begun: [TASK] }),
  last: () => null,
  put: async () => {},
  trouble: () => null,
};

/** The addresses of Services in what was seen, by 'exam-4/catalog'. */
function addressesOf(seen = ''): ReadonlyMap<string, string> {
  const services = parseSeen(seen).filter(each => each.kind === 'Service');
  return new Map(
    services.flatMap(({ metadata: { namespace, name }, spec }) => {
      const { clusterIP } = spec as { clusterIP?: string };
      return clusterIP === undefined ? [] : [[`${namespace}/${name}`, clusterIP] as const];
    }),
  );
}

/** Resolves when the engine has nothing under way. */
function untilIdle(engine: Engine): Promise<void> {
  return new Promise(resolve => {
    let stop = () => {};
    const look = () => {
      if (engine.getSnapshot().busy !== null) return;
      stop();
      resolve();
    };
    stop = engine.subscribe(look);
    look();
  });
}
