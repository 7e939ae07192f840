/**
 * The state that a step begins in, as a value: the lesson's start plus the changes of its earlier steps, where a fix
 * counts as its solution. rebuild.ts brings a cluster into it; so jump, reset and resume are exact. Pure.
 */
import type { Lesson } from '../course/course.ts';
import { type ManifestObject, parseManifest } from '../course/manifest.ts';
import type { Change, Step, StepOf } from '../course/schema.ts';
import type { KubeObject, ObjectRef } from '../kube/client.ts';
import { keyOf, kindNamed } from '../kube/kinds.ts';
import type { WantedWorkloads } from '../world/workloads.ts';

export interface DesiredObject {
  readonly ref: ObjectRef;
  readonly object: KubeObject;
  /** The file of the lesson that it is written in. */
  readonly from?: { readonly file: string; readonly manifest: ManifestObject };
}

export interface DesiredState {
  /** By age: the last writer of an object wins, its place stays, unless a step says that age decides. */
  readonly objects: readonly DesiredObject[];
  /** Keys (kinds.ts) of objects each of which must be at least a whole second younger than the one before. */
  readonly aged: readonly (readonly string[])[];
  readonly workloads: WantedWorkloads;
  /** Further clients, by their short names. */
  readonly clients: readonly string[];
}

/** A lesson with the learner's namespaces and the lab's addresses put into its manifests. */
export type ReadyLesson = Pick<Lesson, 'start' | 'steps' | 'files' | 'clients'>;

/** The state in which step `index` (from 0) begins; `steps.length` is the state after the last one. */
export function stateOf(lesson: ReadyLesson, index: number, namespace: string): DesiredState {
  const state = new Building(lesson.files, namespace);
  state.changes(lesson.start);
  for (const step of lesson.steps.slice(0, index)) state.after(step);
  return state.done(lesson.clients);
}

/** The state in which a step is met: for a fix, with the files that the learner starts from in effect. */
export function entryState(lesson: ReadyLesson, index: number, namespace: string): DesiredState {
  const step = lesson.steps[index];
  return step?.kind === 'fix'
    ? stateOfFix(lesson, index, namespace, step.files)
    : stateOf(lesson, index, namespace);
}

/** Two steps with the same key are met in the same state. */
export function entryKey(lesson: Pick<Lesson, 'id' | 'steps'>, index: number): string {
  return `${exitKey(lesson, index - 1)}${lesson.steps[index]?.kind === 'fix' ? '/fix' : ''}`;
}

/** The key of the state that a step leaves behind when it is done. */
export function exitKey(lesson: Pick<Lesson, 'id' | 'steps'>, index: number): string {
  return `${lesson.id}/${lesson.steps.slice(0, index + 1).filter(changesState).length}`;
}

/** The state with a fix's files in it, as the learner finds it, and with its solution. */
export function stateOfFix(
  lesson: ReadyLesson,
  index: number,
  namespace: string,
  files: readonly string[],
): DesiredState {
  const state = new Building(lesson.files, namespace);
  state.changes(lesson.start);
  for (const step of lesson.steps.slice(0, index)) state.after(step);
  const step = lesson.steps[index] as StepOf<'fix'>;
  state.inOrder(step, () => state.fixed(step, files));
  return state.done(lesson.clients);
}

/** Whether a step leaves the world changed when it is done. */
function changesState(step: Step): boolean {
  return step.kind === 'apply' || step.kind === 'fix';
}

/** 'networking.istio.io/VirtualService' of an object's key. */
const kindOf = (key: string) => key.split('/').slice(0, 2).join('/');

export const baseName = (path: string) => path.split('/').at(-1) ?? path;

class Building {
  readonly #objects = new Map<string, DesiredObject>();
  /** By kind, the objects that are told apart by age. */
  readonly #aged = new Map<string, ReadonlySet<string>>();
  readonly #replicas: Record<string, number> = {};
  readonly #env: Record<string, Record<string, string>> = {};
  readonly #services: Record<string, boolean> = {};
  readonly #files: Readonly<Record<string, string>>;
  readonly #namespace: string;

