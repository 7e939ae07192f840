/**
 * Where an editor opens while the program keeps its screen: a split of tmux or Zellij, or the window of VS Code or Cursor
 * in whose terminal the program runs. Pure.
 */
import { basename } from 'node:path';
import { splitCommand } from './shell/split.ts';
import type { Size } from './window-size.ts';

/** Editors of the window that a terminal of VS Code's belongs to; these take `-r FILE`. */
const OF_A_WINDOW = ['code', 'cursor', 'code-insiders', 'codium', 'windsurf'];

/** These have windows of their own; without one of their flags they leave the terminal at once. */
const WINDOWED: ReadonlyMap<string, RegExp> = new Map([
  ...OF_A_WINDOW.map(name => [name, /^(-w|--wait)$/] as const),
  ...['subl', 'zed', 'mate', 'kate', 'gedit', 'idea'].map(
    name => [name, /^(-w|-b|-s|--wait|--block|--standalone)$/] as const,
  ),
  ...['gvim', 'mvim'].map(name => [name, /^(-f|--nofork)$/] as const),
]);

const nameOf = ([program = '']: readonly string[]) => basename(program).replace(/\.(exe|cmd)$/i, '');

/**
 * In a terminal of one of these the file opens in their window, unless another editor is set; they have one name for
 * all.
 */
export const isInWindow = (env: NodeJS.ProcessEnv): boolean => env.TERM_PROGRAM === 'vscode';

/** The likeliest first: Cursor says that it is VS Code, and leaves its own name only in the paths of its helpers. */
export function windowEditors(env: NodeJS.ProcessEnv): readonly string[] {
  const helpers = [env.VSCODE_GIT_ASKPASS_NODE, env.VSCODE_GIT_ASKPASS_MAIN, env.__CFBundleIdentifier];
  const isCursor = env.CURSOR_TRACE_ID !== undefined || helpers.some(each => /cursor/i.test(each ?? ''));
  return isCursor ? ['cursor', 'code'] : OF_A_WINDOW;
}

interface Asked {
  /** The editor's command line, with what tells it the line (at-line.ts). */
  readonly command: readonly string[];
  readonly file: string;
  readonly folder: string;
}

/** A command that ends as soon as the editor is open; null: the editor needs the terminal that the program has. */
export function besideCommand(
  { command, file, folder }: Asked,
  size: Size,
  env: NodeJS.ProcessEnv,
): { readonly command: readonly string[]; readonly where: 'split' | 'window' } | null {
  const [program = '', ...args] = command;
  if (isInWindow(env) && OF_A_WINDOW.includes(nameOf(command))) {
    const others = args.filter(each => !WINDOWED.get(nameOf(command))?.test(each));
    return { command: [program, '-r', ...others, file], where: 'window' };
  }
  if (WINDOWED.has(nameOf(command))) return null;
  // A multiplexer starts programs with an environment of its own.
  const split = splitCommand(['env', `PATH=${env.PATH ?? ''}`, program, ...args, file], folder, size, env);
  return split === null ? null : { command: split, where: 'split' };
}

/** What to say of an editor that has a window of its own and gave the terminal back at once; null: it did not. */
export function detachedRemark(command: readonly string[]): string | null {
  const waits = WINDOWED.get(nameOf(command));
  if (waits === undefined || command.slice(1).some(each => waits.test(each))) return null;
  return `${command[0]} has a window of its own: saving there is enough, and istio-tutor goes on here.`;
}
