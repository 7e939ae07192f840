/**
 * The worlds of an exam while it runs: made in turns, watched, and kept as they are in the exam's state. What a
 * candidate does counts at once, in whichever question, by kubectl or by saving a file.
 */
import type { KubeObject } from '../kube/client.ts';
import type { Engine } from '../lesson/state.ts';
import { asTutorError, Interrupted, type Problem } from '../shared/errors.ts';
import { inTurns } from '../shared/in-turns.ts';
import { log } from '../shared/log.ts';
import type { ExamDeps } from './exam-deps.ts';
import type { ExamWorld } from './grading.ts';
import { type ExamStore, isOver, questionOf, worldOf } from './sitting.ts';
import { Soon } from './soon.ts';

/** Milliseconds from a change, in a world that ends with this process, to the look at it that keeps it. */
const LOOK_AFTER = 150;
/** Stands among the numbers of questions for what belongs to none of them. */
const BESIDE = 0;

export interface WorldsPorts {
  readonly save: () => Promise<void>;
  readonly signal: AbortSignal;
}

export class ExamWorlds {
  readonly #deps: ExamDeps;
  readonly #store: ExamStore;
  readonly #ports: WorldsPorts;
  readonly #followed = new WeakSet<Engine>();
  readonly #changed = new Soon<number>(LOOK_AFTER, numbers => this.keep(numbers));
  #applying: Promise<void> = Promise.resolve();
  #looking: Promise<void> = Promise.resolve();

  constructor(deps: ExamDeps, store: ExamStore, ports: WorldsPorts) {
    this.#deps = deps;
    this.#store = store;
    this.#ports = ports;
  }

  world(number: number): ExamWorld {
    const found = this.#deps.worlds.find(each => each.number === number);
    if (found === undefined) throw new RangeError(`no question ${number}`);
    return found;
  }

