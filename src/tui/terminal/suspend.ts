/**
 * Gives the terminal to an editor and takes it back. Ink must be unmounted around it (on-terminal.ts does that):
 * this file only finds the editor and runs it with the terminal's own stdin and stdout.
 */
import { spawn } from 'node:child_process';
import { parse } from 'shell-quote';
import { UserError } from '../../shared/errors.ts';
import { onPath } from '../../shared/tool.ts';

/** Where neither variable is set: the first of these that is installed, as other programs do. */
const USUAL = ['vi', 'nano'];

/** The editor's command line, as git reads it: $VISUAL, else $EDITOR, else a usual one; null when there is none. */
export function editorCommand(env: NodeJS.ProcessEnv): readonly string[] | null {
  for (const value of [env.VISUAL, env.EDITOR]) {
    const words = parse(value ?? '').filter(word => typeof word === 'string');
    if (words.length > 0) return words;
  }
  const usual = USUAL.find(name => onPath(name, env.PATH ?? ''));
  return usual === undefined ? null : [usual];
}

/** Runs the editor on a file; returns when it has ended. Throws UserError when it cannot be started or fails. */
export async function edit(
  command: readonly string[],
  file: string,
  stdin: NodeJS.ReadStream,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const [program = '', ...args] = command;
  // Ink has let go of stdin; it must not read on beside the editor.
  await new Promise(resolve => setImmediate(resolve));
  stdin.pause();
  await new Promise<void>((resolve, reject) => {
    const child = spawn(program, [...args, file], { stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('error', error =>
      reject(
        new UserError({
          what: `The editor ${program} could not be started.`,
          why: error.message,
          next: [
            'Set EDITOR to a program that is installed, then press e again.',
            `Or open ${file} in any editor: saving is enough.`,
          ],
        }),
      ),
    );
    child.on('exit', code =>
      code === 0
        ? resolve()
        : reject(
            new UserError({
              what: `The editor ${program} ended with code ${code ?? 'none'}.`,
              next: [`The file is ${file}.`],
            }),
          ),
    );
  });
}