  constructor(files: Readonly<Record<string, string>>, namespace: string) {
    this.#files = files;
    this.#namespace = namespace;
  }

  after(step: Step): void {
    this.inOrder(step, () => this.#touchedBy(step));
  }

  #touchedBy(step: Step): string[] {
    if (step.kind === 'apply') {
      // What the API refuses never comes to be; such a step is there to show the refusal.
      const accepted = (c: Change) => step.effect !== 'refused-by-api' || !('apply' in c);
      return this.changes(step.changes.filter(accepted));
    }
    if (step.kind !== 'fix') return [];
    const touched = this.fixed(step, step.solution);
    for (const { kind, name } of step.remove ?? []) this.#remove(kind, name);
    return touched;
  }

  /**
   * Where age decides in a step, it decides among everything that is then there of the kinds that the step touches. An
   * apply step creates what it touches again; a fix changes it in place, as kubectl does.
   */
  inOrder(step: Step, work: () => string[]): void {
    const touched = work();
    if (step.order !== 'age') return;
    for (const key of step.kind === 'apply' ? touched : []) {
      const each = this.#objects.get(key);
      this.#objects.delete(key);
      if (each !== undefined) this.#objects.set(key, each);
    }
    for (const kind of touched.map(kindOf)) {
      this.#aged.set(kind, new Set([...this.#objects.keys()].filter(key => kindOf(key) === kind)));
    }
  }

  changes(changes: readonly Change[]): string[] {
    const touched: string[] = [];
    for (const change of changes) {
      if ('apply' in change) touched.push(...this.#parse(change.apply).map(o => this.#put(o)));
      else if ('remove' in change)
        this.#remove(change.remove.kind, change.remove.name, change.remove.namespace);
      else if ('scale' in change) this.#replicas[change.scale.deployment] = change.scale.replicas;
      else if ('env' in change) {
        const { deployment, name, value } = change.env;
        this.#env[deployment] = { ...this.#env[deployment], [name]: value };
      } else this.#services[change.service.name] = change.service.present;
    }
    return touched;
  }

  /**
   * The learner's folder with `files` in it: they replace those of the same base name that the learner
   * started from, and an object that was in a replaced file and is in none now is gone.
   */
  fixed(step: StepOf<'fix'>, files: readonly string[]): string[] {
    const replaced = new Set(files.map(baseName));
    const kept = step.files.filter(file => !replaced.has(baseName(file)));
    const now = new Map([...kept, ...files].flatMap(file => this.#parse(file)).map(o => [keyOf(o.ref), o]));
    const given = step.files.flatMap(file => this.#parse(file)).map(({ ref }) => keyOf(ref));
    for (const key of given) if (!now.has(key)) this.#objects.delete(key);
    // What the learner was given is older than what is new in the answer.
    const inAge = [...new Set([...given, ...now.keys()])].flatMap(key => now.get(key) ?? []);
    return inAge.map(each => this.#put(each));
  }

  #parse(file: string): DesiredObject[] {
    return parseManifest(this.#files[file] ?? '', file, this.#namespace).map(manifest => {
      const { ref, object } = manifest;
      return { ref, object, from: { file, manifest } };
    });
  }

  #put(each: DesiredObject): string {
    const key = keyOf(each.ref);
    this.#objects.set(key, each);
    return key;
  }

  #remove(kind: string, name: string, namespace = this.#namespace): void {
    const known = kindNamed(kind);
    if (known !== null) this.#objects.delete(keyOf({ ...known, name, namespace }));
  }

  done(clients: readonly string[] = []): DesiredState {
    const keys = [...this.#objects.keys()];
    const chains = [...this.#aged.values()].map(chain => keys.filter(key => chain.has(key)));
    return {
      objects: [...this.#objects.values()],
      aged: chains.filter(chain => chain.length > 1),
      workloads: { replicas: this.#replicas, env: this.#env, services: this.#services },
      clients,
    };
  }
}
