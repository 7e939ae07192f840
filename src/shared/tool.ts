/**
 * The one door to the tools that a cluster needs (docker, kind, istioctl, kubectl): whatever runs one and reads
 * what it prints goes through runTool. The learner's editor and the sandbox's curl are started elsewhere.
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { Interrupted, ToolError } from './errors.ts';
import { log } from './log.ts';
import { shellLine } from './shell.ts';

export interface ToolOptions {
  readonly signal?: AbortSignal | undefined;
  /** Each line that the tool prints, on stdout or stderr, as it comes. */
  readonly onLine?: (line: string) => void;
  /** Added to our own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The child's process id, as soon as it runs. */
  readonly onStart?: (pid: number) => void;
  readonly input?: string;
  readonly cwd?: string;
  /** Milliseconds after which the tool is ended and reported as silent. No limit unless set. */
  readonly timeoutMs?: number;
}

/** How many of a tool's last lines an error shows. */
const LAST_WORDS = 20;

/**
 * Runs a program to its end. Throws a ToolError with the tool's own last words when it is missing, fails
 * or is silent past its time, and Interrupted when the signal aborts; then the child is ended first.
 */
export async function runTool(
  command: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<{ stdout: string; stderr: string }> {
  if (options.signal?.aborted) throw new Interrupted();
  log('tool', [command, ...args].join(' '));
  const child = execa(command, [...args], {
    reject: false,
    all: true,
    stripFinalNewline: true,
    forceKillAfterDelay: 3000,
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
    ...(options.env ? { env: options.env } : {}),
    ...(options.cwd ? { cwd: options.cwd } : {}),
    ...(options.signal ? { cancelSignal: options.signal } : {}),
    ...(options.timeoutMs ? { timeout: options.timeoutMs } : {}),
  });
  if (child.pid !== undefined) options.onStart?.(child.pid);
  if (options.onLine) forward(child.all, options.onLine);
  const result = await child;
  if (result.isCanceled) throw new Interrupted();
  if (!result.failed) return { stdout: result.stdout ?? '', stderr: result.stderr ?? '' };

  const line = shellLine([command, ...args]);
  if (result.code === 'ENOENT') {
    throw new ToolError(
      { what: `${command} was not found.`, next: ['istio-tutor doctor   shows how to install it'] },
      result,
    );
  }
  const words = cleanLines(result.all ?? '').slice(-LAST_WORDS);
  throw new ToolError(
    {
      what: `${command} ${args[0] ?? ''} failed.`.replace('  ', ' '),
      why: result.timedOut
        ? `It gave no answer within ${(options.timeoutMs ?? 0) / 1000} seconds.`
        : result.exitCode === undefined
          ? `It was ended by ${result.signal ?? 'something else'}.`
          : `It ended with exit code ${result.exitCode}.`,
      next: [`Run it by hand: ${line}`],
      detail: words.length > 0 ? words.join('\n') : undefined,
    },
    result,
  );
}

/**
 * Ends a process that an earlier run started and could not end because it was killed itself. Does so only when the
 * process with that id is still the one we started: its command line must contain `mark`.
 */
export async function endLeftover(pid: number, mark: string): Promise<void> {
  try {
    const { stdout } = await runTool('ps', ['-o', 'command=', '-p', String(pid)]);
    if (!stdout.includes(mark)) return;
    log('tool', `ending the leftover process ${pid}: ${stdout}`);
    process.kill(pid, 'SIGKILL');
  } catch {
    // No such process: it has ended by itself.
  }
}

/** Whether a program of this name is on PATH. Starts nothing. */
export function onPath(command: string, path: string = process.env.PATH ?? ''): boolean {
  return path.split(delimiter).some(folder => folder !== '' && existsSync(join(folder, command)));
}

/** Lines without colours, carriage returns and blank ones: progress bars leave all three. */
function cleanLines(text: string): string[] {
  return text.split(/[\r\n]+/).flatMap(raw => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ANSI escapes are control characters
    const line = raw.replace(/\x1b\[[0-9;?]*[a-zA-Z]/g, '').trimEnd();
    return line.trim() === '' ? [] : [line];
  });
}

function forward(stream: NodeJS.ReadableStream | undefined, onLine: (line: string) => void): void {
  let rest = '';
  stream?.on('data', (chunk: Buffer | string) => {
    const parts = (rest + chunk.toString()).split(/[\r\n]/);
    rest = parts.pop() ?? '';
    for (const part of parts) for (const line of cleanLines(part)) onLine(line);
  });
  stream?.on('end', () => {
    for (const line of cleanLines(rest)) onLine(line);
  });
}
