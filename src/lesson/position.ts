/**
 * Where the learner is: what a step needs before it can be done (its files, the cluster in its state, a watch on
 * both), and the progress that is saved for it.
 */
import { basename } from 'node:path';
import type { Step, StepOf } from '../course/schema.ts';
import { asTutorError, BugError, UserError } from '../shared/errors.ts';
import type { Actor } from './act.ts';
import { effectText } from './effect-text.ts';
import type { Core } from './engine-core.ts';
import { type ApplyFiles, Fixing } from './fixing.ts';
import { keptOf } from './kept-evidence.ts';
import { kubectlLine } from './kubectl-line.ts';
import type { PlayContext } from './play.ts';
import { predictionOf } from './prediction.ts';
import type { LessonRecord } from './progress.ts';
import { rebuild } from './rebuild.ts';
import { beginRecall } from './recalling.ts';
import { doneSteps } from './reduce.ts';
import { entryKey, entryState } from './state-of.ts';

/** Milliseconds after which a learner is taken to be away. */
const LONGEST_PAUSE = 10 * 60_000;

export class Position {
  /** The fix that is open. */
  fixing: Fixing | null = null;
  /** The last save: of which lesson, and when (milliseconds since the epoch). */
  #saved: { readonly lesson: string; readonly at: number } | null = null;
  readonly #core: Core;
  readonly #act: Actor;
  /** Called when an open fix's files were saved or its objects changed. */
  readonly #onChange: (files: ApplyFiles, notice: string) => void;

  constructor(core: Core, act: Actor, onChange: (files: ApplyFiles, notice: string) => void) {
    this.#core = core;
    this.#act = act;
    this.#onChange = onChange;
  }

  step(): Step | undefined {
    const { lesson, at } = this.#core.snapshot;
    return lesson?.steps[at];
  }

  /**
   * `opens`: the lesson has just been opened. Throws what stood in the way; everything else that a step needs is there
   * all the same, its text first of all.
   */
  async arrive(signal: AbortSignal, opens = false): Promise<void> {
    const core = this.#core;
    const troubles: unknown[] = [];
    const attempt = async <T>(work: () => Promise<T>): Promise<T | null> => {
      try {
        return await work();
      } catch (error) {
        signal.throwIfAborted();
        troubles.push(error);
        return null;
      }
    };
    const { lesson } = core.snapshot;
    if (opens && lesson !== null && core.deps.cluster !== null)
      await attempt(() => this.#writing(() => core.deps.workspace.tryOut(basename(lesson.folder))));
    const stage = core.deps.cluster === null ? null : await attempt(() => core.stage(signal));
    const step = this.step();
    if (step === undefined) return;
    core.tell({ type: 'kubectl', kubectl: this.#kubectl(step) });
    if (step.kind === 'recap') beginRecall(core, step);
    await attempt(() =>
      step.kind === 'fix' ? this.#writing(() => this.#begin(step)) : this.#act.showGiven(step),
    );
    await this.save();
    if (stage !== null) await attempt(() => this.#settleIn(stage, step, signal));
    if (troubles.length > 0) throw troubles[0];
  }

  /** Work that writes into the folder: that it cannot be written is kept, for when the learner wants to. */
  async #writing(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#core.tell({ type: 'unwritable', problem: asTutorError(error).problem });
      throw error;
    }
  }

  async #settleIn(stage: PlayContext, step: Step, signal: AbortSignal): Promise<void> {
    const rebuilt = await this.bring(signal, false);
    if (!rebuilt) {
      await this.fixing?.settle(stage.mesh);
      await this.#act.showLive(stage, step);
    }
    await this.fixing?.watch();
  }

  async leave(): Promise<void> {
    await this.fixing?.leave();
    this.fixing = null;
  }

  async #begin(step: StepOf<'fix'>): Promise<void> {
    this.fixing = new Fixing(this.#core, step, this.#onChange);
    const { lesson } = this.#core.snapshot;
    const record = this.#core.deps.progress.get(lesson?.id ?? '');
    const moved = await this.fixing.putFiles(record?.begun.includes(step.id) ?? false);
    if (moved.length > 0) this.#core.remark(`Your earlier version is kept as ${moved.join(', ')}.`);
  }

  /** Brings the cluster into the open step's state. False when it is known to be there already. */
  async bring(signal: AbortSignal, afresh: boolean): Promise<boolean> {
    const core = this.#core;
    const on = await core.stage(signal);
    const { at } = core.snapshot;
    const key = entryKey(on.lesson, at);
    if ((core.worldAt === key || core.deps.kept !== undefined) && !afresh) return false;
    const unknown = core.worldAt === null;
    core.worldAt = null;
    core.label(afresh ? 'Resetting the step' : "Bringing the cluster into this step's state");
    const state = entryState(on.lesson, at, on.namespace);
    const { effect } = await rebuild(on.mesh, state, { afresh: afresh || unknown, clock: on.clock, signal });
    if (effect?.kind === 'not-yet') {
      core.remark(`This step's state is ${effectText(effect)}.`);
    }
    core.worldAt = key;
    this.fixing?.startAnew();
    await this.fixing?.settle(on.mesh);
    await core.lookForStrangers(on.mesh, afresh);
    const step = on.lesson.steps[at];
    if (on.lesson.playground !== undefined) await this.#play(on);
    if (step !== undefined) await this.#act.showLive(on, step);
    return true;
  }

  /** The playground is made of its folder: in an empty mesh all of its files are new. */
  async #play(on: PlayContext): Promise<void> {
    try {
      await this.fixing?.check(on, 'changed');
    } catch (error) {
      on.signal?.throwIfAborted();
      // A file that cannot be read or applied is mended by saving it: it is watched all the same.
      this.#core.tell({ type: 'problem', problem: asTutorError(error).problem });
    }
  }

