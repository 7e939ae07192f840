/**
 * When this process itself has no file, port or memory left, its sockets fail as those of a server that is not there.
 * That must never be told as the mesh's doing: such a failure is noted here, and a call during which one was noted
 * could not be made. Also where nobody is told: libuv closes a connection that it cannot accept, and says nothing;
 * so whoever opens something looks whether it took the last one.
 */
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';

const WORDS: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL: 'no local port is left',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files in the whole system',
  ENOBUFS: 'no buffer space is left',
  ENOMEM: 'no memory is left',
};

let last: { readonly words: string; readonly at: number } | null = null;

/** Whether an error is this machine's own; if so it is noted. */
export function isShortage(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  if (!Object.hasOwn(WORDS, code)) return false;
  last = { words: `${WORDS[code]} (${code})`, at: performance.now() };
  return true;
}

/** To be called when something was opened: was it the last that could be? */
export function lookForShortage(): void {
  try {
    closeSync(openSync(devNull, 'r'));
  } catch (error) {
    isShortage(error);
  }
}

/** What was short since then (performance.now()), in words: 'too many open files (EMFILE)'; null: nothing. */
export function shortageSince(at: number): string | null {
  return last !== null && last.at >= at ? last.words : null;
}
