/**
 * What becomes of a command whose output nobody takes. A reader that has gone (`| head -1`) has seen enough: the
 * command stops as after Ctrl-C, cleans up and says nothing. A full disk is reported.
 */
import { ToolError } from '../../shared/errors.ts';
import { interrupt } from './interrupt.ts';

/** 128 and the number of SIGPIPE: what a shell shows of a program that the signal has ended. */
const SIGPIPE_EXIT = 141;

let lost: NodeJS.ErrnoException | null = null;

/** From now on an error of stdout ends the command, and one of stderr is ignored. */
export function watchOutput(): void {
  process.stdout.on('error', error => {
    // A terminal that has gone: the screen knows what to do.
    if (process.stdout.isTTY) throw error;
    if (lost !== null) return;
    lost = error;
    interrupt();
  });
  // There is nowhere left to say it.
  process.stderr.on('error', () => {});
}

/** Whether nothing that is printed is read any more, so that errors are its consequence. */
export const isOutputLost = (): boolean => lost !== null;

/** The exit code of a command that would end with `exitCode`; `draw` is given what is to be said. */
export function exitCodeOf(exitCode: number, draw: (error: ToolError) => void): number {
  if (lost === null) return exitCode;
  if (lost.code === 'EPIPE') return SIGPIPE_EXIT;
  const why = lost.code === 'ENOSPC' ? 'no space is left where it goes' : lost.message;
  const error = new ToolError({ what: `The output cannot be written: ${why}.`, next: [] }, lost);
  draw(error);
  return error.exitCode;
}
