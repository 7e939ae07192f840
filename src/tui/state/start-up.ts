/**
 * From the first frame to a running course: reads the lessons, looks for a cluster, makes one where that is
 * wanted, connects. Every step of it is a port (Boot), loaded when it is called, so that the first frame
 * waits for nothing. Keeps the one Engine there is; the old one lets go of its lock before the next begins.
 */
import type { Engine } from '../../lesson/state.ts';
import { asTutorError, Interrupted, type Problem } from '../../shared/errors.ts';
import type { Progress } from '../../shared/progress.ts';
import type { ExamFacts } from '../screens/list/exam-tab.ts';
import {
  type Offer,
  OPENING,
  reduceStart,
  type Shelf,
  type StartAction,
  type StartState,
} from '../screens/start/state.ts';
import { createStore, type UiStore } from './store.ts';

/** What the start needs of the rest of the program. `shelf`: which of the courses. */
export interface Boot {
  /** The course for reading: no cluster is touched. Throws what is wrong with a lesson, or a lock that is held. */
  read(shelf: Shelf): Promise<Engine>;
  /** What the learner typed on the command line, as a lesson and a step. Throws a UserError for what is neither. */
  address(text: string, shelf: Shelf): Promise<Address>;
  /** Where the mesh can run: what --on or an earlier choice says, alone; else, or with `all`, everything there is. */
  find(signal: AbortSignal, all?: boolean): Promise<readonly Offer[]>;
  /** Makes or repairs the cluster and the lab's world. */
  make(offer: Offer, progress: Progress, ask: Ask, signal: AbortSignal): Promise<void>;
  /** The course on a cluster that is up. */
  connect(offer: Offer, ask: Ask, signal: AbortSignal, shelf: Shelf): Promise<Engine>;
  /** What there is to say of exams in the list. Never throws. */
  exam(): Promise<ExamFacts>;
}

export type Ask = (question: string) => Promise<boolean>;
interface Address {
  readonly lesson: string;
  readonly step?: string | undefined;
}

export interface StartUp {
  readonly store: UiStore<StartState, StartAction>;
  begin(): Promise<void>;
  /** An offer was taken; 'read' goes on without a cluster. */
  choose(offer: Offer): Promise<void>;
  /** `u`: whatever brings the cluster up from here. */
  bringUp(): Promise<void>;
  readOnly(): Promise<void>;
  /** `w`: asks again where the mesh shall run. */
  elsewhere(): Promise<void>;
  /** Takes another course from the shelf, in the same place; at once, or when it is known where the mesh runs. */
  turn(shelf: Shelf): Promise<void>;
  /** A lesson was opened while the cluster was still looked for: it opens when that is decided. */
  wish(address: Address): void;
  /** The lesson that opens when that is decided: by name on the command line, or by Enter in the list. */
  wished(): Address | null;
  answer(yes: boolean): void;
  /** Ctrl-C. True: something was stopped. */
  stop(): boolean;
  dispose(): Promise<void>;
}

