/** A command that opens something beside the program, and says nothing on the program's screen. */
import { spawn } from 'node:child_process';

/** Whether it could be started and ended with 0. */
export function succeeds(
  [program = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<boolean> {
  return new Promise(resolve => {
    const child = spawn(program, args, { stdio: 'ignore', env: { ...process.env, ...env } });
    child.on('error', () => resolve(false));
    child.on('exit', code => resolve(code === 0));
  });
}
