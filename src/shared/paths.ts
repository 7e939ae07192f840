/**
 * Where files are: our own data (kubeconfigs, progress, what `up` made), the learner's files, and what
 * the package brings along (lessons, kind-config.yaml). Nothing else in the program spells a path out.
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import envPaths from 'env-paths';
import { shellWord } from './shell.ts';

export interface Paths {
  /** The data folder. It may not exist yet. */
  readonly data: string;
  readonly progress: string;
  /** Which drills are done. */
  readonly drills: string;
  /** The exam that is under way, or the last one. */
  readonly exam: string;
  /** What is kept of the playground beside its files. */
  readonly playground: string;
  /** Exams that have ended. */
  readonly history: string;
  /** The kubeconfig of a cluster: 'kind' is kind.kubeconfig. */
  kubeconfig(name: string): string;
  /** What proper-lockfile locks for a running course: one istio-tutor per data folder. */
  readonly lock: string;
}

/** The data folder's files. `stateDir` is `--state`; without it, the system's place for application data. */
export function paths(stateDir?: string): Paths {
  const data = stateDir === undefined ? envPaths('istio-tutor', { suffix: '' }).data : resolve(stateDir);
  return {
    data,
    progress: join(data, 'progress.json'),
    drills: join(data, 'drills.json'),
    exam: join(data, 'exam.json'),
    playground: join(data, 'playground.json'),
    history: join(data, 'history.json'),
    kubeconfig: name => join(data, `${name}.kubeconfig`),
    lock: join(data, 'course'),
  };
}

/** The learner's folder: `--work`, or ~/istio-tutor. Absolute. */
export function workDir(flag?: string): string {
  return flag === undefined ? join(homedir(), 'istio-tutor') : resolve(flag);
}

/** A file or folder of the package: 'lessons', 'kind-config.yaml'. The same from src/ and from dist/. */
export function packageFile(name: string): string {
  return join(packageRoot(), name);
}

let root: string | undefined;

function packageRoot(): string {
  if (root !== undefined) return root;
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  root = folder;
  return folder;
}

/** A path as people write it, with ~ for the home folder. */
export function tilde(path: string): string {
  const home = homedir();
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

/** The same for a shell: ~ stays outside the quotes, where the shell still puts the home folder in. */
export function shellPath(path: string): string {
  const short = tilde(path);
  return short.startsWith('~/') && short.length > 2 ? `~/${shellWord(short.slice(2))}` : shellWord(path);
}
