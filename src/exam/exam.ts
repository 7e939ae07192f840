/**
 * An exam as a store: questions in any order against one clock, no verdicts until the end, every question a world of
 * its own. The first are ready before the clock starts, the rest are made meanwhile; a question that is not ready stops
 * the clock. All that matters is saved as it changes, so a killed exam goes on where it was. reduce.ts says what comes
 * of each event; here is the work: worlds, saving, grading.
 */
import { setMaxListeners } from 'node:events';
import type { Engine } from '../lesson/state.ts';
import { inTurns } from '../shared/in-turns.ts';
import type { ExamDeps } from './exam-deps.ts';
import { type ExamSnapshot, snapshotOf } from './exam-snapshot.ts';
import type { ExamState } from './exam-state.ts';
import { ExamWorlds } from './exam-worlds.ts';
import { type ExamWorld, gradeOne, reportOf } from './grading.ts';
import { resumed } from './pauses.ts';
import { reduceExam, showsTheSame } from './reduce.ts';
import type { QuestionReport } from './report-schema.ts';
import { Saver } from './saver.ts';
import {
  type ExamEvent,
  questionOf,
  type Sitting,
  sittingOf,
  type Time,
  timeLeft,
  worldOf,
} from './sitting.ts';

export type { ExamQuestion, ExamSnapshot } from './exam-snapshot.ts';

const TICK = 250;
const SAVE_EVERY = 1000;

export type { ExamWorld } from './grading.ts';

export class Exam {
  readonly #deps: ExamDeps;
  readonly #worlds: ExamWorlds;
  readonly #saver: Saver;
  readonly #listeners = new Set<() => void>();
  readonly #stop = new AbortController();
  #sitting: Sitting;
  #snapshot: ExamSnapshot;
  /** When a save was last begun, in monotonic milliseconds. */
  #lastSave = 0;
  #timer: NodeJS.Timeout | null = null;
  #making: Promise<unknown> = Promise.resolve();
  #ending: Promise<void> | null = null;
  #disposed: Promise<void> | null = null;

