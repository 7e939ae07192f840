/**
 * Gives the terminal to an editor and takes it back. Ink must be unmounted around it (on-terminal.ts does that):
 * this file only finds the editor and runs it with the terminal's own stdin and stdout.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { parse } from 'shell-quote';
import { UserError } from '../../shared/errors.ts';
import { onPath } from '../../shared/tool.ts';
import { isInWindow, windowEditors } from './beside.ts';

/**
 * Where neither variable names one that is installed: the first of these that is there, the ones that every system
 * has before those that somebody has chosen.
 */
const USUAL: readonly (readonly [string, ...string[]])[] = [
  ['vi'], ['nano'], ['vim'], ['nvim'], ['emacs'], ['micro'], ['hx'], ['helix'], ['joe'], ['code', '--wait'], ['notepad.exe'], ['ed'],
]; // biome-ignore format: a table

export interface EditorChoice {
  /** The command line without the file; null: there is no editor at all. */
  readonly command: readonly string[] | null;
  /** What is set and is not installed: 'EDITOR=subl'. */
  readonly missing: readonly string[];
}

/**
 * The editor as git reads it: $VISUAL, else $EDITOR, else that of the window or a usual one; what is not installed is
 * passed over.
 */
export function chooseEditor(env: NodeJS.ProcessEnv): EditorChoice {
  const path = env.PATH ?? '';
  const missing: string[] = [];
  for (const name of ['VISUAL', 'EDITOR'] as const) {
    const words = parse(env[name] ?? '').filter(word => typeof word === 'string');
    const [program] = words;
    if (program === undefined) continue;
    if (isInstalled(program, path)) return { command: words, missing };
    missing.push(`${name}=${program}`);
  }
  const window = isInWindow(env) ? windowEditors(env).find(each => onPath(each, path)) : undefined;
  if (window !== undefined) return { command: [window], missing };
  return { command: USUAL.find(([program]) => isInstalled(program, path)) ?? null, missing };
}

/** Windows finds a program by endings that are not written: what is set there is tried as it is. */
const isInstalled = (program: string, path: string): boolean =>
  program.includes('/')
    ? existsSync(program)
    : onPath(program, path) || (process.platform === 'win32' && !program.endsWith('.exe'));

/** What to say before a choice that is not the learner's own; null: nothing. */
export function editorRemark({ command, missing }: EditorChoice, file: string): string | null {
  const lost = missing.map(each => `${each} is not installed here.`).join(' ');
  if (command !== null) return lost === '' ? null : `${lost} ${command[0]} was opened in its place.`;
  const none = 'No editor was found: EDITOR is not set, and neither vi nor nano is on the PATH.';
  return `${lost === '' ? none : `${lost} No other was found.`} Open ${file} in any editor: saving is enough.`;
}

/** Runs the editor on a file; returns when it has ended. Throws UserError when it cannot be started or fails. */
export async function edit(command: readonly string[], file: string, env: NodeJS.ProcessEnv): Promise<void> {
  const [program = '', ...args] = command;
  await new Promise<void>((resolve, reject) => {
    const child = spawn(program, [...args, file], { stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('error', error =>
      reject(
        new UserError({
          what: `The editor ${program} could not be started: ${error.message}.`,
          next: [
            'Set EDITOR to a program that is installed, then press e again.',
            `Or open ${file} in any editor: saving is enough.`,
          ],
        }),
      ),
    );
    child.on('exit', (code, signal) =>
      code === 0
        ? resolve()
        : reject(
            new UserError({
              what:
                signal === null
                  ? `The editor ${program} ended with code ${code}.`
                  : `The editor ${program} was killed, by ${signal}.`,
              next: [`The file is ${file}.`],
            }),
          ),
    );
  });
}
