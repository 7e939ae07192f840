/** What the engine's parts share: the store, the connection, and one job at a time. */
import type { Cluster } from '../cluster/cluster.ts';
import type { Course, Lesson } from '../course/course.ts';
import { readyLesson } from '../course/ready-lesson.ts';
import type { Call } from '../course/schema.ts';
import type { Clock } from '../shared/clock.ts';
import { asTutorError, Interrupted, type Problem, ToolError, UserError } from '../shared/errors.ts';
import { log } from '../shared/log.ts';
import type { WorldNames } from '../world/names.ts';
import type { Mesh } from './mesh.ts';
import type { Planner } from './planning.ts';
import type { PlayContext } from './play.ts';
import type { ProgressStore } from './progress.ts';
import { beginning, type Event, reduce } from './reduce.ts';
import type { CheckResult, LessonSnapshot, Study } from './state.ts';
import { strangerText } from './stranger-text.ts';
import type { Workspace } from './workspace.ts';

export interface EngineDeps {
  readonly course: Course;
  /** Null: the lessons can be read, and nothing else. */
  readonly cluster: Cluster | null;
  readonly names: WorldNames;
  readonly connect: (cluster: Cluster, signal: AbortSignal) => Promise<Mesh>;
  readonly clock: Clock;
  readonly progress: ProgressStore;
  readonly workspace: Workspace;
  /** Called at the very end: gives the lock back. */
  readonly release?: () => Promise<void>;
  /** Milliseconds between two looks for what kubectl changed in a second terminal; 0 for never. */
  readonly lookEvery?: number;
  /** The kubeconfig to show, where it is another file than the cluster's that leads there as well. */
  readonly shownKubeconfig?: string;
  /** Set for what outlives the engine: an exam's question. */
  readonly kept?: KeptWorld;
  /** What is tried of a drill's answer when its own checks hold. */
  readonly alsoTried?: AlsoTried | undefined;
  /** Set for the playground. */
  readonly played?: Played | undefined;
  /** For the list: what is known of the learner's other course. */
  readonly study?: Study | undefined;
  /** Tells what an apply would change for calls. */
  readonly planner?: Planner | undefined;
}

/** What is kept of a playground beside its files: the work of scene/, which stands above this room. */
export interface Played {
  /** A call was sent: it belongs to the playground from now on. */
  called(call: Call): Promise<void>;
  /** Saves it as a scene. Returns what is to be told. Throws a UserError. */
  save(): Promise<string>;
  /** Puts its files aside and forgets its calls. Returns what is to be told. Throws a UserError. */
  empty(): Promise<string>;
}

/** How the ids of its results begin. */
export const ALSO_TRIED = 'also-tried';

/** The search for a call that proves an answer wrong: the work of counterexample/, which stands above this room. */
export interface AlsoTried {
  /** A search will follow soon. */
  ready(): void;
  /** For fix step `index` of a lesson as it was loaded. Throws only when it is interrupted. */
  results(
    lesson: Lesson,
    index: number,
    mesh: Mesh,
    sending: { readonly clock: Clock; readonly signal: AbortSignal },
  ): Promise<readonly CheckResult[]>;
  close(): Promise<void>;
}

/**
 * A world that is as the learner left it, and stays so until a reset. Its folder holds only this one step's files, and
 * which of them were applied is remembered, so that what was saved meanwhile can be told from what is in effect.
 */
interface KeptWorld {
  /** Texts as they were last applied, by name; null: those that the step starts from. */
  applied(): Readonly<Record<string, string>> | null;
  onApplied(files: Readonly<Record<string, string>>): void;
  /** False: it is on no screen, so what kubectl changes need not be reported now. */
  isShown(): boolean;
}

/** How a new job meets one that is under way: it replaces it, or does not begin. */
export type Manners = 'replace' | 'give-way';

