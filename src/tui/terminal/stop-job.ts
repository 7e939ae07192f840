/** What a shell expects of Ctrl-Z, which raw mode keeps from it. */
import { setTimeout } from 'node:timers/promises';

/** Milliseconds in which the system stops a process that has asked for it. */
const SOON_MS = 50;

/**
 * Stops all that the shell started with us (npm, a curl that is under way), as the terminal would. Resolves when the
 * shell lets it go on; at once where no shell is there to do so, because then the system stops nothing. SIGTSTP must
 * have no listener.
 */
export async function stopJob(): Promise<void> {
  process.kill(0, 'SIGTSTP');
  await setTimeout(SOON_MS);
}
