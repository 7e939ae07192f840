/**
 * The screen program: mounts Ink, gives the terminal to an editor and takes it back, and leaves the terminal
 * as it was on every way out. It may import the lesson engine's types, the walk's drawing and shared/, never
 * the cluster, the engine or a Kubernetes client: those come through Boot when they are needed, so that the
 * first frame waits for nothing. Drawing is pure (screens/, components/: state in, lines out); state lives in
 * stores outside Ink, so that unmounting loses nothing.
 */
import { join } from 'node:path';
import { type Instance, render } from 'ink';
import { asTutorError, Interrupted, type TutorError } from '../shared/errors.ts';
import { Root } from './root.tsx';
import type { LessonScreen } from './screens/lesson/lesson-screen.ts';
import { changeBetween } from './state/fresh.ts';
import { goOnAt } from './state/go-on.ts';
import { type Boot, createStartUp, type StartUp } from './state/start-up.ts';
import { createStore, type Store } from './state/store.ts';
import { reduceUi, START, type Ui, type UiAction } from './state/ui.ts';
import { alternateScreen, noScreen } from './terminal/alternate-screen.ts';
import type { Look } from './theme.ts';

export interface TuiDeps {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
  readonly look: Look;
  /** Where to begin, as it was typed: '3/2'; null: the list of lessons. */
  readonly address: string | null;
  readonly boot: Boot;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Ends the program from outside, as a signal does. */
  readonly signal?: AbortSignal;
}

/** Milliseconds that the engine has for saving and letting go once the screen is gone. */
const PATIENCE_MS = 3000;

/** Whoever quits gets the shell back, whatever hangs. */
async function patiently(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>(resolve => {
    timer = setTimeout(resolve, PATIENCE_MS);
  });
  await Promise.race([work, enough]).finally(() => clearTimeout(timer));
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs until the learner quits. Throws Interrupted after a signal, and whatever crashed the program, both
 * with the terminal as it was before.
 */
export async function runTui(deps: TuiDeps): Promise<void> {
  const { stdin, stdout, look, now } = deps;
  const screen = look.screenReader ? noScreen : alternateScreen(stdout);
  const ui = createStore(reduceUi, START);
  let lesson: LessonScreen | null = null;
  const startUp = createStartUp(
    withLessonScreen(deps.boot, loaded => {
      lesson = loaded;
    }),
    deps.address,
    now,
  );
  let ink: Instance | null = null;
  let end: (error?: TutorError) => void = () => {};
  const ended = new Promise<TutorError | undefined>(resolve => {
    end = resolve;
  });

  const mount = () => {
    screen.enter();
    ink = render(
      <Root
        startUp={startUp}
        ui={ui}
        look={look}
        lesson={() => lesson}
        now={now}
        edit={name => void openEditor(name)}
        quit={() => end()}
        crash={error => end(asTutorError(error))}
      />,
      {
        stdin,
        stdout,
        exitOnCtrlC: false,
        patchConsole: false,
        maxFps: 60,

        isScreenReaderEnabled: false,
      },
    );
  };
  const unmount = () => {
    ink?.unmount();
    ink = null;
  };

  async function openEditor(name: string): Promise<void> {
    const { now: start } = startUp.store.get();
    const folder = start.at === 'course' ? start.engine.getSnapshot().folder : null;
    if (!folder) return;
    const file = join(folder, name);
    const { edit, editorCommand } = await import('./terminal/suspend.ts');
    const command = editorCommand(deps.env);
    const remark = (text: string) => ui.dispatch({ type: 'remark', text });
    if (!command) return remark(`No editor is set: open ${file} in any, or set EDITOR.`);
    unmount();
    screen.leave();
    let failed: string | null = null;
    try {
      await edit(command, file, stdin);
    } catch (error) {
      failed = asTutorError(error).problem.what;
    }
    mount();
    if (failed) remark(`${failed} The file is ${file}`);
  }

  // While an editor has the terminal, a Ctrl-C typed into it is the editor's.
  const onSignal = (signal: NodeJS.Signals) => {
    if (ink || signal !== 'SIGINT') end(new Interrupted());
  };
  const onCrash = (error: unknown) => end(asTutorError(error));
  const onResize = () => {
    if (!ink) return;
    // Ink redraws over what it thinks is there; after a resize something else is.
    ink.clear();
    screen.wipe();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.on('uncaughtException', onCrash);
  process.on('unhandledRejection', onCrash);
  const onAbort = () => end(new Interrupted());
  deps.signal?.addEventListener('abort', onAbort, { once: true });
  stdout.prependListener('resize', onResize);
  const stopFollowing = followEngine(startUp, ui);
  try {
    mount();
    startUp.begin().catch(onCrash);
    const error = await ended;
    if (error) throw error;
  } finally {
    unmount();
    screen.leave();
    stdout.off('resize', onResize);
    deps.signal?.removeEventListener('abort', onAbort);
    stopFollowing();
    try {
      await patiently(startUp.dispose());
    } finally {
      for (const signal of SIGNALS) process.off(signal, onSignal);
      process.off('uncaughtException', onCrash);
      process.off('unhandledRejection', onCrash);
      stdin.pause();
      stdin.unref?.();
    }
  }
}

/** The course is open when its screen is there as well; the two are loaded side by side. */
function withLessonScreen(boot: Boot, take: (screen: LessonScreen) => void): Boot {
  const read = async () => {
    const [engine, { lessonScreen }] = await Promise.all([
      boot.read(),
      import('./screens/lesson/lesson-screen.ts'),
    ]);
    take(lessonScreen);
    return engine;
  };
  return { ...boot, read };
}

/** Moves the screen to what is new whenever the engine, whichever it is by then, has something new. */
function followEngine(startUp: StartUp, ui: Store<Ui, UiAction>): () => void {
  let stop = () => {};
  let followed: unknown = null;
  const follow = () => {
    const { now } = startUp.store.get();
    const engine = now.at === 'course' ? now.engine : null;
    if (engine === followed) return;
    stop();
    followed = engine;
    stop = () => {};
    if (!engine) return;
    let last = engine.getSnapshot();
    ui.dispatch({ type: 'point', what: 'list', at: goOnAt(last) });
    stop = engine.subscribe(() => {
      const next = engine.getSnapshot();
      const change = changeBetween(last, next);
      if (last.lesson && !next.lesson) ui.dispatch({ type: 'point', what: 'list', at: goOnAt(next) });
      const begun = last.busy === null && next.busy !== null;
      const ended = last.busy !== null && next.busy === null;
      const { staleNotice } = ui.get();
      if (begun || ended) ui.dispatch({ type: 'work', notice: begun ? last.notice : staleNotice });
      last = next;
      if (change) ui.dispatch(change);
    });
  };
  const off = startUp.store.subscribe(follow);
  follow();
  return () => {
    off();
    stop();
  };
}
