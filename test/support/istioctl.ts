/** istioctl and kubectl, where they are installed, against a sandbox of this process: so they must not block it. */
import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { onPath } from '../../src/shared/tool.ts';
import type { SandboxWorld } from './sandbox-world.ts';

export const hasIstioctl = onPath('istioctl');
export const hasKubectl = onPath('kubectl');

export interface Said {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

type Program = 'istioctl' | 'kubectl';

function variables(world: SandboxWorld): Record<string, string> {
  return { PATH: process.env.PATH ?? '', HOME: world.state, KUBECONFIG: world.cluster.kubeconfig.path };
}

/** Runs one of them; nothing of the machine's own configuration is read. */
export function run(
  program: Program,
  world: SandboxWorld,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
  input = '',
): Promise<Said> {
  const options = { env: { ...variables(world), ...more }, timeout: 60_000, maxBuffer: 64e6 };
  return new Promise(resolve => {
    const child = execFile(program, [...args], options, (error, out, err) => {
      const exit = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ exit, out, err });
    });
    child.stdin?.end(input);
  });
}

/** Begins one that goes on until it is ended. */
export function begin(
  program: Program,
  world: SandboxWorld,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): ChildProcessByStdio<null, Readable, Readable> {
  const env = { ...variables(world), ...more };
  return spawn(program, [...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}
