/**
 * Errors are data: what happened, why, and what to type next. One component (tui/components/problem)
 * and one function (cli/print/problem) draw them; main.ts alone turns them into an exit code.
 */
import { constants } from 'node:os';

export interface Problem {
  /** One sentence: what happened, in the reader's words. */
  readonly what: string;
  /** Why, as far as it is known. */
  readonly why?: string | undefined;
  /** What to type or do next, most useful first. */
  readonly next: readonly string[];
  /** The tool's own words, shown whole and indented. */
  readonly detail?: string | undefined;
  /**
   * False: the error is about the reader's own files or progress, so nothing beside it says that they are untouched.
   */
  readonly untouched?: false;
}

export abstract class TutorError extends Error {
  abstract readonly exitCode: number;
  readonly problem: Problem;

  constructor(problem: Problem, cause?: unknown) {
    super(problem.what, cause === undefined ? {} : { cause });
    this.name = new.target.name;
    this.problem = problem;
  }
}

/** Wrong usage or bad input: arguments, a manifest, a lesson file. Exit code 2. */
export class UserError extends TutorError {
  readonly exitCode = 2;
}

/** A tool or the cluster is missing or broken. Exit code 3. */
export class ToolError extends TutorError {
  readonly exitCode = 3;
}

/** A bug in istio-tutor. Exit code 3 as well: the user can do nothing but report it. */
export class BugError extends TutorError {
  readonly exitCode = 3;
}

/** The user pressed Ctrl-C (exit code 130), or a signal came (128 and its number). */
export class Interrupted extends TutorError {
  readonly exitCode: number;
  readonly signal: NodeJS.Signals | undefined;

  /** `signal`: what the process must die of in the end, a signal other than Ctrl-C and its like. */
  constructor(signal?: NodeJS.Signals) {
    super({ what: 'Interrupted.', next: [] });
    this.signal = signal;
    this.exitCode = signal === undefined ? 130 : 128 + constants.signals[signal];
  }
}

/** Any thrown thing as a TutorError; an error that is not one becomes a BugError that keeps its cause. */
export function asTutorError(thrown: unknown): TutorError {
  if (thrown instanceof TutorError) return thrown;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (error.name === 'AbortError') return new Interrupted();
  // Every relative path, from an option or our own, leads nowhere then.
  if ((error as NodeJS.ErrnoException).syscall === 'uv_cwd') {
    return new UserError(
      {
        what: 'The folder that you are in no longer exists.',
        why: 'It was removed, or made again, after you went there.',
        next: [
          'cd "$PWD"   goes to the folder that has its name now',
          'cd   goes home; then the same command again',
        ],
      },
      error,
    );
  }
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EMFILE' || code === 'ENFILE') return tooManyFiles(error);
  return new BugError(
    {
      what: 'Something went wrong inside istio-tutor.',
      why: error.message,
      next: ['Run the same command with --verbose, and report what it prints.'],
    },
    error,
  );
}

/** Not a bug, and not the fault of the author of the file that could not be opened. */
export function tooManyFiles(error: Error): ToolError {
  const own = (error as NodeJS.ErrnoException).code === 'EMFILE';
  return new ToolError(
    {
      what: 'Too many files are open.',
      why: own
        ? 'A process may have as many open as `ulimit -n` says, and that is too few here (EMFILE).'
        : 'This machine has as many open as it can (ENFILE).',
      next: own
        ? ['ulimit -n 1024   allows more in this shell; then the same command again']
        : ['end other programs, then run the same command again'],
    },
    error,
  );
}
