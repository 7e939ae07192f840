/**
 * A screen program on a terminal: mounts Ink, gives the terminal to an editor or to the shell (Ctrl-Z) and takes it
 * back, and leaves it as it was on every way out: a key, a signal, a crash.
 */
import { isAbsolute, resolve } from 'node:path';
import { type Instance, render } from 'ink';
import type { ReactElement } from 'react';
import type { Engine } from '../../lesson/state.ts';
import { asTutorError, Interrupted, type TutorError } from '../../shared/errors.ts';
import { DEADLY } from '../../shared/signals.ts';
import { keepBold, type Look } from '../theme.ts';
import { alternateScreen, shellScreen } from './alternate-screen.ts';
import { holdStderr } from './hold-stderr.ts';
import type { Shells } from './shell/open-shell.ts';
import { stopJob } from './stop-job.ts';
import { keepSettings } from './tty-settings.ts';

export interface TerminalDeps {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** What is written to it is held back while the screen is there; left out: nothing is held back. */
  readonly stderr?: NodeJS.WriteStream | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly look: Look;
  /** Clicks and the wheel are taken. */
  readonly mouse: boolean;
  /** Ends the program from outside, as a signal does. */
  readonly signal?: AbortSignal | undefined;
  /** Makes a kubeconfig with that default namespace of another one. Returns its path; left out: the other one is used. */
  readonly kubeconfigFor?: ((path: string, namespace: string) => Promise<string>) | undefined;
  /** Stops the job, as the shell would; left out: `stopJob`. */
  readonly stop?: (() => Promise<void>) | undefined;
}

export interface ScreenPorts {
  /**
   * Opens one of the learner's files in their editor. `name` is relative to their folder, or a whole path; `line` is
   * where to begin, from 1.
   */
  edit(name: string, line?: number): void;
  /** Opens a shell in the learner's folder: beside the program, or in its place until it ends. */
  shell(): void;
  quit(): void;
  /** Quits as Ctrl-C does any program: with Interrupted, exit code 130. */
  interrupt(): void;
  /**
   * Puts text into the clipboard of the terminal, over ssh as well (OSC 52); the terminal says nothing of whether it
   * did.
   */
  copy(text: string): void;
  /** Stops the program until the shell lets it go on. */
  suspend(): void;
  crash(error: unknown): void;
}

export interface ScreenProgram {
  element(ports: ScreenPorts): ReactElement;
  /** Of the lesson or question that is open, if any. */
  engine(): Engine | null;
  remark(text: string): void;
  /** Called once the screen is there. What it throws ends the program. */
  begin(): Promise<void>;
  /** Saves and lets go; has a few seconds. */
  end(): Promise<void>;
}

/** Milliseconds that a program has for saving and letting go once the screen is gone. */
const PATIENCE_MS = 3000;

const problemText = (error: unknown): string => {
  const { what, next } = asTutorError(error).problem;
  return [what, ...next].join(' ');
};

