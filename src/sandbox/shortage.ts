/**
 * When this process itself runs out of files, ports or memory, its sockets fail just like those of a server that is not
 * there. That must never be reported as the mesh's doing: such a failure is noted here, and a call during which one was
 * noted counts as not made. Some shortages raise no error: libuv closes a connection that it cannot accept and says
 * nothing, so code that opens something checks whether it took the last one.
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

/** Whether an error is this machine's own shortage; if so, it is noted. */
export function isShortage(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  if (!Object.hasOwn(WORDS, code)) return false;
  last = { words: `${WORDS[code]} (${code})`, at: performance.now() };
  return true;
}

/** Call this after opening something: was it the last that could be opened? */
export function lookForShortage(): void {
  try {
    closeSync(openSync(devNull, 'r'));
  } catch (error) {
    isShortage(error);
  }
}

/** What has been short since then (performance.now()), in words: 'too many open files (EMFILE)'; null if nothing. */
export function shortageSince(at: number): string | null {
  return last !== null && last.at >= at ? last.words : null;
}
