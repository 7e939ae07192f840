/**
 * An exam as a store: questions in any order against one clock, no verdicts until the end, every question a world of
 * its own. The first are ready before the clock starts, the rest are made behind; a question that is not ready stops the
 * clock. All that matters is saved as it changes, so a killed exam goes on where it was.
 */
import { setMaxListeners } from 'node:events';
import type { Engine } from '../lesson/state.ts';
import { inTurns } from '../shared/in-turns.ts';
import { ExamBook } from './exam-book.ts';
import { ExamClock, warningBetween } from './exam-clock.ts';
import type { ExamDeps } from './exam-deps.ts';
import type { ExamQuestion, ExamSnapshot, Phase } from './exam-snapshot.ts';
import type { ExamState } from './exam-state.ts';
import { ExamWorlds } from './exam-worlds.ts';
import { type ExamWorld, gradeOne, reportOf } from './grading.ts';
import { resumed, withPause } from './pauses.ts';
import type { Pause, QuestionReport } from './report-schema.ts';

export type { ExamQuestion, ExamSnapshot, Phase } from './exam-snapshot.ts';

const TICK = 250;
const SAVE_EVERY = 1000;
const UNSAVED = 'The exam could not be saved:';

export type { ExamWorld } from './grading.ts';

export class Exam {
  #phase: Phase = 'preparing';
  #notice: string | null = null;
  #graded = 0;
  readonly #book: ExamBook;
  readonly #worlds: ExamWorlds;
  readonly #opened = new Set<number>();
  readonly #clock: ExamClock;
  readonly #listeners = new Set<() => void>();
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #standing: { since: number; why: Pause['why'] } | null = null;
  #savedAt = 0;
  #ending: Promise<void> | null = null;
  #making: Promise<unknown> = Promise.resolve();
  #disposed: Promise<void> | null = null;
  #snapshot: ExamSnapshot;

