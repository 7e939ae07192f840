/**
 * What nobody has caught: an exception in a socket's handler, a promise that nobody waits for. Node would print the
 * bundle's line, which is the whole bundle, and leave files and processes behind.
 */
import { asTutorError, Interrupted, type TutorError } from '../../shared/errors.ts';
import { log } from '../../shared/log.ts';
import { interrupt } from './interrupt.ts';

/** Milliseconds in which a command may clean up. */
const PATIENCE_MS = 3000;

let crash: TutorError | null = null;

/** The error that ends the process, once there is one; whatever else went wrong after it is its consequence. */
export function crashed(): TutorError | null {
  return crash;
}

/**
 * From now on such an error ends the command as Ctrl-C does, so that it cleans up; main.ts draws the error then.
 * `giveUp` is called when the command has not ended in time.
 */
export function catchCrashes(giveUp: (error: TutorError) => void): void {
  const take = (thrown: unknown) => {
    // A screen has a handler of its own while it has the terminal.
    if (process.listenerCount('uncaughtException') > 1) return;
    const error = asTutorError(thrown);
    if (crash !== null || error instanceof Interrupted) {
      log('crash', error.stack ?? error.message);
      return;
    }
    crash = error;
    interrupt();
    setTimeout(() => giveUp(error), PATIENCE_MS);
  };
  process.on('uncaughtException', take);
  process.on('unhandledRejection', take);
}
