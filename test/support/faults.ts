import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { options } from '../../scripts/build.js';

// Faults that a file can meet, made for real. Those of the first kind work for root too, who may read and write all;
// those of the second are faults of a whole process, so they happen to a child.

/** Nobody can read what lies there, nor say that nothing does: a link that leads back to itself. */
export function unreadable(path: string): void {
  symlinkSync(path, path);
}

export function pipe(path: string): void {
  execFileSync('mkfifo', [path]);
}

export function folder(path: string): void {
  mkdirSync(path, { recursive: true });
}

const NOBODY = 65534;

export interface Fault {
  /** The folder in which it happens. */
  readonly within: string;
  /** So many blocks of 512 bytes can be written into a file and no more, as on a disk that is nearly full. */
  readonly room?: number;
  /** By a user who may do nothing that modes forbid: tests may run as root. The folder is that user's. */
  readonly asUser?: boolean;
}

/**
 * Runs the code, a module whose `import ... from '../../src/...'` is relative to this file, in a process of its own
 * that meets the fault, and returns what it prints as JSON.
 */
export async function underFault<T>(fault: Fault, code: string): Promise<T> {
  const { outdir: _, entryPoints: __, ...bundle } = options;
  // A full disk sends no signal, as a limit does.
  const contents = `process.on('SIGXFSZ', () => {});\n${code}`;
  const stdin = { contents, loader: 'ts', resolveDir: import.meta.dirname } as const;
  const { outputFiles } = await build({
    ...bundle,
    ...{ stdin, splitting: false, write: false, metafile: false, minify: false, sourcemap: false },
  });
  const place = mkdtempSync(join(tmpdir(), 'fault-'));
  const user = fault.asUser === true && process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  try {
    if (user.uid !== undefined) chownSync(fault.within, user.uid, user.gid);
    chmodSync(place, 0o755);
    const script = join(place, 'script.mjs');
    writeFileSync(script, outputFiles?.[0]?.contents ?? '');
    const limit = fault.room === undefined ? '' : `ulimit -f ${fault.room};`;
    const { stdout, stderr } = spawnSync('sh', ['-c', `${limit} exec "$0" "$1"`, process.execPath, script], {
      ...user,
      cwd: fault.within,
      encoding: 'utf8',
    });
    if (stderr !== '') throw new Error(stderr);
    return JSON.parse(stdout) as T;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
