/** Which files and sockets calls went for, from what strace wrote. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const PREFIX = 'trace.';

export class Traces {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** strace's own options. */
  get options(): string {
    return `-f -qq -s 4096 -e trace=%file,connect,bind -o ${this.#folder}/${PREFIX}$$`;
  }

  /** The files and sockets of the calls since it was last asked; empty: curl was not even started. */
  take(): Set<string> {
    const files = readdirSync(this.#folder).filter(name => name.startsWith(PREFIX));
    const found = files.flatMap(name => {
      const path = join(this.#folder, name);
      const lines = readFileSync(path, 'utf8').split('\n');
      rmSync(path);
      return lines.flatMap(line => whatFor(line) ?? []);
    });
    return new Set(found);
  }
}

/** A file's name or a socket's address; null: neither, or a file in the call's own folder. */
function whatFor(line: string): string | null {
  const socket = /\b(connect|bind)\(\d+, (\{.*?\})/.exec(line);
  if (socket) return `${socket[1]} ${socket[2]}`;
  const path = /^\d+ +\w+\((?:AT_FDCWD, |\d+, )?"((?:[^"\\]|\\.)*)"/.exec(line)?.[1];
  if (path === undefined || path === '') return null;
  const inside = !path.startsWith('/') && !path.split('/').includes('..');
  const ours = /^\/\S*\/istio-tutor-sandbox-[^/]+\/[\w-]+(\/[^/]+)?$/.test(path) && !path.includes('..');
  return inside || ours ? null : path;
}