  /** `state`: a new exam, or one that is resumed. */
  constructor(deps: ExamDeps, state: ExamState) {
    const { signal } = this.#stop;
    // Every request of every world that is being made listens to it; more than ten listeners are no leak.
    setMaxListeners(0, signal);
    this.#deps = deps;
    this.#sitting = sittingOf(resumed(state, deps.now()));
    this.#snapshot = snapshotOf(this.#sitting, deps.worlds);
    this.#saver = new Saver(
      () => deps.save({ ...this.#sitting.state, saved: new Date(deps.now()).toISOString() }),
      deps.now,
    );
    const store = { get: () => this.#sitting, dispatch: (event: ExamEvent) => this.#dispatch(event) };
    this.#worlds = new ExamWorlds(deps, store, { save: () => this.#save(), signal });
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  getSnapshot(): ExamSnapshot {
    return this.#snapshot;
  }

  /**
   * Makes the first worlds, starts the clock, and goes on making the rest. Throws a TutorError when none of the first
   * can be made.
   */
  async begin(): Promise<void> {
    this.#deps.onBegin?.();
    await this.#worlds.begin();
    const { at } = this.#sitting.state;
    this.#worlds.show(at);
    if (at !== null) this.#deps.onOpen?.(at);
    const queue = this.#worlds.inOrder();
    const first = queue.splice(0, this.#deps.ahead);
    await Promise.all(first.map(each => this.#worlds.prepare(each)));
    const errors = first.map(each => worldOf(this.#sitting, each.number).error);
    this.#stop.signal.throwIfAborted();
    if (errors[0] && errors.every(each => each !== null)) throw errors[0];
    this.#timer = setInterval(() => this.#tick(), TICK);
    this.#dispatch({ type: 'began', time: this.#time() });
    // Saved before anything is shown: from here on whatever ends the program is a pause.
    await this.#save();
    this.#making = inTurns(queue, this.#deps.atOnce, each => this.#worlds.prepare(each));
  }

  /** Tries again to make a question's world. */
  async again(number: number): Promise<void> {
    if (worldOf(this.#sitting, number).ready !== 'failed') return;
    await this.#worlds.prepare(this.#worlds.world(number));
  }

  /** Opens a question; null: back to the list. */
  async open(number: number | null): Promise<void> {
    this.#tick();
    const left = this.#sitting.state.at;
    this.#dispatch({ type: 'opened', at: number });
    if (number !== null) this.#deps.onOpen?.(number);
    this.#worlds.show(this.#sitting.state.at);
    await this.#worlds.keep(left === null ? [] : [left]);
  }

  /** The lessons' engine on a question that is ready. What it changes is remembered. */
  engine(number: number): Promise<Engine> {
    return this.#worlds.engine(number);
  }

  flag(number: number): void {
    this.#dispatch({ type: 'flagged', number });
    void this.#save();
  }

  pause(): void {
    if (this.#sitting.phase !== 'running') return;
    this.#tick();
    this.#dispatch({ type: 'paused', time: this.#time() });
    void this.#save();
  }

  resume(): void {
    if (this.#sitting.phase !== 'paused') return;
    this.#dispatch({ type: 'resumed' });
    this.#tick();
    void this.#save();
  }

  /** Ends the working time and grades every question on what is then in effect. */
  async end(): Promise<void> {
    const { phase } = this.#sitting;
    if (phase !== 'running' && phase !== 'paused') return;
    this.#tick();
    await this.#finish();
  }

  #finish(): Promise<void> {
    this.#ending ??= this.#close();
    return this.#ending;
  }

  async #close(): Promise<void> {
    this.#halt();
    this.#dispatch({ type: 'ended', time: this.#time() });
    await this.#worlds.close(this.#making);
    await this.#grade(this.#deps.worlds, new Map());
  }

  /** Grades what the report does not hold yet: what could not be checked, or all when the grading was interrupted. */
  async recheck(): Promise<void> {
    const { report, ended } = this.#sitting.state;
    if (report === undefined && ended === undefined) return;
    const checked = (report?.questions ?? []).filter(each => each.points !== null);
    const known = new Map(checked.map(each => [each.number, each]));
    const open = this.#deps.worlds.filter(each => !known.has(each.number));
    this.#dispatch({ type: 'grading', graded: known.size });
    await this.#worlds.reopen(open);
    await this.#grade(open, known);
  }

  async #grade(worlds: readonly ExamWorld[], known: Map<number, QuestionReport>): Promise<void> {
    this.#dispatch({ type: 'grading', graded: known.size });
    const reports = new Map(known);
    const { signal } = this.#stop;
    await inTurns(worlds, this.#deps.atOnce, async world => {
      const { number } = world;
      const ready = worldOf(this.#sitting, number).ready === 'ready';
      const { shared = '' } = this.#sitting.state;
      reports.set(
        number,
        await gradeOne(world, questionOf(this.#sitting, number), { shared, ready, signal }),
      );
      this.#dispatch({ type: 'graded' });
    });
    signal.throwIfAborted();
    const { provider, now } = this.#deps;
    const report = reportOf(this.#sitting.state, provider, now(), [...reports.values()]);
    this.#dispatch({ type: 'reported', report });
    await this.#save();
  }

  /** Why the exam is not saved as it is now; null when it is. */
  get unsaved(): Error | null {
    return this.#saver.failure;
  }

  /** When it was saved last, in milliseconds since the epoch; null: not by this process. */
  get savedAt(): number | null {
    return this.#saver.saved;
  }

  /** Tries again what failed. */
  saveAgain(): Promise<void> {
    return this.#save();
  }

  /** Stops the clock, keeps what there is in every question's world, and lets go of them; they stay as they are. */
  dispose(): Promise<void> {
    this.#disposed ??= this.#letGo();
    return this.#disposed;
  }

  async #letGo(): Promise<void> {
    if (this.#sitting.phase === 'running') this.#tick();
    this.#halt();
    // Nothing that is still being made is waited for.
    this.#stop.abort();
    await this.#worlds.keepAll();
    await this.#save();
    await this.#worlds.dispose();
    this.#deps.onEnd?.();
  }

  #halt(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  #time(): Time {
    return { now: this.#deps.now(), monotonic: this.#deps.monotonic() };
  }

  #tick(): void {
    this.#dispatch({ type: 'ticked', time: this.#time() });
    const { phase, state } = this.#sitting;
    if (phase === 'running' && timeLeft(state) === 0) void this.#finish().catch(() => {});
    else if (this.#deps.monotonic() - this.#lastSave > SAVE_EVERY) void this.#save();
  }

  /** Never throws: what went wrong is shown, and the save is tried again every second. */
  async #save(): Promise<void> {
    this.#lastSave = this.#deps.monotonic();
    await this.#saver.save();
    this.#dispatch({ type: 'saved', failure: this.unsaved?.message ?? null });
  }

  #dispatch(event: ExamEvent): void {
    const before = this.#sitting;
    this.#sitting = reduceExam(before, event);
    if (this.#sitting === before) return;
    if (event.type === 'ticked' && showsTheSame(before, this.#sitting)) return;
    this.#snapshot = snapshotOf(this.#sitting, this.#deps.worlds);
    for (const listener of [...this.#listeners]) listener();
  }
}
