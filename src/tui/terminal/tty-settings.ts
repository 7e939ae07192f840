/**
 * The terminal's settings around a program that has it for a while: one that was killed, or ended without care, leaves
 * it raw, and what Node puts back is only what it finds.
 */
import { spawn } from 'node:child_process';

/** Reads the settings. Returns how to set them again; where there is no terminal, or no stty, that does nothing. */
export async function keepSettings(
  stdin: NodeJS.ReadStream,
  env: NodeJS.ProcessEnv,
): Promise<() => Promise<void>> {
  if (!stdin.isTTY) return async () => {};
  const saved = await stty(['-g'], env);
  return async () => {
    if (saved !== '') await stty([saved], env);
  };
}

/** What it prints; '' where it fails. */
function stty(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise(resolve => {
    const child = spawn('stty', args, {
      stdio: ['inherit', 'pipe', 'ignore'],
      env: { ...process.env, ...env },
    });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', text => {
      printed += text;
    });
    child.on('error', () => resolve(''));
    child.on('close', code => resolve(code === 0 ? printed.trim() : ''));
  });
}