  /** `state`: a new exam, or one that is resumed. */
  constructor(
    private readonly deps: ExamDeps,
    state: ExamState,
  ) {
    const { signal } = this.#stop;
    // Every request of every world that is being made listens to it; more than ten are no leak.
    setMaxListeners(0, signal);
    this.#clock = new ExamClock(deps.monotonic);
    this.#book = new ExamBook(resumed(state, deps.now()), deps);
    const ports = { tell: () => this.#tell(), save: () => this.#save(), signal };
    this.#worlds = new ExamWorlds(deps, this.#book, ports);
    this.#snapshot = this.#draw();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  getSnapshot(): ExamSnapshot {
    return this.#snapshot;
  }

  /** Makes the first worlds, starts the clock, and goes on making the rest. Throws a TutorError when the first cannot be made. */
  async begin(): Promise<void> {
    await this.#worlds.begin();
    this.#worlds.show(this.#book.state.at);
    const queue = this.#worlds.inOrder();
    const first = queue.splice(0, this.deps.ahead);
    await Promise.all(first.map(each => this.#worlds.prepare(each)));
    const problems = first.map(each => this.#worlds.problem(each.number));
    this.#stop.signal.throwIfAborted();
    if (problems[0] !== undefined && problems.every(each => each !== undefined)) throw problems[0];
    this.#phase = 'running';
    this.#book.set({ running: true });
    this.#timer = setInterval(() => this.#tick(), TICK);
    this.#clock.tick(false);
    this.#tell();
    // Saved before anything is shown: from here on whatever ends the program is a pause.
    await this.#save();
    this.#making = inTurns(queue, this.deps.atOnce, each => this.#worlds.prepare(each));
  }

  /** Tries again to make a question's world. */
  async again(number: number): Promise<void> {
    if (this.#worlds.readiness(number) === 'failed') await this.#worlds.prepare(this.#worlds.world(number));
  }

  /** Opens a question; null: back to the list. */
  async open(number: number | null): Promise<void> {
    this.#tick();
    const left = this.#book.state.at;
    this.#book.set({ at: number });
    this.#worlds.show(number);
    if (number !== null) this.#opened.add(number);
    this.#notice = null;
    this.#tell();
    await this.#worlds.keep(left === null ? [] : [left]);
  }

  /** The lessons' engine on a question that is ready. What it changes is remembered. */
  engine(number: number): Promise<Engine> {
    return this.#worlds.engine(number);
  }

  flag(number: number): void {
    this.#book.change(number, { flagged: !this.#book.question(number).flagged });
    this.#tell();
    void this.#save();
  }

  pause(): void {
    if (this.#phase !== 'running') return;
    this.#tick();
    this.#phase = 'paused';
    this.#stand('asked');
    this.#tell();
    void this.#save();
  }

  resume(): void {
    if (this.#phase !== 'paused') return;
    this.#phase = 'running';
    this.#tick();
    this.#tell();
    void this.#save();
  }

  /** Ends the working time and grades every question on what is then in effect. */
  async end(): Promise<void> {
    if (this.#phase !== 'running' && this.#phase !== 'paused') return;
    this.#tick();
    await this.#finish();
  }

  #finish(): Promise<void> {
    this.#ending ??= this.#close();
    return this.#ending;
  }

  async #close(): Promise<void> {
    this.#goOn();
    this.#halt();
    this.#phase = 'grading';
    this.#book.set({ at: null, running: false, ended: new Date(this.deps.now()).toISOString() });
    this.#tell();
    await this.#worlds.close(this.#making);
    await this.#grade(this.deps.worlds, new Map());
  }

  /** Grades what the report does not hold yet: what could not be checked, or all when the grading was interrupted. */
  async recheck(): Promise<void> {
    const { report, ended } = this.#book.state;
    if (report === undefined && ended === undefined) return;
    const checked = (report?.questions ?? []).filter(each => each.points !== null);
    const known = new Map(checked.map(each => [each.number, each]));
    const open = this.deps.worlds.filter(each => !known.has(each.number));
    this.#phase = 'grading';
    await this.#worlds.reopen(open);
    await this.#grade(open, known);
  }

  async #grade(worlds: readonly ExamWorld[], known: Map<number, QuestionReport>): Promise<void> {
    this.#graded = known.size;
    this.#tell();
    const reports = new Map(known);
    const { signal } = this.#stop;
    await inTurns(worlds, this.deps.atOnce, async world => {
      const { number } = world;
      const ready = this.#worlds.readiness(number) === 'ready';
      const { shared = '' } = this.#book.state;
      reports.set(number, await gradeOne(world, this.#book.question(number), { shared, ready, signal }));
      this.#graded++;
      this.#tell();
    });
    signal.throwIfAborted();
    const { provider, now } = this.deps;
    this.#book.set({ report: reportOf(this.#book.state, provider, now(), [...reports.values()]) });
    this.#phase = 'ended';
    await this.#save();
    this.#tell();
  }

  /** Why the exam is not saved as it is now; null when it is. */
  get unsaved(): Error | null {
    return this.#book.saver.failure;
  }

  /** When it was saved last, in milliseconds since the epoch; null: not by this process. */
  get savedAt(): number | null {
    return this.#book.saver.saved;
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
    if (this.#phase === 'running') this.#tick();
    this.#halt();
    // What is still being made is not waited for.
    this.#stop.abort();
    await this.#worlds.keepAll();
    await this.#save();
    await this.#worlds.dispose();
  }

  #halt(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  #tick(): void {
    const { at, minutes, worked: before } = this.#book.state;
    const ready = at === null || this.#worlds.readiness(at) === 'ready';
    const running = this.#phase === 'running' && ready;
    const { worked, slept } = this.#clock.tick(running && this.#standing === null);
    if (slept > 0) this.#addPause({ seconds: slept / 1000, why: 'asleep' });
    if (running) this.#goOn();
    else if (this.#phase === 'running') this.#stand('not-ready');
    this.#book.set({ worked: before + worked, running });
    if (at !== null) this.#book.change(at, { worked: this.#book.question(at).worked + worked });
    const all = minutes * 60_000;
    const warning = warningBetween(all - before, all - before - worked);
    if (warning !== null) this.#notice = `${warning} minute${warning === 1 ? '' : 's'} left.`;
    this.#tellTime();
    if (before + worked >= all && this.#phase === 'running') {
      this.#notice = 'The time is over.';
      void this.#finish().catch(() => {});
    } else if (this.deps.monotonic() - this.#savedAt > SAVE_EVERY) void this.#save();
  }

  /** The clock stands from now on. */
  #stand(why: Pause['why']): void {
    this.#standing ??= { since: this.deps.now(), why };
  }

  #goOn(): void {
    if (this.#standing === null) return;
    const { since, why } = this.#standing;
    this.#standing = null;
    this.#addPause({ seconds: (this.deps.now() - since) / 1000, why });
  }

  #addPause({ seconds, why }: Pick<Pause, 'seconds' | 'why'>): void {
    this.#book.state = withPause(this.#book.state, { seconds, why });
  }

  /** Never throws: what went wrong is said, and tried again every second. */
  async #save(): Promise<void> {
    this.#savedAt = this.deps.monotonic();
    await this.#book.saver.save();
    const failure = this.unsaved;
    const trouble = failure === null ? null : `${UNSAVED} ${failure.message}`;
    if (trouble === null && this.#notice?.startsWith(UNSAVED) !== true) return;
    this.#notice = trouble;
    this.#tell();
  }

  /** A clock shows seconds: what changes within one is not worth a new screen. */
  #tellTime(): void {
    const { left, standing, notice } = this.#snapshot;
    const next = this.#draw();
    const same = Math.ceil(left / 1000) === Math.ceil(next.left / 1000);
    if (!same || standing !== next.standing || notice !== next.notice) this.#tell();
  }

  #tell(): void {
    this.#snapshot = this.#draw();
    for (const listener of [...this.#listeners]) listener();
  }

  #draw(): ExamSnapshot {
    const { state } = this.#book;
    const questions = this.deps.worlds.map(({ number, drill }): ExamQuestion => {
      const { flagged, worked } = this.#book.question(number);
      const problem = this.#worlds.problem(number)?.problem;
      const ready = this.#worlds.readiness(number);
      const seen = this.#opened.has(number) || worked > 0;
      const unreadable = this.#worlds.unreadable(number);
      return {
        ...{ number, drill, flagged, worked, ready, seen },
        ...(problem === undefined ? {} : { problem }),
        ...(unreadable === undefined ? {} : { unreadable }),
      };
    });
    return {
      phase: this.#phase,
      ...{ state, questions },
      left: Math.max(0, state.minutes * 60_000 - state.worked),
      at: state.at,
      standing: this.#standing?.why === 'not-ready',
      notice: this.#notice,
      graded: this.#graded,
      report: state.report ?? null,
    };
  }
}
