/** Does what Ctrl-Z does in a shell, since raw mode keeps the key from it. */
import { setTimeout } from 'node:timers/promises';

/** Milliseconds within which the system stops a process that has asked to be stopped. */
const SOON_MS = 50;

/**
 * Stops everything that the shell started with us (npm, a curl under way), as the terminal would. Resolves when the
 * shell lets it go on; at once where there is no shell to do so, because then the system stops nothing. SIGTSTP must
 * have no listener.
 */
export async function stopJob(): Promise<void> {
  process.kill(0, 'SIGTSTP');
  await setTimeout(SOON_MS);
}
