/** Opens a file in the learner's editor: beside the program where that can be, else in its place until it ends. */
import { dirname } from 'node:path';
import { atLine } from './at-line.ts';
import { besideCommand, detachedRemark } from './beside.ts';
import { succeeds } from './succeeds.ts';
import { chooseEditor, edit, editorRemark } from './suspend.ts';
import type { Size } from './window-size.ts';

interface On {
  readonly env: NodeJS.ProcessEnv;
  readonly size: Size;
  /** Gives the terminal to what it calls, and takes it back. */
  lend(work: () => Promise<string | null>): Promise<string | null>;
}

/** `line`: where to begin, from 1. Returns what is to be said, if anything. */
export async function openEditor(file: string, line: number | undefined, on: On): Promise<string | null> {
  const { env } = on;
  const choice = chooseEditor(env);
  if (choice.command === null) return editorRemark(choice, file);
  const { command } = choice;
  const beside = besideCommand({ ...atLine(command, file, line), folder: dirname(file) }, on.size, env);
  if (beside !== null && (await succeeds(beside.command, env))) {
    const there = beside.where === 'window' ? `${command[0]} has it in its window: saving is enough.` : null;
    return together(editorRemark(choice, file), there);
  }
  // The window did not take it: another editor may do.
  const other = beside?.where === 'window' ? chooseEditor({ ...env, TERM_PROGRAM: undefined }) : choice;
  return on.lend(async () => {
    const words = other.command ?? command;
    const begin = atLine(words, file, line);
    await edit(begin.command, begin.file, env);
    return together(editorRemark(other, file), detachedRemark(words));
  });
}

function together(...remarks: readonly (string | null)[]): string | null {
  return remarks.filter(each => each !== null).join(' ') || null;
}