  /** The open question first, then those that were begun, then those that take the least time to make. */
  inOrder(): ExamWorld[] {
    const sitting = this.#store.get();
    const { at } = sitting.state;
    const rank = ({ number, drill }: ExamWorld) => {
      if (number === at) return 0;
      if (questionOf(sitting, number).prepared) return 1;
      return 2 + (drill.lesson.clients?.length ?? 0) + (drill.changesServers ? 1 : 0);
    };
    return [...this.#deps.worlds].sort((a, b) => rank(a) - rank(b) || a.number - b.number);
  }

  /** Puts back what there was beside the questions, and watches for changes from now on. */
  async begin(): Promise<void> {
    const { fleeting, beside } = this.#deps;
    if (fleeting === undefined) return;
    const { signal } = this.#ports;
    const { shared } = this.#store.get().state;
    if (shared !== undefined) await beside.prepare(shared, signal);
    if (!isOver(this.#store.get()))
      fleeting.watch(namespace => this.#changed.add(this.#numbersOf(namespace)), signal);
  }

  async prepare(world: ExamWorld): Promise<void> {
    const { signal, save } = this.#ports;
    const { dispatch } = this.#store;
    if (signal.aborted) return;
    const { number } = world;
    dispatch({ type: 'preparing', number });
    try {
      await world.prepare(questionOf(this.#store.get(), number), signal);
      dispatch({ type: 'prepared', number, applied: world.applied });
      if (this.#isOpen()) {
        const onLooked = (unreadable: Problem | null) => dispatch({ type: 'looked', number, unreadable });
        await world.watch(() => this.#applySaved(number), onLooked);
      }
      if (this.#deps.fleeting !== undefined) this.#changed.add([number]);
    } catch (error) {
      const known = asTutorError(error);
      if (known instanceof Interrupted) return;
      log('exam', `${number}: ${known.stack}`);
      dispatch({ type: 'failed', number, error: known });
    }
    await save();
  }

  /** The lessons' engine on a question that is ready. What it changes is kept. */
  async engine(number: number): Promise<Engine> {
    const engine = await this.world(number).engine();
    if (this.#followed.has(engine)) return engine;
    this.#followed.add(engine);
    let busy = engine.getSnapshot().busy;
    engine.subscribe(() => {
      const now = engine.getSnapshot().busy;
      const ended = busy !== null && now === null;
      busy = now;
      if (!ended || !this.#isOpen()) return;
      if (this.#store.get().state.at === number) this.#store.dispatch({ type: 'acted' });
      void this.keep([number]);
    });
    return engine;
  }

  show(at: number | null): void {
    for (const each of this.#deps.worlds) each.show(each.number === at);
  }

  /** Looks at these worlds, and saves what they hold. */
  async keep(numbers: readonly number[]): Promise<void> {
    await this.#look(numbers);
    await this.#ports.save();
  }

  /** What must be looked at when the program ends: every world that ends with it, or else only the open question's. */
  async keepAll(): Promise<void> {
    await this.#changed.stop();
    const { at } = this.#store.get().state;
    const open = at === null ? [] : [at];
    await this.#look(this.#deps.fleeting === undefined ? open : this.#numbersOf(null), true);
  }

  /**
   * The exam has ended: what counts is what there is now, files first, which the candidate may go on to write. `making`:
   * worlds that are still being made.
   */
  async close(making: Promise<unknown>): Promise<void> {
    await this.#changed.stop();
    await this.#looking;
    const { worlds, atOnce } = this.#deps;
    await Promise.all(
      worlds.map(async each =>
        this.#store.dispatch({ type: 'frozen', number: each.number, files: await each.freeze() }),
      ),
    );
    await this.#ports.save();
    // Someone who ends early is graded on every question all the same.
    await making;
    await inTurns(worlds, atOnce, each => this.#settle(each));
    await this.#lookBeside();
    await this.#ports.save();
  }

  /** Makes the worlds of an exam that had ended before, for what is still to be graded. */
  async reopen(worlds: readonly ExamWorld[]): Promise<void> {
    await this.begin();
    await inTurns(worlds, this.#deps.atOnce, each => this.prepare(each));
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#deps.worlds.map(each => each.dispose()));
  }

  /** Applies the files of a question that were saved, whichever question is open; one question after the other. */
  #applySaved(number: number): void {
    this.#applying = this.#applying.then(async () => {
      if (!this.#isOpen()) return;
      try {
        await this.engine(number);
        await this.world(number).applySaved();
        await this.keep([number]);
      } catch (error) {
        log('exam', `${number}: ${(error as Error).stack}`);
      }
    });
  }

  /** Applies the last save of a question: what is there then is what will be graded. */
  async #settle(world: ExamWorld): Promise<void> {
    const { number } = world;
    if (!this.#isReady(number) || this.#ports.signal.aborted) return;
    try {
      await world.settle();
      const seen = await world.look();
      this.#store.dispatch({ type: 'seen', number, seen, applied: world.applied, final: true });
    } catch (error) {
      log('exam', `${number}: ${(error as Error).stack}`);
    }
  }

  #isOpen(): boolean {
    return !isOver(this.#store.get()) && !this.#ports.signal.aborted;
  }

  #isReady(number: number): boolean {
    return worldOf(this.#store.get(), number).ready === 'ready';
  }

  /**
   * Keeps what these worlds hold now, which would be lost with a sandbox that is killed. One look after the other, so
   * that the last one counts.
   */
  #look(numbers: readonly number[], afresh = false): Promise<void> {
    this.#looking = this.#looking.then(() => this.#lookNow(numbers, afresh));
    return this.#looking;
  }

  async #lookNow(numbers: readonly number[], afresh: boolean): Promise<void> {
    if (numbers.length === 0 || isOver(this.#store.get())) return;
    const all = await this.#deps.fleeting?.all(afresh).catch(() => undefined);
    await inTurns(numbers, this.#deps.atOnce, async number => {
      if (number === BESIDE) return this.#lookBeside(all);
      if (!this.#isReady(number)) return;
      const world = this.world(number);
      const seen = await world.look(all).catch(() => null);
      if (isOver(this.#store.get())) return;
      this.#store.dispatch({ type: 'seen', number, seen, applied: world.applied, final: false });
    });
  }

  async #lookBeside(all?: readonly KubeObject[]): Promise<void> {
    const shared = await this.#deps.beside.look(all).catch(() => null);
    if (shared !== null) this.#store.dispatch({ type: 'seen-beside', shared });
  }

  /** The questions whose namespace it may be; null: any. What is still being made is not looked at. */
  #numbersOf(namespace: string | null): readonly number[] {
    const owners = this.#deps.worlds.filter(each => namespace === null || each.owns(namespace));
    const ready = owners.map(each => each.number).filter(each => this.#isReady(each));
    return namespace === null || owners.length === 0 ? [BESIDE, ...ready] : ready;
  }
}
