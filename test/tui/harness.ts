/**
 * Starts the real screen program on a test terminal of any size, with a scripted engine behind it. Components by
 * themselves are tried on the terminal of Ink's testing library: components/drawn.tsx.
 */
import { onTestFinished } from 'vitest';
import type { ExamFacts } from '../../src/tui/screens/list/exam-tab.ts';
import type { Tab } from '../../src/tui/screens/list/tabs.ts';
import type { Boot } from '../../src/tui/state/start-up.ts';
import type { TerminalDeps } from '../../src/tui/terminal/on-terminal.ts';
import type { Look } from '../../src/tui/theme.ts';
import { type ScriptedEngine, scriptedEngine } from '../support/scripted-engine.ts';
import { type TestTerminal, testTerminal } from '../support/terminal.ts';

export const NOW = 1_700_000_000_000;

export interface Options {
  readonly columns?: number;
  readonly rows?: number;
  readonly look?: Partial<Look>;
  readonly boot?: Partial<Boot>;
  readonly address?: string;
  readonly tab?: Tab;
  readonly mouse?: boolean;
  readonly env?: NodeJS.ProcessEnv;
  readonly stderr?: NodeJS.WriteStream;
  /** Stands for what the system does with a stopped job. */
  readonly stop?: () => Promise<void>;
  readonly now?: () => number;
}

export interface Running extends TestTerminal {
  readonly engine: ScriptedEngine;
  /** Settles when the program has ended: null, or what it threw. */
  readonly ended: Promise<unknown>;
  /** What the program went on to when it ended; null: it has not, or it threw. */
  next(): 'quit' | 'exam' | null;
}

const NO_EXAM: ExamFacts = {
  terms: { questions: 15, minutes: 120, passMark: 68 },
  underWay: null,
  last: null,
  trouble: null,
};

export async function startTui(engine: ScriptedEngine, options: Options = {}): Promise<Running> {
  drawInTests();
  const { runTui } = await import('../../src/tui/app.tsx');
  let next: 'quit' | 'exam' | null = null;
  const { terminal, ended } = onTestTerminal(options, async deps => {
    next = await runTui({
      ...deps,
      address: options.address ?? null,
      tab: options.tab,
      now: options.now ?? (() => NOW),
      boot: {
        read: async () => scriptedEngine({ ...engine.getSnapshot(), lesson: null, connected: false }),
        address: async text => {
          const [lesson = '', step] = text.split('/');
          return { lesson, step };
        },
        find: async () => [{ id: 'kind', note: 'a real cluster', ready: true }],
        make: async () => {},
        connect: async () => engine,
        exam: async () => NO_EXAM,
        ...options.boot,
      },
    });
  });
  return { ...terminal, engine, ended, next: () => next };
}

/** To be called before Ink is loaded: it writes nothing at all where it believes to be in a CI. */
export function drawInTests(): void {
  process.env.CI = 'false';
  process.env.CONTINUOUS_INTEGRATION = 'false';
}

/** A screen program on a test terminal. It ends with the test, however that ended. */
export function onTestTerminal(
  options: Pick<Options, 'columns' | 'rows' | 'look' | 'mouse' | 'env' | 'stderr' | 'stop'>,
  start: (deps: TerminalDeps) => Promise<void>,
): { readonly terminal: TestTerminal; readonly ended: Promise<unknown> } {
  const terminal = testTerminal(options.columns ?? 80, options.rows ?? 24);
  const stop = new AbortController();
  const ended = start({
    signal: stop.signal,
    stdin: terminal.stdin,
    stdout: terminal.stdout,
    stderr: options.stderr,
    stop: options.stop,
    env: options.env ?? {},
    mouse: options.mouse ?? false,
    look: { color: false, ascii: false, screenReader: false, ...options.look },
  }).then(
    () => null,
    (error: unknown) => error,
  );
  onTestFinished(async () => {
    stop.abort();
    await ended;
  });
  return { terminal, ended };
}