/** `remark` takes what must still be read when the screen that it stood on is gone. */
export function createStartUp(
  boot: Boot,
  address: string | null,
  now: () => number,
  remark: (text: string) => void = () => {},
  first: Shelf = 'lessons',
): StartUp {
  const store = createStore(reduceStart, OPENING);
  /** The one that is wanted, the one that the engine's course is from, and why the wanted one cannot be read. */
  let shelf = first;
  let taken = first;
  let unreadable: Problem | null = null;
  /** Where the mesh runs; null: there is none yet. */
  let place: Offer | null = null;
  let engine: Engine | null = null;
  let wished: Address | null = null;
  let work: AbortController | null = null;
  let lastOffer: Offer | null = null;
  /** What there was to choose from, when it was last asked. */
  let offered: readonly Offer[] = [];
  let answered: ((yes: boolean) => void) | null = null;

  const to = (start: StartState['now']) => store.dispatch({ type: 'to', start });
  const show = (course: Engine, waiting: string | null) =>
    to({ at: 'course', engine: course, waiting, shelf: taken, unreadable });
  const ask: Ask = question =>
    new Promise(resolve => {
      answered = yes => {
        answered = null;
        store.dispatch({ type: 'question', text: null });
        resolve(yes);
      };
      store.dispatch({ type: 'question', text: question });
    });

  /** Runs one stretch of the way. What it throws is shown on a screen, or, before there is a list, thrown on. */
  async function stretch(
    run: (signal: AbortSignal) => Promise<void>,
    interrupted: () => Promise<void> | void,
  ): Promise<void> {
    work?.abort();
    const mine = new AbortController();
    work = mine;
    try {
      await run(mine.signal);
    } catch (thrown) {
      if (work !== mine) return;
      const error = asTutorError(thrown);
      if (error instanceof Interrupted || mine.signal.aborted) await interrupted();
      // Without lessons there is nothing to show: the error is for the command line.
      else if (engine === null) throw error;
      else
        to({
          at: 'trouble',
          problem: error.problem,
          canMake: lastOffer !== null,
          canRead: true,
          scrolled: 0,
        });
    } finally {
      if (work === mine) work = null;
    }
    await turned();
  }

  async function take(next: Engine, waiting: string | null): Promise<void> {
    engine = next;
    show(next, waiting);
    if (waiting !== null || !wished) return;
    const { lesson, step } = wished;
    wished = null;
    await next.open(lesson, step);
  }

  async function connect(offer: Offer, signal: AbortSignal): Promise<void> {
    lastOffer = offer;
    place = null;
    if (engine) show(engine, `connecting to ${offer.id}`);
    await engine?.dispose();
    try {
      taken = shelf;
      const next = await boot.connect(offer, ask, signal, taken);
      place = offer;
      await take(next, null);
    } catch (error) {
      // The lessons stay readable whatever the cluster does.
      engine = await read();
      throw error;
    }
  }

  function read(): Promise<Engine> {
    taken = shelf;
    return boot.read(taken);
  }

  /** Until what is there is what is wanted. The old course is let go when the new one is there. */
  async function turned(): Promise<void> {
    while (engine !== null && taken !== shelf && unreadable === null && isIdle()) {
      const wanted = shelf;
      await stretch(async signal => {
        try {
          const next = await (place === null ? boot.read(wanted) : boot.connect(place, ask, signal, wanted));
          await engine?.dispose();
          taken = wanted;
          await take(next, null);
        } catch (error) {
          signal.throwIfAborted();
          unreadable = asTutorError(error).problem;
          if (engine) show(engine, null);
        }
      }, readOnly);
    }
  }

  const isIdle = () => work === null && store.get().now.at === 'course';

  async function look(signal: AbortSignal, all = false): Promise<void> {
    const offers = await boot.find(signal, all);
    if (signal.aborted) throw new Interrupted();
    const only = offers.length === 1 && !all ? offers[0] : undefined;
    lastOffer = only ?? lastOffer;
    if (only?.ready) await connect(only, signal);
    else if (only?.problem)
      to({ at: 'trouble', problem: only.problem, canMake: true, canRead: true, scrolled: 0 });
    else {
      offered = offers;
      to({ at: 'choose', offers, pointer: 0 });
    }
  }

  const readOnly = async () => {
    if (engine) await take(engine, null);
    await turned();
  };

  const lookAgain = () => {
    if (engine) show(engine, 'looking for a cluster');
    return stretch(look, readOnly);
  };

  const make = (offer: Offer) =>
    stretch(
      async signal => {
        lastOffer = offer;
        to({ at: 'making', offer, stages: [], line: '', notes: [] });
        const notes: string[] = [];
        const progress: Progress = {
          stage: title => store.dispatch({ type: 'stage', title, time: now() }),
          line: text => store.dispatch({ type: 'line', text }),
          note(text) {
            notes.push(text);
            store.dispatch({ type: 'note', text });
          },
        };
        await boot.make(offer, progress, ask, signal);
        await connect(offer, signal);
        if (notes.length > 0) remark(notes.join(' '));
      },
      () => to({ at: 'choose', offers: offered.length > 0 ? offered : [offer], pointer: 0 }),
    );

  return {
    store,
    begin: () =>
      stretch(async signal => {
        const course = await read();
        if (address !== null) wished = await boot.address(address, taken);
        await take(course, 'looking for a cluster');
        await look(signal);
      }, readOnly),
    choose: offer => {
      if (offer.id === 'read') return readOnly();
      return offer.ready ? stretch(signal => connect(offer, signal), readOnly) : make(offer);
    },
    bringUp: () => (lastOffer ? make(lastOffer) : lookAgain()),
    readOnly,
    elsewhere() {
      if (engine) show(engine, 'looking around');
      return stretch(signal => look(signal, true), readOnly);
    },
    turn(next) {
      shelf = next;
      unreadable = null;
      if (engine && isIdle()) show(engine, null);
      // What was asked of another course is not asked of this one.
      wished = null;
      return turned();
    },
    wish: next => {
      wished = next;
    },
    wished: () => wished,
    answer: yes => answered?.(yes),
    stop() {
      answered?.(false);
      if (!work) return false;
      work.abort();
      return true;
    },
    async dispose() {
      answered?.(false);
      work?.abort();
      work = null;
      await engine?.dispose();
      engine = null;
    },
  };
}
