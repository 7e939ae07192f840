/**
 * An exam as a store: questions in any order against one clock, no verdicts until the end, every question a world of
 * its own. The first are ready before the clock starts, the rest are made behind; a question that is not ready stops the
 * clock. All that matters is saved as it changes, so a killed exam goes on where it was.
 */
import { setMaxListeners } from 'node:events';
import { asTutorError, Interrupted, type TutorError } from '../../shared/errors.ts';
import { inTurns } from '../../shared/in-turns.ts';
import { log } from '../../shared/log.ts';
import type { Engine } from '../state.ts';
import { ExamClock, warningBetween } from './exam-clock.ts';
import type { ExamDeps } from './exam-deps.ts';
import type { ExamQuestion, ExamSnapshot, Phase, Readiness } from './exam-snapshot.ts';
import type { ExamState, QuestionState } from './exam-state.ts';
import { type ExamWorld, gradeOne, reportOf } from './grading.ts';
import { resumed, withPause } from './pauses.ts';
import type { Pause, QuestionReport } from './report-schema.ts';
import { Saver } from './saver.ts';
import { Soon } from './soon.ts';

export type { ExamQuestion, ExamSnapshot, Phase, Readiness } from './exam-snapshot.ts';

const TICK = 250;
const SAVE_EVERY = 1000;
/** From a change in a world that ends with this process to the look at it that keeps it. */
const LOOK_AFTER = 150;
/** Among the numbers of questions: what belongs to none of them. */
const BESIDE = 0;

const UNSAVED = 'The exam could not be saved:';

export type { ExamWorld } from './grading.ts';

export class Exam {
  #state: ExamState;
  #phase: Phase = 'preparing';
  #notice: string | null = null;
  #graded = 0;
  readonly #ready = new Map<number, Readiness>();
  readonly #problems = new Map<number, TutorError>();
  readonly #opened = new Set<number>();
  readonly #clock: ExamClock;
  readonly #listeners = new Set<() => void>();
  readonly #followed = new WeakSet<Engine>();
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #standing: { since: number; why: Pause['why'] } | null = null;
  #savedAt = 0;
  #ending: Promise<void> | null = null;
  #making: Promise<unknown> = Promise.resolve();
  #applying: Promise<void> = Promise.resolve();
  #disposed: Promise<void> | null = null;
  readonly #changed = new Soon<number>(LOOK_AFTER, numbers => this.#keep(numbers));
  readonly #saver: Saver;
  #snapshot: ExamSnapshot;

