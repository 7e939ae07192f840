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
import { listScreen } from './screens/list/screen.ts';
import { goOnAt } from './screens/list/state.ts';
import { startScreen } from './screens/start/screen.ts';
import { createScreenStore } from './state/screen-store.ts';
import { type Boot, createStartUp, type StartUp } from './state/start-up.ts';
import { createStore, type UiStore } from './state/store.ts';
import { reduceUi, START, type Ui, type UiAction } from './state/ui.ts';
import { onTerminal, type TerminalDeps } from './terminal/on-terminal.ts';

export interface TuiDeps extends TerminalDeps {
  /** Where to begin, as it was typed: '3/2'; null: the list of lessons. */
  readonly address: string | null;
  readonly boot: Boot;
  /** Milliseconds since the epoch. */
  now(): number;
}

type LessonScreen = typeof lessonScreen;

/**
 * Runs until the learner quits. Throws Interrupted after a signal, and whatever crashed the program, both
 * with the terminal as it was before.
 */
export async function runTui(deps: TuiDeps): Promise<void> {
  const { look, now } = deps;
  const ui = createStore(reduceUi, START);
  let lesson: LessonScreen | null = null;
  const startUp = createStartUp(
    withLessonScreen(deps.boot, loaded => {
      lesson = loaded;
    }),
    deps.address,
    now,
    text => ui.dispatch({ type: 'remark', text }),
  );
  const screens = createScreenStore(() => screenOf(startUp, ui, lesson));
  const stops = [
    followEngine(startUp, ui, screens.changed),
    startUp.store.subscribe(screens.changed),
    ui.subscribe(screens.changed),
  ];
  await onTerminal(deps, {
    element: ports => <Root screens={screens} ui={ui} look={look} now={now} ports={ports} />,
    folder() {
      const { now: start } = startUp.store.get();
      return start.at === 'course' ? start.engine.getSnapshot().folder : null;
    },
    remark: text => ui.dispatch({ type: 'remark', text }),
    begin: () => startUp.begin(),
    async end() {
      for (const stop of stops) stop();
      await startUp.dispose();
    },
  });
}

/** `lesson` is null while it is being loaded. */
function screenOf(startUp: StartUp, ui: UiStore<Ui, UiAction>, lesson: LessonScreen | null): Screen {
  const { now: start, question } = startUp.store.get();
  if (question !== null) return startScreen(startUp);
  if (start.at === 'opening') return listScreen(startUp, ui);
  if (start.at !== 'course') return startScreen(startUp);
  const { engine } = start;
  const { ending } = engine.getSnapshot();
  if (ending !== null) return endScreen(engine, ending);
  if (lesson === null || engine.getSnapshot().lesson === null) return listScreen(startUp, ui);
  return lesson({ engine, ui, bringUp: () => void startUp.bringUp() });
}

/** The course is open when its screen is there as well; the two are loaded side by side. */
function withLessonScreen(boot: Boot, take: (screen: LessonScreen) => void): Boot {
  const read = async () => {
    const [engine, { lessonScreen }] = await Promise.all([boot.read(), import('./screens/lesson/screen.ts')]);
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
  let pointed = false;
  const follow = () => {
    const { now } = startUp.store.get();
    const engine = now.at === 'course' ? now.engine : null;
    if (engine === followed) return;
    stop();
    followed = engine;
    if (!engine) return;
    // Only once: when a cluster is there its engine takes over, and the pointer stays where the learner put it.
    if (!pointed) ui.dispatch({ type: 'point', what: 'list', at: firstAt(startUp, engine.getSnapshot()) });
    pointed = true;
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

/** The lesson that was asked for, else where to go on. */
function firstAt(startUp: StartUp, snapshot: LessonSnapshot): number {
  const wished = startUp.wished()?.lesson;
  const at = snapshot.lessons.findIndex(each => each.id === wished);
  return at >= 0 ? at : goOnAt(snapshot);
}
