// Takes one side through a tour: every command by bash, in a folder of its own with nothing of the machine's in it.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { normalized } from './normalized.ts';
import { type Stop, stopsOf, type Tour } from './tour.ts';

/** What a command ended with and printed, without what differs from cluster to cluster. */
export interface Said {
  readonly command: string;
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

export type Answers = Readonly<Record<string, Said>>;

interface TourOptions {
  readonly quick?: boolean;
  onStop?(name: string): void;
}

const LIMIT_MS = 90_000;
const LOCALE = { LC_ALL: 'C', TZ: 'UTC' };

/** The answers of one side. The teardown is run whatever happens, and before the setup for what is left of another run. */
export async function runTour(tour: Tour, kubeconfig: string, options: TourOptions = {}): Promise<Answers> {
  const home = mkdtempSync(join(tmpdir(), 'tour-'));
  cpSync(tour.files, home, { recursive: true });
  cpSync(kubeconfig, join(home, 'kubeconfig'));
  try {
    for (const stop of [...tour.teardown, ...tour.setup]) await said(stop, home);
    const answers: Record<string, Said> = {};
    for (const stop of stopsOf(tour, options.quick ?? false)) {
      options.onStop?.(stop.name);
      answers[stop.name] = await said(stop, home);
    }
    return answers;
  } finally {
    for (const stop of tour.teardown) await said(stop, home);
    rmSync(home, { recursive: true, force: true });
  }
}

function said({ command }: Stop, home: string): Promise<Said> {
  const env = { ...LOCALE, PATH: process.env.PATH ?? '', HOME: home, KUBECONFIG: join(home, 'kubeconfig') };
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-o', 'pipefail', '-c', command], {
      cwd: home,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const text = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', chunk => {
      text.out += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', chunk => {
      text.err += chunk;
    });
    const { pid } = child;
    // A command may have left children behind: the whole group goes.
    const limit = setTimeout(() => pid !== undefined && process.kill(-pid, 'SIGKILL'), LIMIT_MS);
    child.once('error', reject);
    child.once('close', code => {
      clearTimeout(limit);
      const clean = (words: string) => normalized(words.replaceAll(`${home}/`, ''));
      resolve({ command, exit: code ?? 137, out: clean(text.out), err: clean(text.err) });
    });
  });
}