  #kubectl(step: Step): string | null {
    return kubectlLine(step, { names: this.#core.deps.names, folder: this.#core.snapshot.folder ?? '' });
  }

  /** The last call that was made in this lesson, up to the open step. Throws a UserError when there is none. */
  lastCall(): readonly string[] {
    const { lesson, at } = this.#core.snapshot;
    const steps = (lesson?.steps ?? []).slice(0, at + 1);
    const last = steps.flatMap(step => ('call' in step ? [step.call.curl] : [])).at(-1);
    const own = this.#core.snapshot.steps[this.step()?.id ?? '']?.probe?.argv;
    if (last !== undefined) return last;
    // Where no step has a call, as in the playground, it is the learner's last one.
    if (own !== undefined) return own;
    throw new UserError({
      what: 'No call has been made in this lesson yet.',
      next: ['c   makes one of your own'],
    });
  }

  /**
   * Never throws: what went wrong is the snapshot's problem, and the lesson goes on. `answered`: a prediction that has
   * just been decided.
   */
  async save(answered?: StepOf<'predict'>): Promise<void> {
    const { lesson, at, steps } = this.#core.snapshot;
    if (lesson === null) return;
    const { progress } = this.#core.deps;
    const step = lesson.steps[at];
    if (step === undefined) throw new BugError({ what: 'The place in the lesson is lost.', next: [] });
    const before = progress.get(lesson.id);
    const begun = new Set(before?.begun ?? []);
    if (step.kind === 'fix' && this.fixing?.placed) begun.add(step.id);
    // Steps that this version of the course lacks, or names differently, were done all the same.
    const unknown = (before?.done ?? []).filter(id => lesson.steps.every(each => each.id !== id));
    const done = [...doneSteps(this.#core.snapshot), ...unknown];
    const now = this.#core.deps.clock.now();
    const state = answered && steps[answered.id];
    const made =
      answered &&
      state &&
      predictionOf(answered, state, new Date(now).toISOString(), before?.predictions?.[answered.id]);
    const here = steps[step.id];
    const shown = here && keptOf(step, here, new Date(now).toISOString(), before?.shown?.[step.id]);
    const record: LessonRecord = {
      ...{ at: step.id, done, begun: [...begun] },
      predictions: { ...before?.predictions, ...(answered && made ? { [answered.id]: made } : {}) },
      shown: { ...before?.shown, ...(shown ? { [step.id]: shown } : {}) },
      spent: (before?.spent ?? 0) + this.#worked(lesson.id, now),
    };
    this.#core.tell({ type: 'kept', lesson, record });
    await progress.put(lesson.id, record);
    const { problem } = this.#core.snapshot;
    if (problem === null && progress.trouble() !== null) this.#core.tell({ type: 'problem', problem });
  }

  /** Seconds since the lesson's last save; a longer pause is no work on it. */
  #worked(lesson: string, now: number): number {
    const since = this.#saved?.lesson === lesson ? this.#saved.at : now;
    this.#saved = { lesson, at: now };
    return Math.round(Math.min(now - since, LONGEST_PAUSE) / 1000);
  }
}
