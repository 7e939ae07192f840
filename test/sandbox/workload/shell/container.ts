import { programsOf } from '../../../../src/sandbox/workload/exec/commands.ts';
import type { ContainerCommands } from '../../../../src/sandbox/workload/exec/container-command.ts';
import { ContainerFiles } from '../../../../src/sandbox/workload/shell/files.ts';

export interface Ran {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Options {
  readonly stdin?: string | AsyncIterable<Buffer>;
  readonly signal?: AbortSignal;
  readonly tty?: boolean;
  readonly onStdout?: (text: string) => void;
}

/** A container with the small commands and a shell, and no other program. */
export function container(mounted: Readonly<Record<string, string>> = {}) {
  const files = new ContainerFiles(path => mounted[path] ?? null);
  const within = (env: Readonly<Record<string, string>>): ContainerCommands =>
    programsOf({
      ...{ env, hostname: 'pod', files, now: Date.now, main: 'sleep infinity', programs: {}, within },
      resolver: { resolve: () => [] },
    });
  return async (command: readonly string[], options: Options = {}): Promise<Ran> => {
    const [name = ''] = command;
    const program = within({ HOME: '/', A: 'b' })[name];
    if (!program) throw new Error(`no ${name}`);
    const output = { stdout: '', stderr: '' };
    const { stdin, signal = new AbortController().signal, tty, onStdout } = options;
    const exit = await program(command, {
      stdin: typeof stdin === 'string' ? one(Buffer.from(stdin)) : (stdin ?? null),
      stdout: chunk => {
        output.stdout += chunk.toString();
        onStdout?.(output.stdout);
      },
      stderr: chunk => {
        output.stderr += chunk.toString();
      },
      ...{ signal, tty },
    });
    return { exit, ...output };
  };
}

async function* one(chunk: Buffer): AsyncGenerator<Buffer> {
  yield chunk;
}
