/**
 * A fix step while it is open: the learner's files are watched, and the cluster is looked at once a second for what
 * kubectl changed from another terminal; each change is applied, followed to the sidecar, and checked.
 */
import { basename, join } from 'node:path';
import { isSealed, type Lesson } from '../course/course.ts';
import { fillKnown, parseManifest } from '../course/manifest.ts';
import type { StepOf } from '../course/schema.ts';
import type { ObjectRef } from '../kube/client.ts';
import { keyOf, kindNamed } from '../kube/kinds.ts';
import type { Effect } from '../probe/effect.ts';
import { asTutorError } from '../shared/errors.ts';
import { tilde } from '../shared/paths.ts';
import { applyManifests, type Manifest } from './apply-changes.ts';
import { effectText } from './effect-text.ts';
import type { Core } from './engine-core.ts';
import { keepFence } from './fence.ts';
import type { Before, Mesh } from './mesh.ts';
import { type PlayContext, readyStep, SETTLE } from './play.ts';
import { runChecks } from './run-checks.ts';
import { savedText } from './saved-text.ts';
import type { ApplyOutcome, CheckResult } from './state.ts';
import { baseName } from './state-of.ts';
import { taskComment, withoutTask, withoutTasks } from './task-comment.ts';
import { unreadable } from './unreadable.ts';

/** What makes a check run: 'all' applies every file again, 'changed' only what is new, 'none' nothing. */
export type ApplyFiles = 'all' | 'changed' | 'none';

export class Fixing {
  /** Texts as they were last applied, by name, without the task above them. */
  #applied = new Map<string, string>();
  /** What the learner's files held when they were last applied. */
  #refs: readonly ObjectRef[] = [];
  /** The last texts seen: our own writing must not look like a save. */
  #seen = '';
  #entered: number;
  /** The sidecar's configuration when it was last known to be settled. */
  #settled: Before | undefined;
  #fingerprint: string | null = null;
  #pending = false;
  /** What is written meanwhile is written by us, and what was saved just before is kept aside. */
  #solving = false;
  #stopWatching: (() => Promise<void>) | null = null;
  readonly #left = new AbortController();
  /** The step's files are in the learner's folder, and are the learner's from now on. */
  placed = false;
  readonly #core: Core;
  readonly #step: StepOf<'fix'>;
  /** Called when files were saved or objects changed: runs a check as a job. */
  readonly #onChange: (files: ApplyFiles, notice: string) => void;

  constructor(core: Core, step: StepOf<'fix'>, onChange: (files: ApplyFiles, notice: string) => void) {
    this.#core = core;
    this.#step = step;
    this.#onChange = onChange;
    this.#entered = core.deps.clock.now();
  }

  get id(): string {
    return this.#step.id;
  }

