import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { inject } from 'vitest';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const run = promisify(execFile);

/** Runs the built program on the live cluster, and returns however it ends. */
export async function tutor(...args: string[]): Promise<Ended> {
  const { program, state, work, name } = inject('live');
  const common = ['--state', state, '--work', work, '--name', name, '--on', 'kind'];
  const split = args.indexOf('--');
  const all = split < 0 ? [...args, ...common] : [...args.slice(0, split), ...common, ...args.slice(split)];
  try {
    return { code: 0, ...(await run(process.execPath, [program, ...all], { maxBuffer: 64e6 })) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}
