/**
 * The files of a container as its commands see them: those that are mounted, which none of them changes, and those that
 * they have written, in memory and for as long as the container lives.
 */
import { posix } from 'node:path';

/** What all files of a container may have together. */
export const ROOM = 32 * 1024 * 1024;

/** Folders that are there from the beginning. */
const FOLDERS = ['/', '/tmp', '/home', '/root', '/etc', '/dev', '/var', '/usr', '/bin'];

export type FileFault = 'No such file or directory' | 'Is a directory' | 'Not a directory' | 'File exists'
  | 'No space left on device' | 'Directory not empty' | 'Read-only file system'; // biome-ignore format: a list

export class ContainerFiles {
  readonly #mounted: (path: string) => string | null;
  readonly #written = new Map<string, Buffer>();
  readonly #folders = new Set(FOLDERS);

  /** `mounted`: the text of a mounted file; null: there is none at this path. */
  constructor(mounted: (path: string) => string | null) {
    this.#mounted = mounted;
  }

  /** null: there is no file. */
  read(path: string): Buffer | null {
    if (path === '/dev/null') return Buffer.alloc(0);
    const text = this.#mounted(path);
    return text === null ? (this.#written.get(path) ?? null) : Buffer.from(text);
  }

  isFolder(path: string): boolean {
    return this.#folders.has(path);
  }

  /** Why nothing can be written to a path; null: it can be. */
  fault(path: string): FileFault | null {
    if (this.isFolder(path)) return 'Is a directory';
    if (!this.isFolder(posix.dirname(path))) return 'No such file or directory';
    return this.#mounted(path) === null ? null : 'Read-only file system';
  }

  /** null: it is written. */
  write(path: string, data: Buffer, append: boolean): FileFault | null {
    if (path === '/dev/null') return null;
    const fault = this.fault(path);
    if (fault !== null) return fault;
    const before = append ? (this.#written.get(path) ?? Buffer.alloc(0)) : Buffer.alloc(0);
    const used = [...this.#written.values()].reduce((sum, each) => sum + each.length, 0);
    if (used + data.length > ROOM) return 'No space left on device';
    this.#written.set(path, Buffer.concat([before, data]));
    return null;
  }

  makeFolder(path: string): FileFault | null {
    if (this.isFolder(path) || this.read(path) !== null) return 'File exists';
    if (!this.isFolder(posix.dirname(path))) return 'No such file or directory';
    this.#folders.add(path);
    return null;
  }

  /** `all`: with whatever is in a folder. */
  remove(path: string, all: boolean): FileFault | null {
    if (this.#written.delete(path)) return null;
    if (!this.isFolder(path)) {
      return this.#mounted(path) === null ? 'No such file or directory' : 'Read-only file system';
    }
    if (!all) return 'Is a directory';
    const below = `${path}/`;
    for (const name of this.#written.keys()) if (name.startsWith(below)) this.#written.delete(name);
    for (const name of this.#folders) {
      if ((name === path || name.startsWith(below)) && !FOLDERS.includes(name)) this.#folders.delete(name);
    }
    return null;
  }

  /** The names in a folder, sorted; of mounted files only those in /etc are listed. */
  list(folder: string): readonly string[] {
    const mounted = ['/etc/hosts', '/etc/resolv.conf'].filter(path => this.#mounted(path) !== null);
    const all = [...this.#folders, ...this.#written.keys(), ...mounted];
    const names = all.filter(path => path !== '/' && posix.dirname(path) === folder);
    return [...new Set(names.map(path => posix.basename(path)))].sort();
  }
}
