/**
 * The machine's own curl as a child process: no shell, a fixed environment, and a folder of its own, with copies of the
 * container's files that it names, that is removed afterwards. The only file in the sandbox that starts a program.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { ExecOutcome, ExecStreams } from '../../rooms.ts';
import type { FilesOfCall } from './call-files.ts';

export interface ChildOptions {
  /** Where the folder of the call is created. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly files: FilesOfCall;
}

/** curl's own, for what it cannot write. */
const WRITE_ERROR = 23;

/** Where a program is on PATH; null: it is not. */
export function findOnPath(program: string, path: string = process.env.PATH ?? ''): string | null {
  const found = path.split(delimiter).map(folder => join(folder, program));
  return found.find(each => each.startsWith('/') && existsSync(each)) ?? null;
}

/**
 * Runs it to its end; SIGKILL when the client goes away. An end by a signal gives 128 + its number, as with a kubelet.
 */
export async function runCurl(
  program: string,
  args: readonly string[],
  streams: ExecStreams,
  { folder, env, files }: ChildOptions,
): Promise<ExecOutcome> {
  const cwd = await mkdtemp(join(folder, 'call-'));
  try {
    await files.placeIn(cwd);
    const outcome = await run(program, args, streams, cwd, env);
    const lost = await files.takeFrom(cwd);
    for (const each of lost) streams.stderr(`curl: (${WRITE_ERROR}) ${each}\n`);
    return lost.length > 0 && outcome.exit === 0 ? { exit: WRITE_ERROR } : outcome;
  } finally {
    // Not awaited: the answer is complete.
    rm(cwd, { recursive: true, force: true }).catch(() => {});
  }
}

function run(
  program: string,
  args: readonly string[],
  streams: ExecStreams,
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<ExecOutcome> {
  return new Promise(resolve => {
    if (streams.signal.aborted) return resolve({ exit: 137 });
    const child = spawn(program, [...args], {
      cwd,
      env: { ...env },
      stdio: [streams.stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    });
    const kill = () => child.kill('SIGKILL');
    streams.signal.addEventListener('abort', kill, { once: true });
    child.stdout?.on('data', (chunk: Buffer) => streams.stdout(chunk));
    child.stderr?.on('data', (chunk: Buffer) => streams.stderr(chunk));
    if (streams.stdin && child.stdin) void feed(streams.stdin, child.stdin);
    child.once('error', error => {
      streams.signal.removeEventListener('abort', kill);
      resolve({ exit: 126, error: `curl could not be started: ${error.message}` });
    });
    child.once('close', (code, signal) => {
      streams.signal.removeEventListener('abort', kill);
      resolve({ exit: code ?? (signal === 'SIGKILL' ? 137 : 143) });
    });
  });
}

async function feed(from: AsyncIterable<Buffer>, to: NodeJS.WritableStream): Promise<void> {
  to.on('error', () => {}); // curl need not read all of it, or any.
  try {
    for await (const chunk of from) {
      if (!to.write(chunk)) await new Promise<void>(done => to.once('drain', done).once('close', done));
    }
  } catch {
    // The client's stream broke: what has arrived is all there is.
  }
  to.end();
}
