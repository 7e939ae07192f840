/** istioctl and kubectl, where they are installed, against a sandbox of this process: so they must not block it. */
import { execFile } from 'node:child_process';
import { onPath } from '../../src/shared/tool.ts';
import type { SandboxWorld } from './sandbox-world.ts';

export const hasIstioctl = onPath('istioctl');
export const hasKubectl = onPath('kubectl');

export interface Said {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one of them; nothing of the machine's own configuration is read. */
export function run(
  program: 'istioctl' | 'kubectl',
  world: SandboxWorld,
  args: readonly string[],
): Promise<Said> {
  const env = { PATH: process.env.PATH, HOME: world.state, KUBECONFIG: world.cluster.kubeconfig.path };
  return new Promise(resolve => {
    execFile(program, [...args], { env, timeout: 60_000, maxBuffer: 64e6 }, (error, out, err) => {
      const exit = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ exit, out, err });
    });
  });
}
