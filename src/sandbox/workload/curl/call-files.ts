/**
 * The files of one call of curl: copies of the container's that it reads, and what it writes, which becomes the
 * container's when it has ended. curl itself sees only its own folder, and only names that were made or checked here.
 */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { type ContainerFiles, ROOM } from '../shell/files.ts';
import { pathIn } from '../shell/paths.ts';
import type { CallFiles, CheckedValue } from './values.ts';

const WHY: Readonly<Record<string, string>> = {
  'Is a directory': 'it is a folder',
  'No such file or directory': 'the container has no such folder',
  'Read-only file system': 'the container has it mounted, and cannot change it',
};

/** Names that nobody can write for a file of the call's own. */
const OUTPUT = ':';

export class FilesOfCall implements CallFiles {
  readonly #files: ContainerFiles;
  readonly #folder: string;
  /** What is in the call's folder before it begins. */
  readonly #copies = new Map<string, Buffer>();
  /** Name in the call's folder -> path in the container. */
  readonly #outputs = new Map<string, string>();

  /** `folder`: the container's, from which its paths go. */
  constructor(files: ContainerFiles, folder: string) {
    this.#files = files;
    this.#folder = folder;
  }

  input(path: string): string | undefined {
    const data = this.#files.read(pathIn(this.#folder, path));
    if (data === null) return undefined;
    // In a folder of its own, for curl tells a server the name of a file that it sends.
    const name = `${this.#copies.size}/${posix.basename(path)}`;
    this.#copies.set(name, data);
    return name;
  }

  output(path: string): CheckedValue {
    const full = pathIn(this.#folder, path);
    if (full.startsWith('/dev/')) return { why: 'the container has no such device' };
    const fault = path.endsWith('/') ? 'Is a directory' : this.#files.fault(full);
    if (fault !== null) return { why: WHY[fault] ?? fault };
    const known = [...this.#outputs].find(([, each]) => each === full);
    const name = known?.[0] ?? `${OUTPUT}${this.#outputs.size}`;
    this.#outputs.set(name, full);
    const before = this.#files.read(full);
    if (before !== null) this.#copies.set(name, before);
    return { value: name };
  }

  /** Puts the copies into the call's folder on this machine. */
  async placeIn(place: string): Promise<void> {
    for (const [name, data] of this.#copies) {
      await mkdir(dirname(join(place, name)), { recursive: true });
      await writeFile(join(place, name), data);
    }
  }

  /** Takes over what the call has written. Returns what cannot be kept, and why: 'FILE: No space left on device'. */
  async takeFrom(place: string): Promise<string[]> {
    const faults: string[] = [];
    for (const entry of await readdir(place, { withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = this.#outputs.get(entry.name) ?? pathIn(this.#folder, entry.name);
      const fault = await this.#take(join(place, entry.name), path, this.#copies.get(entry.name));
      if (fault !== null) faults.push(`${path}: ${fault}`);
    }
    return faults;
  }

  async #take(from: string, path: string, before: Buffer | undefined): Promise<string | null> {
    if ((await stat(from)).size > ROOM) return 'No space left on device';
    const data = await readFile(from);
    return before?.equals(data) ? null : this.#files.write(path, data, false);
  }
}