  /** `state`: a new exam, or one that is resumed. */
  constructor(
    private readonly deps: ExamDeps,
    state: ExamState,
  ) {
    // Every request of every world that is being made listens to it; more than ten are no leak.
    setMaxListeners(0, this.#stop.signal);
    this.#clock = new ExamClock(deps.monotonic);
    this.#state = resumed(state, deps.now());
    this.#saver = new Saver(
      () => deps.save({ ...this.#state, saved: new Date(deps.now()).toISOString() }),
      deps.now,
    );
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
    await this.#prepareBeside();
    this.#show();
    this.deps.watch?.(namespace => this.#changed.add(this.#numbersOf(namespace)), this.#stop.signal);
    const queue = this.#inOrder();
    const first = queue.splice(0, this.deps.ahead);
    await Promise.all(first.map(each => this.#prepare(each)));
    const failed = first.map(each => this.#problems.get(each.number)).find(each => each !== undefined);
    this.#stop.signal.throwIfAborted();
    if (failed !== undefined && first.every(each => this.#ready.get(each.number) === 'failed')) throw failed;
    this.#phase = 'running';
    this.#state = { ...this.#state, running: true };
    this.#timer = setInterval(() => this.#tick(), TICK);
    this.#clock.tick(false);
    this.#tell();
    // Saved before anything is shown: from here on whatever ends the program is a pause.
    await this.#save();
    this.#making = inTurns(queue, this.deps.atOnce, each => this.#prepare(each));
  }

  /** The open question first, then those that were begun, then those that are quickest made. */
  #inOrder(): ExamWorld[] {
    const { at, questions } = this.#state;
    const rank = ({ number, drill }: ExamWorld) => {
      if (number === at) return 0;
      if (questions.find(each => each.number === number)?.prepared === true) return 1;
      return 2 + (drill.lesson.clients?.length ?? 0) + (drill.changesServers ? 1 : 0);
    };
    return [...this.deps.worlds].sort((a, b) => rank(a) - rank(b) || a.number - b.number);
  }

  async #prepare(world: ExamWorld): Promise<void> {
    if (this.#stop.signal.aborted) return;
    const { number } = world;
    this.#ready.set(number, 'preparing');
    this.#problems.delete(number);
    this.#tell();
    try {
      await world.prepare(this.#question(number), this.#stop.signal);
      this.#change(number, { prepared: true, ...appliedOf(world) });
      this.#ready.set(number, 'ready');
      if (this.#isOpen()) await world.watch(() => this.#applySaved(number));
      if (this.deps.watch !== undefined) this.#changed.add([number]);
    } catch (error) {
      const known = asTutorError(error);
      if (known instanceof Interrupted) return;
      log('exam', `${number}: ${known.stack}`);
      this.#problems.set(number, known);
      this.#ready.set(number, 'failed');
    }
    this.#tell();
    await this.#save();
  }

  /** Tries again to make a question's world. */
  async again(number: number): Promise<void> {
    const world = this.#world(number);
    if (this.#ready.get(number) === 'failed') await this.#prepare(world);
  }

  /** Opens a question; null: back to the list. */
  async open(number: number | null): Promise<void> {
    this.#tick();
    const left = this.#state.at;
    this.#state = { ...this.#state, at: number };
    this.#show();
    if (number !== null) this.#opened.add(number);
    this.#notice = null;
    this.#tell();
    if (left !== null) await this.#keep([left]);
    else await this.#save();
  }

  /** The lessons' engine on a question that is ready. What it changes is remembered. */
  async engine(number: number): Promise<Engine> {
    const engine = await this.#world(number).engine();
    if (this.#followed.has(engine)) return engine;
    this.#followed.add(engine);
    let busy = engine.getSnapshot().busy;
    engine.subscribe(() => {
      const now = engine.getSnapshot().busy;
      const ended = busy !== null && now === null;
      busy = now;
      if (ended) void this.#keep([number]);
    });
    return engine;
  }

  /** Files of a question that were saved: applied, whichever question is open, one question after the other. */
  #applySaved(number: number): void {
    this.#applying = this.#applying.then(async () => {
      if (!this.#isOpen() || this.#ready.get(number) !== 'ready') return;
      try {
        await this.engine(number);
        await this.#world(number).applySaved();
        await this.#keep([number]);
      } catch (error) {
        log('exam', `${number}: ${(error as Error).stack}`);
      }
    });
  }

  flag(number: number): void {
    this.#change(number, { flagged: !this.#question(number).flagged });
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
    const { worlds, atOnce, now } = this.deps;
    this.#phase = 'grading';
    this.#state = { ...this.#state, at: null, running: false, ended: new Date(now()).toISOString() };
    this.#tell();
    await this.#changed.stop();
    // What counts is what there is now: files first, which the candidate may go on to write.
    await Promise.all(worlds.map(async each => this.#change(each.number, { files: await each.freeze() })));
    await this.#save();
    // Whoever ends early is graded on every question all the same.
    await this.#making;
    await inTurns(worlds, atOnce, each => this.#settle(each));
    await this.#lookBeside();
    await this.#save();
    await this.#grade(worlds, new Map());
  }

  /** The last save of a question is applied, and what is then there is what will be graded. */
  async #settle(world: ExamWorld): Promise<void> {
    const { number } = world;
    if (this.#ready.get(number) !== 'ready' || this.#stop.signal.aborted) return;
    try {
      await world.settle();
      const seen = await world.look();
      this.#change(number, { seen, final: true, ...appliedOf(world) });
    } catch (error) {
      log('exam', `${number}: ${(error as Error).stack}`);
    }
  }

  /** Grades what the report does not hold yet: what could not be checked, or all when the grading was interrupted. */
  async recheck(): Promise<void> {
    const { report, ended } = this.#state;
    if (report === undefined && ended === undefined) return;
    const checked = (report?.questions ?? []).filter(each => each.points !== null);
    const known = new Map(checked.map(each => [each.number, each]));
    const open = this.deps.worlds.filter(each => !known.has(each.number));
    this.#phase = 'grading';
    await this.#prepareBeside();
    await inTurns(open, this.deps.atOnce, each => this.#prepare(each));
    await this.#grade(open, known);
  }

  async #grade(worlds: readonly ExamWorld[], known: Map<number, QuestionReport>): Promise<void> {
    this.#phase = 'grading';
    this.#graded = known.size;
    this.#tell();
    const reports = new Map(known);
    await inTurns(worlds, this.deps.atOnce, async world => {
      const ready = this.#ready.get(world.number) === 'ready';
      reports.set(
        world.number,
        await gradeOne(world, this.#question(world.number), {
          shared: this.#state.shared ?? '',
          ...{ ready, signal: this.#stop.signal },
        }),
      );
      this.#graded++;
      this.#tell();
    });
    this.#stop.signal.throwIfAborted();
    const { provider, now } = this.deps;
    this.#state = { ...this.#state, report: reportOf(this.#state, provider, now(), [...reports.values()]) };
    this.#phase = 'ended';
    await this.#save();
    this.#tell();
  }

  /** Why the exam is not saved as it is now; null when it is. */
  get unsaved(): Error | null {
    return this.#saver.failure;
  }

  /** Milliseconds since the epoch; null: not by this process. */
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
    if (this.#phase === 'running') this.#tick();
    this.#halt();
    await this.#changed.stop();
    const { worlds, atOnce, watch } = this.deps;
    const open = this.#state.at === null ? [] : [this.#state.at];
    const numbers = watch === undefined ? open : this.#numbersOf(null);
    await inTurns(numbers, atOnce, each => this.#look(each));
    this.#stop.abort();
    await this.#save();
    await Promise.all(worlds.map(each => each.dispose()));
  }

  #halt(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  #tick(): void {
    const { at, minutes, worked: before } = this.#state;
    const ready = at === null || this.#ready.get(at) === 'ready';
    const running = this.#phase === 'running' && ready;
    const { worked, slept } = this.#clock.tick(running && this.#standing === null);
    if (slept > 0) this.#addPause({ seconds: slept / 1000, why: 'asleep' });
    if (running) this.#goOn();
    else if (this.#phase === 'running') this.#stand('not-ready');
    this.#state = { ...this.#state, worked: before + worked, running };
    if (at !== null) this.#change(at, { worked: this.#question(at).worked + worked });
    const all = minutes * 60_000;
    const warning = warningBetween(all - before, all - before - worked);
    if (warning !== null) this.#notice = `${warning} minute${warning === 1 ? '' : 's'} left.`;
    this.#tellTime();
    if (this.#state.worked >= all && this.#phase === 'running') {
      this.#notice = 'The time is over.';
      void this.#finish().catch(() => {});
    } else if (this.deps.monotonic() - this.#savedAt > SAVE_EVERY) {
      void this.#save();
    }
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
    this.#state = withPause(this.#state, { seconds, why });
  }

  /** The exam has not been ended: what is in its worlds may still change. */
  #isOpen(): boolean {
    return this.#phase !== 'grading' && this.#phase !== 'ended' && !this.#stop.signal.aborted;
  }

  /** Looks at these worlds, and saves what they hold. */
  async #keep(numbers: readonly number[]): Promise<void> {
    await inTurns(numbers, this.deps.atOnce, each => this.#look(each));
    await this.#save();
  }

  /** What a world holds now: a sandbox that is killed takes it along. */
  async #look(number: number): Promise<void> {
    if (!this.#isOpen()) return;
    if (number === BESIDE) return this.#lookBeside();
    if (this.#ready.get(number) !== 'ready') return;
    const world = this.#world(number);
    const seen = await world.look().catch(() => undefined);
    if (this.#isOpen())
      this.#change(number, { ...(seen === undefined ? {} : { seen }), ...appliedOf(world) });
  }

  async #lookBeside(): Promise<void> {
    const shared = await this.deps.beside.look().catch(() => undefined);
    if (shared !== undefined) this.#state = { ...this.#state, shared };
  }

  /** Whose namespace it is; null may be anybody's. What is still being made is nobody's to look at. */
  #numbersOf(namespace: string | null): readonly number[] {
    const all = this.deps.worlds;
    const owners = all.filter(each => namespace === null || each.owns(namespace));
    const ready = owners.filter(each => this.#ready.get(each.number) === 'ready').map(each => each.number);
    return namespace === null || owners.length === 0 ? [BESIDE, ...ready] : ready;
  }

  async #prepareBeside(): Promise<void> {
    const { watch, beside } = this.deps;
    const { shared } = this.#state;
    if (watch !== undefined && shared !== undefined) await beside.prepare(shared, this.#stop.signal);
  }

  #show(): void {
    for (const each of this.deps.worlds) each.show(each.number === this.#state.at);
  }

  #world(number: number): ExamWorld {
    const found = this.deps.worlds.find(each => each.number === number);
    if (found === undefined) throw new RangeError(`no question ${number}`);
    return found;
  }

  #question(number: number): QuestionState {
    const found = this.#state.questions.find(each => each.number === number);
    if (found === undefined) throw new RangeError(`no question ${number}`);
    return found;
  }

  #change(number: number, patch: Partial<QuestionState>): void {
    const questions = this.#state.questions.map(each =>
      each.number === number ? { ...each, ...patch } : each,
    );
    this.#state = { ...this.#state, questions };
  }

  /** Never throws: what went wrong is said, and tried again every second. */
  async #save(): Promise<void> {
    this.#savedAt = this.deps.monotonic();
    await this.#saver.save();
    const { failure } = this.#saver;
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
    const state = this.#state;
    const questions = this.deps.worlds.map(({ number, drill }): ExamQuestion => {
      const { flagged, worked } = this.#question(number);
      const problem = this.#problems.get(number)?.problem;
      const ready = this.#ready.get(number) ?? 'waiting';
      const seen = this.#opened.has(number) || worked > 0;
      return { number, drill, flagged, worked, ready, seen, ...(problem === undefined ? {} : { problem }) };
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

function appliedOf({ applied }: ExamWorld): Pick<QuestionState, 'applied'> {
  return applied === null ? {} : { applied };
}