  get #lesson(): Lesson {
    return this.#core.snapshot.lesson as Lesson;
  }

  get #folderName(): string {
    return basename(this.#lesson.folder);
  }

  /** The files that the step starts from, by name. */
  #given(): Record<string, string> {
    return Object.fromEntries(this.#step.files.map(path => [baseName(path), this.#lesson.files[path] ?? '']));
  }

  /** With the task above each, as they are put into the learner's folder. */
  #withTask(files: Readonly<Record<string, string>>): Record<string, string> {
    const task = taskComment(this.#lesson, this.#step);
    return Object.fromEntries(Object.entries(files).map(([name, text]) => [name, task + text]));
  }

  /** Puts the files into the learner's folder. `keep`: the learner has begun this step before. */
  async putFiles(keep: boolean): Promise<readonly string[]> {
    try {
      const moved = await this.#core.deps.workspace.put(
        this.#folderName,
        this.#withTask(this.#given()),
        keep,
      );
      this.placed = true;
      return moved;
    } finally {
      // Where they could not be put there, what there is counts all the same: nobody has saved it just now.
      this.#entered = this.#core.deps.clock.now();
      this.#startFrom(this.#core.deps.kept?.applied() ?? this.#given());
      await this.showFiles();
    }
  }

  /** From here on the given files count as applied: the cluster has been brought into that state. */
  startAnew(): void {
    this.#startFrom(this.#given());
    this.#core.deps.kept?.onApplied(this.#given());
  }

  #startFrom(files: Readonly<Record<string, string>>): void {
    this.#applied = new Map(Object.entries(files));
    this.#refs = Object.entries(files).flatMap(([name, text]) =>
      refsOf(text, name, this.#core.deps.names.mesh),
    );
  }

  async watch(): Promise<void> {
    const { workspace, lookEvery = 1000 } = this.#core.deps;
    this.#stopWatching = await workspace.watch(this.#folderName, () => void this.#saved());
    // What was saved while the cluster was brought here, after the files were read, is seen now.
    await this.#saved();
    if (this.#left.signal.aborted) await this.leave();
    else if (lookEvery > 0) void this.#lookAround(lookEvery);
  }

  async leave(): Promise<void> {
    this.#left.abort();
    await this.#stopWatching?.();
  }

  async #saved(): Promise<void> {
    if (this.#solving) return;
    const before = this.#seen;
    try {
      await this.showFiles();
    } catch (error) {
      // Nobody waits for this; what cannot be read is reported, and neither applied nor taken for deleted.
      if (!this.#left.signal.aborted)
        this.#core.tell({ type: 'problem', problem: asTutorError(error).problem });
      return;
    }
    if (this.#left.signal.aborted || this.#solving || this.#seen === before) return;
    if (!this.#isSave(before)) return;
    const what = savedText(before, this.#seen);
    this.#onChange('changed', isSealed(this.#lesson) ? `${what}; applying.` : `${what}; checking again.`);
  }

  /** What was done to the task alone is none; but below a task of other length a refusal names other lines. */
  #isSave(before: string): boolean {
    const { apply } = this.#core.snapshot.steps[this.id] ?? {};
    if (apply?.objects.some(each => each.outcome === 'refused')) return true;
    const [old, now] = [before || '{}', this.#seen].map(each =>
      JSON.stringify(withoutTasks(JSON.parse(each))),
    );
    return old !== now;
  }

  /** Looks for what was changed by kubectl. Silent about errors: the next action reports them. */
  async #lookAround(every: number): Promise<void> {
    const { signal } = this.#left;
    const { clock } = this.#core.deps;
    while (!signal.aborted) {
      await clock.wait(every, signal).catch(() => {});
      const mesh = this.#core.connectedMesh;
      if (signal.aborted || mesh === null || this.#core.busy || this.#fingerprint === null) continue;
      if (this.#core.deps.kept?.isShown() === false) continue;
      const now = await mesh.fingerprint(signal).catch(() => null);
      if (now === null || signal.aborted || this.#core.busy || now === this.#fingerprint) continue;
      this.#onChange(
        'none',
        isSealed(this.#lesson) ? 'Changed by kubectl.' : 'Changed by kubectl; checking again.',
      );
    }
  }

  /** The learner's files that belong to this step: its own, and what the learner has made since it was opened. */
  async #mine(): Promise<Map<string, string>> {
    const files = await this.#core.deps.workspace.read(this.#folderName);
    const texts = new Map(Object.entries(files).map(([name, { text }]) => [name, text]));
    if (this.#lesson.playground !== undefined) {
      // A scene's addresses are another world's each time it is opened, so its files keep their placeholders.
      const known = this.#core.connectedMesh?.placeholders ?? {};
      return new Map([...texts].map(([name, text]) => [name, fillKnown(text, known)]));
    }
    if (this.#core.deps.kept !== undefined) return texts;
    const own = new Set([...this.#step.files, ...this.#step.solution].map(baseName));
    const others = new Set(Object.keys(this.#lesson.files).map(baseName));
    const changed = (name: string) => files[name]?.changed ?? 0;
    const isMine = (name: string) => own.has(name) || (!others.has(name) && changed(name) >= this.#entered);
    return new Map([...texts].filter(([name]) => isMine(name)));
  }

  async showFiles(): Promise<void> {
    const files = Object.fromEntries(await this.#mine());
    this.#seen = JSON.stringify(files);
    this.#core.tell({ type: 'files', files });
  }

  /** Puts the solution into the learner's files and removes what it needs gone, then checks. */
  async solve(on: PlayContext): Promise<void> {
    this.#solving = true;
    try {
      await this.#solve(on);
    } finally {
      this.#solving = false;
    }
    // What the learner has saved since the solution was read is a save like any other.
    void this.#saved();
  }

  async #solve(on: PlayContext): Promise<void> {
    const { workspace } = this.#core.deps;
    const solution = Object.fromEntries(
      this.#step.solution.map(path => [baseName(path), on.lesson.files[path] ?? '']),
    );
    const moved = await workspace.put(this.#folderName, this.#withTask(solution), false);
    this.#core.tell({ type: 'step', id: this.id, patch: { solutionShown: true } });
    if (moved.length > 0) this.#core.remark(`Yours is kept as ${moved.join(', ')}.`);
    const gone = (this.#step.remove ?? []).flatMap(({ kind, name }) => {
      const known = kindNamed(kind);
      const ref = {
        apiVersion: known?.apiVersion ?? '',
        kind: known?.kind ?? kind,
        name,
        namespace: on.namespace,
      };
      return known === null ? [] : [ref];
    });
    await this.check(on, 'all', gone);
  }

  /** Applies what changed, follows it to the sidecar, and runs the checks. */
  async check(on: PlayContext, files: ApplyFiles, alsoGone: readonly ObjectRef[] = []): Promise<void> {
    try {
      await this.#check(on, files, alsoGone);
    } catch (error) {
      // What was applied before Ctrl-C must not look like somebody else's change.
      if (on.signal?.aborted) this.#fingerprint = await on.mesh.fingerprint().catch(() => null);
      throw error;
    }
  }

  async #check(on: PlayContext, files: ApplyFiles, alsoGone: readonly ObjectRef[]): Promise<void> {
    await this.showFiles();
    const outcome = files === 'none' ? null : await this.#apply(on, files, alsoGone);
    let effect: Effect | undefined = outcome?.effect;
    const before = this.#settled ?? (await on.mesh.before(on.signal));
    const fenced = await keepFence(on.mesh, on.signal);
    const unseen = outcome === null && (this.#pending || files === 'none') && this.#settled !== undefined;
    if (fenced.length > 0 || unseen) {
      this.#core.label('Waiting for the sidecar');
      effect = await on.mesh.follow(before, on.signal);
      const objects = [...(outcome?.objects ?? []), ...fenced];
      this.#core.tell({ type: 'step', id: this.id, patch: { apply: { objects, effect } } });
    }
    this.#pending = effect?.kind === 'not-yet';
    if (isSealed(this.#lesson) && outcome === null && effect === undefined)
      this.#core.tell({ type: 'notice', notice: this.#nothingText() });
    if (isSealed(this.#lesson) || outcome?.objects.some(o => o.outcome === 'refused'))
      await this.settle(on.mesh);
    else if (this.#pending) this.#couldNotCheck(effect as Effect);
    else await this.#runChecks(on, effect);
  }

  #nothingText(): string {
    const isEmpty = Object.keys(this.#core.snapshot.files).length === 0;
    if (this.#lesson.playground === undefined || !isEmpty)
      return 'Nothing to apply: your files are as they were applied.';
    if (this.#applied.size === 0) return 'The mesh is empty: save YAML in the folder, and it is applied.';
    return 'The folder is empty. What was applied stays; r makes the mesh anew.';
  }

  async #apply(
    on: PlayContext,
    which: 'all' | 'changed',
    alsoGone: readonly ObjectRef[],
  ): Promise<ApplyOutcome | null> {
    const mine = await this.#mine();
    const emptied = this.#takeEmptied(mine);
    // No file at all is a folder that cannot be written or was moved, not the wish to remove everything.
    if (mine.size === 0 && alsoGone.length === 0) return this.#asApplied();
    const folder = this.#core.deps.workspace.folder(this.#folderName);
    const manifests: Manifest[] = [...mine].map(([name, text]) => ({
      file: tilde(join(folder, name)),
      text,
    }));
    const broken = manifests.flatMap(each => unreadable(each, on.namespace) ?? []);
    if (broken.length > 0) {
      // A save is applied whole or not at all.
      this.#core.tell({ type: 'step', id: this.id, patch: { apply: { objects: broken } } });
      return { objects: broken };
    }
    const held = [...emptied].flatMap(([name, text]) => refsOf(text, name, on.namespace));
    const refs = [...manifests.flatMap(({ file, text }) => refsOf(text, file, on.namespace)), ...held];
    const there = new Set(refs.map(keyOf));
    const gone = [...this.#refs.filter(ref => !there.has(keyOf(ref))), ...alsoGone];
    const names = [...mine.keys()];
    const wanted = manifests.filter(
      ({ text }, i) => which === 'all' || this.#applied.get(names[i] as string) !== withoutTask(text),
    );
    if (wanted.length === 0 && gone.length === 0) return this.#asApplied();
    for (const [name, text] of emptied) mine.set(name, text);
    this.#core.label('Applying');
    const onUpdate = (apply: ApplyOutcome) =>
      this.#core.tell({ type: 'step', id: this.id, patch: { apply } });
    const before = this.#settled === undefined ? {} : { before: this.#settled };
    const anywhere = this.#lesson.playground?.ownWorld === true;
    const outcome = await applyManifests({ ...on, ...before, anywhere, onUpdate }, wanted, gone);
    onUpdate(outcome);
    this.#refs = refs;
    if (outcome.objects.some(o => o.outcome === 'refused')) return outcome;
    const applied = withoutTasks(Object.fromEntries(mine));
    this.#applied = new Map(Object.entries(applied));
    this.#core.deps.kept?.onApplied(applied);
    return outcome;
  }

  /** There is nothing to apply: what was refused before has been taken back. */
  #asApplied(): null {
    const { apply } = this.#core.snapshot.steps[this.id] ?? {};
    const objects = apply?.objects.filter(each => each.outcome !== 'refused') ?? [];
    if (apply !== undefined && objects.length < apply.objects.length)
      this.#core.tell({ type: 'step', id: this.id, patch: { apply: { ...apply, objects } } });
    return null;
  }

  /**
   * Takes out the files that were applied with a text and are empty now, as an editor leaves them on a full disk.
   * Their objects stay: to remove those, delete the file. Returns the earlier texts.
   */
  #takeEmptied(mine: Map<string, string>): ReadonlyMap<string, string> {
    const emptied = [...this.#applied].filter(
      ([name, text]) => text.trim() !== '' && withoutTask(mine.get(name) ?? text).trim() === '',
    );
    for (const [name] of emptied) {
      mine.delete(name);
      this.#core.remark(`${name} is empty: its objects stay until you delete the file.`);
    }
    return new Map(emptied);
  }

  async #runChecks(on: PlayContext, effect: Effect | undefined): Promise<void> {
    const core = this.#core;
    const step = readyStep(on, this.#step);
    core.label(step.checks.length === 1 ? 'Checking' : `Trying ${step.checks.length} checks`);
    core.tell({ type: 'checking', id: this.id, checks: untried(step) });
    if (this.#lesson.drill !== undefined) core.deps.alsoTried?.ready();
    const results = await runChecks(on, step.checks, {
      onResult: result => core.tell({ type: 'checked', id: this.id, result }),
      settle: effect?.kind === 'in-effect' ? SETTLE : undefined,
    });
    const hold = results.every(each => each.verdict.state === 'passed');
    if (hold && (await this.#alsoHolds(on, results))) core.tell({ type: 'done', id: this.id });
    await this.settle(on.mesh);
  }

  /** Whether no other call proves the answer wrong, either. What cannot be tried is no reason to refuse it. */
  async #alsoHolds(on: PlayContext, results: readonly CheckResult[]): Promise<boolean> {
    const { alsoTried, clock, course } = this.#core.deps;
    const plain = course.lessons.find(each => each.id === this.#lesson.id);
    if (alsoTried === undefined || plain?.drill === undefined) return true;
    this.#core.label('Looking for a call that proves it wrong');
    const index = plain.steps.findIndex(each => each.id === this.id);
    const signal = on.signal ?? new AbortController().signal;
    const also = await alsoTried.results(plain, index, on.mesh, { clock, signal });
    this.#core.tell({ type: 'checking', id: this.id, checks: [...results, ...also] });
    return also.every(each => each.verdict.state !== 'failed');
  }

  #couldNotCheck(effect: Effect): void {
    const verdict = {
      state: 'could-not-check' as const,
      why: `The change is ${effectText(effect)}. Enter tries again.`,
    };
    const checks = untried(this.#step).map(check => ({ ...check, verdict }));
    this.#core.tell({ type: 'checking', id: this.id, checks });
  }

  /** Remembers the present state, so that the next change can be told from it. */
  async settle(mesh: Mesh): Promise<void> {
    [this.#settled, this.#fingerprint] = await Promise.all([
      mesh.before(),
      mesh.fingerprint(),
      this.#core.lookForStrangers(mesh),
    ]);
  }
}

function untried(step: StepOf<'fix'>): CheckResult[] {
  return step.checks.map(({ id, title, guard }) => ({
    id,
    title,
    guard: guard === true,
    verdict: { state: 'not-tried' },
  }));
}

function refsOf(text: string, file: string, namespace: string): ObjectRef[] {
  return parseManifest(text, file, namespace).map(o => o.ref);
}