/** Waits no longer than that: who quits gets the shell back, even if something hangs. */
async function patiently(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>(resolve => {
    timer = setTimeout(resolve, PATIENCE_MS);
  });
  await Promise.race([work, enough]).finally(() => clearTimeout(timer));
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs until the program quits. Throws Interrupted after a signal, and whatever crashed it. */
export async function onTerminal(deps: TerminalDeps, program: ScreenProgram): Promise<void> {
  const { stdin, stdout, look } = deps;
  const screen = look.screenReader ? shellScreen(stdout) : alternateScreen(stdout, deps.mouse);
  let ink: Instance | null = null;
  let over = false;
  let end: (error?: TutorError) => void = () => {};
  const ended = new Promise<TutorError | undefined>(resolve => {
    end = resolve;
  });
  const ports: ScreenPorts = {
    edit: (name, line) => void openEditor(name, line),
    shell: () => void openShell(),
    quit: () => end(),
    interrupt: () => end(new Interrupted()),
    copy: text => void stdout.write(`\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`),
    suspend: () => void suspend(),
    crash: error => end(asTutorError(error)),
  };
  const mount = () => {
    // First of all: in the background (`bg`) the system stops us here, before we draw over the shell's screen.
    stdin.setRawMode?.(true);
    screen.enter();
    // Only while the screen is ours: when an editor is stopped, we are stopped along with it.
    process.on('SIGTSTP', ports.suspend);
    process.on('SIGCONT', onContinue);
    ink = render(program.element(ports), {
      stdin,
      stdout,
      exitOnCtrlC: false,
      patchConsole: false,
      maxFps: 60,
      isScreenReaderEnabled: false,
    });
  };
  const unmount = () => {
    process.off('SIGTSTP', ports.suspend);
    process.off('SIGCONT', onContinue);
    ink?.unmount();
    ink = null;
  };

  /** Gives the terminal away for as long as `work` takes. Returns what is to be said. */
  async function lend(work: () => Promise<string | null>): Promise<string | null> {
    unmount();
    screen.leave();
    // Once Ink has let go of stdin; it must not read on beside the other program.
    await new Promise(resolve => setImmediate(resolve));
    stdin.pause();
    const setAgain = await keepSettings(stdin, deps.env);
    const said = await work().catch(problemText);
    await setAgain();
    if (!over) mount();
    return said;
  }

  async function openEditor(name: string, line?: number): Promise<void> {
    const folder = program.engine()?.getSnapshot().folder;
    if (!folder && !isAbsolute(name)) return;
    const file = resolve(folder ?? '', name);
    const editors = await import('./open-editor.ts');
    const size = { columns: stdout.columns, rows: stdout.rows };
    const said = await editors.openEditor(file, line, { env: deps.env, size, lend });
    if (said !== null) program.remark(said);
  }

  const own: { shells?: Shells } = {};
  let opening = false;
  async function openShell(): Promise<void> {
    const engine = program.engine();
    if (engine === null || opening) return;
    opening = true;
    try {
      const { openShells, shellWorld } = await import('./shell/open-shell.ts');
      own.shells ??= openShells(deps.env);
      const world = await shellWorld(engine, look, deps.kubeconfigFor);
      const size = { columns: stdout.columns, rows: stdout.rows };
      const said = await own.shells.open(world, size, lend);
      if (said !== null) program.remark(said);
    } catch (error) {
      program.remark(problemText(error));
    } finally {
      opening = false;
    }
  }

  // Windows has no such thing as a stopped job.
  async function suspend(): Promise<void> {
    if (!ink || over || process.platform === 'win32') return;
    unmount();
    screen.leave();
    await (deps.stop ?? stopJob)();
    if (!over) mount();
  }

  // We were stopped without being asked (SIGSTOP, a read in the background): the shell has had the terminal since.
  const onContinue = () => {
    if (!ink) return;
    stdin.setRawMode?.(false);
    unmount();
    screen.leave();
    mount();
  };
  // While an editor has the terminal, a Ctrl-C or Ctrl-\ typed into it is the editor's.
  const endBy = (signal: NodeJS.Signals, error: Interrupted) => {
    if (ink || (signal !== 'SIGINT' && signal !== 'SIGQUIT')) end(error);
  };
  const onSignal = (signal: NodeJS.Signals) => endBy(signal, new Interrupted());
  const onDeadly = (signal: NodeJS.Signals) => endBy(signal, new Interrupted(signal));
  const onCrash = (error: unknown) => end(asTutorError(error));
  const onResize = () => {
    if (!ink) return;
    // Ink redraws over what it thinks is there; after a resize something else is.
    ink.clear();
    screen.wipe();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  for (const signal of DEADLY) process.on(signal, onDeadly);
  process.on('uncaughtException', onCrash);
  process.on('unhandledRejection', onCrash);
  const onAbort = () => end(new Interrupted());
  deps.signal?.addEventListener('abort', onAbort, { once: true });
  stdout.prependListener('resize', onResize);
  keepBold();
  const releaseStderr = deps.stderr ? holdStderr(deps.stderr) : () => {};
  try {
    mount();
    program.begin().catch(onCrash);
    const error = await ended;
    if (error) throw error;
  } finally {
    over = true;
    unmount();
    screen.leave();
    releaseStderr();
    stdout.off('resize', onResize);
    deps.signal?.removeEventListener('abort', onAbort);
    try {
      await patiently(Promise.all([program.end(), own.shells?.close()]));
    } finally {
      for (const signal of SIGNALS) process.off(signal, onSignal);
      for (const signal of DEADLY) process.off(signal, onDeadly);
      process.off('uncaughtException', onCrash);
      process.off('unhandledRejection', onCrash);
      stdin.pause();
      stdin.unref?.();
    }
  }
}
