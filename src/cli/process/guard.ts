/** What the process does apart from its command: which signals it ignores, and how it ends. */
import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';

const STDIO = [0, 1, 2];

/** To be called once, at the start. */
export function guardProcess(): void {
  // Node would open its debugger on a port of the machine, and say so on the screen.
  if (process.platform !== 'win32') process.on('SIGUSR1', () => {});
  const terminals = STDIO.filter(fd => isatty(fd));
  process.on('exit', () => {
    // When the window is gone, Node 20 crashes as it resets the terminal; it leaves alone what is closed.
    for (const fd of terminals) if (!isatty(fd)) closeQuietly(fd);
  });
}

/**
 * At its exit the process dies of this signal, once all else is cleaned up: to be called last. The shell sees it, and
 * a core is written where the signal and the limits say so.
 */
export function dieAtExit(signal: NodeJS.Signals): void {
  process.on('exit', () => {
    process.removeAllListeners(signal); // Libraries have some.
    process.kill(process.pid, signal);
  });
}

function closeQuietly(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // Closed already.
  }
}
