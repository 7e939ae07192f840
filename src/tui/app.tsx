/**
 * The lessons on a terminal: the screens on the way to a course, its list, and its lessons. The cluster, the engine and
 * the Kubernetes client come through Boot when they are needed, so that the first frame waits for nothing. Drawing is
 * pure (screens/, components/: state in, lines out); state lives in stores outside Ink, so that nothing is lost when it
 * is unmounted.
 */
import type { LessonSnapshot } from '../lesson/state.ts';
import { Root } from './root.tsx';
import type { Screen } from './screen.ts';
import { endScreen } from './screens/end/screen.ts';
import { followChanges } from './screens/lesson/follow-changes.ts';
import type { lessonScreen } from './screens/lesson/screen.ts';
import { type ListDoors, listScreen } from './screens/list/screen.ts';
import { goOnAt } from './screens/list/state.ts';
import type { Tab } from './screens/list/tabs.ts';
import { startScreen } from './screens/start/screen.ts';
import type { Shelf } from './screens/start/state.ts';
import { createScreenStore } from './state/screen-store.ts';
import { type Boot, createStartUp, type StartUp } from './state/start-up.ts';
import { createStore, type UiStore } from './state/store.ts';
import { reduceUi, START, type Ui, type UiAction } from './state/ui.ts';
import { withLinks } from './terminal/hyperlinks.ts';
import { onTerminal, type TerminalDeps } from './terminal/on-terminal.ts';

export interface TuiDeps extends TerminalDeps {
  /** Where to begin, as it was typed: '3/2'; null: the list. */
  readonly address: string | null;
  /** The tab to begin in: the lessons, unless given. */
  readonly tab?: Tab | undefined;
  /** What is still to be read in the list from before. */
  readonly remark?: string | undefined;
  readonly boot: Boot;
  /** Milliseconds since the epoch. */
  now(): number;
}

type LessonScreen = typeof lessonScreen;

/**
 * Runs until the learner quits, or goes on to an exam, which has the terminal to itself: 'exam'. Throws Interrupted
 * after a signal, and whatever crashed the program, all with the terminal as it was before.
 */
export async function runTui(deps: TuiDeps): Promise<'quit' | 'exam'> {
  const { now, boot, tab = 'lessons', remark = null } = deps;
  const look = withLinks(deps.look, deps.env);
  const ui = createStore(reduceUi, { ...START, tab, remark });
  let lesson: LessonScreen | null = null;
  let next: 'quit' | 'exam' = 'quit';
  let leave = (): void => {};
  const startUp = createStartUp(
    withLessonScreen(boot, loaded => {
      lesson = loaded;
    }),
    deps.address,
    now,
    text => ui.dispatch({ type: 'remark', text }),
    tab === 'exam' ? 'lessons' : tab,
  );
  const readExam = () => void boot.exam().then(exam => ui.dispatch({ type: 'exam', exam }));
  const doors: ListDoors = {
    turn(to) {
      ui.dispatch({ type: 'tab', tab: to });
      pointAtFirst(startUp, ui);
      if (to === 'exam') readExam();
      else void startUp.turn(to);
    },
    takeExam() {
      next = 'exam';
      leave();
    },
  };
  const screens = createScreenStore(() => screenOf(startUp, ui, doors, lesson));
  const stops = [
    followEngine(startUp, ui, screens.changed),
    startUp.store.subscribe(screens.changed),
    ui.subscribe(screens.changed),
  ];
  await onTerminal(deps, {
    element(ports) {
      leave = ports.quit;
      return <Root screens={screens} ui={ui} look={look} now={now} ports={ports} />;
    },
    engine() {
      const { now: start } = startUp.store.get();
      return start.at === 'course' ? start.engine : null;
    },
    remark: text => ui.dispatch({ type: 'remark', text }),
    async begin() {
      if (tab === 'exam') readExam();
      await startUp.begin();
    },
    async end() {
      for (const stop of stops) stop();
      await startUp.dispose();
    },
  });
  return next;
}

/** `lesson` is null while it is being loaded. */
function screenOf(
  startUp: StartUp,
  ui: UiStore<Ui, UiAction>,
  doors: ListDoors,
  lesson: LessonScreen | null,
): Screen {
  const { now: start, question } = startUp.store.get();
  if (question !== null) return startScreen(startUp);
  if (start.at === 'opening') return listScreen(startUp, ui, doors);
  if (start.at !== 'course') return startScreen(startUp);
  const { engine } = start;
  const { ending } = engine.getSnapshot();
  if (ending !== null) return endScreen(engine, ending, doors);
  if (lesson === null || engine.getSnapshot().lesson === null) return listScreen(startUp, ui, doors);
  return lesson({ engine, ui, bringUp: () => void startUp.bringUp() });
}

/** The course is open when its screen is there as well; the two are loaded side by side. */
function withLessonScreen(boot: Boot, take: (screen: LessonScreen) => void): Boot {
  const read = async (shelf: Shelf) => {
    const [engine, { lessonScreen }] = await Promise.all([
      boot.read(shelf),
      import('./screens/lesson/screen.ts'),
    ]);
    take(lessonScreen);
    return engine;
  };
  return { ...boot, read };
}

/**
 * Moves the screen to what is new whenever the engine, whichever it is by then, has something new; then calls
 * `changed`. Returns how to stop.
 */
function followEngine(startUp: StartUp, ui: UiStore<Ui, UiAction>, changed: () => void): () => void {
  let stops: (() => void)[] = [];
  const stop = () => {
    for (const each of stops) each();
    stops = [];
  };
  let followed: unknown = null;
  let pointed: Shelf | null = null;
  const follow = () => {
    const { now } = startUp.store.get();
    const engine = now.at === 'course' ? now.engine : null;
    if (engine === followed) return;
    stop();
    followed = engine;
    if (!engine) return;
    // Once a course: when a cluster is there its engine takes over, and the pointer stays where the learner put it.
    if (now.at === 'course' && pointed !== now.shelf) {
      pointAtFirst(startUp, ui);
      pointed = now.shelf;
    }
    const onClose = (next: LessonSnapshot) => ui.dispatch({ type: 'point', what: 'list', at: goOnAt(next) });
    stops = [followChanges(engine, ui, onClose), engine.subscribe(changed)];
  };
  const off = startUp.store.subscribe(follow);
  follow();
  return () => {
    off();
    stop();
  };
}

/** Points at the lesson that was asked for, else at where to go on. */
function pointAtFirst(startUp: StartUp, ui: UiStore<Ui, UiAction>): void {
  const { now } = startUp.store.get();
  const { tab, remark } = ui.get();
  if (now.at !== 'course' || now.shelf !== tab) return;
  const snapshot = now.engine.getSnapshot();
  const wished = startUp.wished()?.lesson;
  const at = snapshot.lessons.findIndex(each => each.id === wished);
  ui.dispatch({ type: 'point', what: 'list', at: at >= 0 ? at : goOnAt(snapshot) });
  // Nobody has moved the pointer: what was to be read still is.
  ui.dispatch({ type: 'remark', text: remark });
}
