/** Completions for a shell, made from the commands as commander knows them and the lessons that there are. */
import type { Command } from 'commander';
import { REFERENCE_KINDS } from '../../course/reference.ts';
import { UserError } from '../../shared/errors.ts';
import type { GlobalOptions } from '../globals.ts';
import { openCourse, openDrills } from '../open/course.ts';
import { printExact } from '../print/out.ts';
import { bashScript } from './completion/bash.ts';
import { fishScript } from './completion/fish.ts';
import { completed } from './completion/words.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export async function completion(shell: string, options: GlobalOptions, command: Command): Promise<void> {
  if (!SHELLS.some(each => each === shell)) {
    throw new UserError({
      what: `There are no completions for ${JSON.stringify(shell)}.`,
      next: SHELLS.map(each => `istio-tutor completion ${each}`),
    });
  }
  const [lessons, drills] = await Promise.all([openCourse(options), openDrills(options)]);
  const all = completed(command.parent as Command, {
    lessons: lessons.lessons.map(each => each.id),
    drills: drills.lessons.map(each => each.id),
    kinds: REFERENCE_KINDS,
  });
  if (shell === 'bash') printExact(bashScript(all));
  else if (shell === 'zsh')
    printExact(`#compdef istio-tutor\nautoload -U bashcompinit && bashcompinit\n${bashScript(all)}`);
  else printExact(fishScript(all));
}