export class Core {
  #snapshot: LessonSnapshot;
  readonly #listeners = new Set<() => void>();
  #mesh: Mesh | null = null;
  #job: { abort: AbortController; prepares: boolean; over: Promise<void> } | null = null;
  /** Of the job that is under way, or of the last one. */
  #remarks: string[] = [];
  /** The key (state-of.ts) of the state that the cluster is known to be in. */
  worldAt: string | null = null;
  readonly deps: EngineDeps;

  constructor(deps: EngineDeps) {
    this.deps = deps;
    const { course, cluster, names, progress } = deps;
    this.#snapshot = beginning({
      course,
      provider: providerText(cluster),
      connected: cluster !== null,
      kubeconfig: deps.shownKubeconfig ?? cluster?.kubeconfig.path ?? null,
      namespaces: { mesh: names.mesh, outside: names.outside },
      record: id => progress.get(id),
      last: progress.last(),
      problem: progress.trouble(),
      study: deps.study,
    });
  }

  get snapshot(): LessonSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(event: Event): void {
    const next = reduce(this.#snapshot, event);
    // Trouble with the learner's progress stays until it was read, whatever is done meanwhile.
    this.#snapshot = next.problem === null ? { ...next, problem: this.deps.progress.trouble() } : next;
    for (const listener of this.#listeners) listener();
  }

  get busy(): boolean {
    return this.#job !== null;
  }

  /** Runs work as the only job. What it throws becomes the snapshot's problem. `prepares`: as in Busy. */
  async job(
    label: string,
    manners: Manners,
    work: (signal: AbortSignal) => Promise<void>,
    prepares = false,
  ): Promise<void> {
    while (this.#job !== null) {
      if (manners === 'give-way') return;
      this.#job.abort.abort();
      await this.#job.over;
    }
    const abort = new AbortController();
    let finish: () => void = () => {};
    this.#job = { abort, prepares, over: new Promise(resolve => (finish = resolve)) };
    this.#remarks = [];
    this.tell({ type: 'problem', problem: null });
    this.label(label);
    try {
      await work(abort.signal);
    } catch (error) {
      if (!abort.signal.aborted) await this.#trouble(error);
    } finally {
      this.#job = null;
      this.tell({ type: 'busy', busy: null });
      finish();
    }
  }

  /** A notice that the job's next one does not replace: they are shown side by side. */
  remark(text: string): void {
    this.#remarks.push(text);
    this.tell({ type: 'notice', notice: this.#remarks.join(' ') });
  }

  /** The problem on the screen has been read. */
  dismiss(): void {
    const { progress } = this.deps;
    if (this.#snapshot.problem === progress.trouble()) progress.noted?.();
    this.tell({ type: 'problem', problem: null });
    this.tell({ type: 'notice', notice: null });
  }

  /** Changes what the spinner says. */
  label(label: string): void {
    const prepares = this.#job?.prepares ? { prepares: true as const } : {};
    this.tell({ type: 'busy', busy: { label, since: this.deps.clock.now(), ...prepares } });
  }

  /** Waits until no job is under way, those that took another's place included. */
  async idle(): Promise<void> {
    while (this.#job !== null) await this.#job.over;
  }

  /** Stops the job that is under way and waits until it is over. */
  async stop(): Promise<void> {
    this.#job?.abort.abort();
    await this.#job?.over;
  }

  async #trouble(error: unknown): Promise<void> {
    const known = asTutorError(error);
    if (known instanceof Interrupted) return;
    log('engine', known.stack ?? known.message);
    const problem = known instanceof ToolError ? await this.#diagnosis(known) : known.problem;
    this.tell({ type: 'problem', problem });
  }

  /** Whether the whole cluster is gone or only this went wrong: the reader needs to know which. */
  async #diagnosis({ problem }: ToolError): Promise<Problem> {
    const { cluster } = this.deps;
    if (cluster === null) return problem;
    this.#drop();
    const health = await cluster
      .health(AbortSignal.timeout(5000))
      .catch(error => ({ state: 'broken' as const, why: asTutorError(error).problem.what }));
    if (health.state === 'ready') return { ...problem, next: [BRING_BACK, ...problem.next] };
    this.tell({
      type: 'connected',
      provider: providerText(cluster),
      kubeconfig: this.deps.shownKubeconfig ?? cluster.kubeconfig.path,
      yes: false,
    });
    if (health.state === 'absent') {
      return cluster.can.kind === 'sandbox'
        ? { what: 'The sandbox has ended.', next: ['u   starts one, and brings it into this step'] }
        : {
            what: 'The cluster is not there.',
            next: ['u   makes it, and brings it into this step', 'istio-tutor up'],
          };
    }
    return {
      what: 'The cluster is not ready.',
      why: health.why,
      next: [BRING_BACK, 'istio-tutor doctor'],
      detail: problem.detail,
    };
  }

  /** The mesh, connected when first needed. Throws a ToolError when it is out of reach. */
  async mesh(signal: AbortSignal): Promise<Mesh> {
    if (this.#mesh !== null) return this.#mesh;
    const { cluster, connect } = this.deps;
    if (cluster === null) {
      throw new UserError({
        what: 'There is no cluster to do this on.',
        why: 'The lessons can be read without one; nothing can be applied or sent.',
        next: ['istio-tutor doctor   shows what is missing', 'istio-tutor up       makes the cluster'],
      });
    }
    this.#mesh = await connect(cluster, signal);
    this.tell({
      type: 'connected',
      provider: providerText(cluster),
      kubeconfig: this.deps.shownKubeconfig ?? cluster.kubeconfig.path,
      yes: true,
    });
    return this.#mesh;
  }

  /** The mesh, if one is connected: for what must not wait. */
  get connectedMesh(): Mesh | null {
    return this.#mesh;
  }

  /** Reports what has an effect here and is not ours to remove; with `left`, also what a reset has left behind. */
  async lookForStrangers(mesh: Mesh, left = false): Promise<void> {
    const strangers = (await mesh.strangers(left)).map(strangerText);
    this.tell({ type: 'strangers', strangers });
  }

  /** Drops the connection; the next use makes a new one. */
  #drop(): void {
    this.#mesh?.close();
    this.#mesh = null;
    this.worldAt = null;
  }

  reconnect(signal: AbortSignal): Promise<Mesh> {
    this.#drop();
    return this.mesh(signal);
  }

  close(): void {
    this.#drop();
  }

  /** The open lesson on the connected mesh, with addresses put in. */
  async stage(signal: AbortSignal): Promise<PlayContext> {
    const mesh = await this.mesh(signal);
    const open = this.#snapshot.lesson;
    if (open === null) throw new Interrupted();
    const lesson = this.lesson(open.id, mesh);
    if (lesson.files !== open.files) this.tell({ type: 'readied', lesson });
    return { mesh, clock: this.deps.clock, lesson, namespace: this.deps.names.mesh, signal };
  }

  readonly #ready = new Map<string, { mesh: Mesh | null; plain: Lesson; lesson: Lesson }>();

  /** A lesson as this learner meets it. */
  lesson(id: string, mesh: Mesh | null = this.#mesh): Lesson {
    const known = this.#ready.get(id);
    const plain = this.deps.course.lessons.find(each => each.id === id);
    // The playground's changes while it is open.
    if (known !== undefined && known.mesh === mesh && known.plain === plain) return known.lesson;
    if (plain === undefined) {
      throw new UserError({ what: `There is no lesson "${id}".`, next: ['istio-tutor list'] });
    }
    const lesson = readyLesson(plain, this.deps.names, mesh?.placeholders ?? null);
    this.#ready.set(id, { mesh, plain, lesson });
    return lesson;
  }
}

const BRING_BACK = 'u   brings it back and rebuilds this step';

function providerText(cluster: Cluster | null): string {
  if (cluster === null) return 'reading only, no cluster';
  return cluster.can.istio === undefined ? cluster.name : `${cluster.name}, Istio ${cluster.can.istio}`;
}
