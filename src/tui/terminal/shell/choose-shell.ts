/** Which shell `!` opens, and how it is started so that it has our commands and kubectl's completion. */
import { accessSync, constants } from 'node:fs';
import { basename } from 'node:path';
import { onPath } from '../../../shared/tool.ts';

export interface ShellChoice {
  /** A path or a name. */
  readonly program: string;
  /** What is set and cannot be run: 'SHELL=/bin/csh'. */
  readonly missing: string | null;
}

/** $SHELL, else sh. */
export function chooseShell(env: NodeJS.ProcessEnv): ShellChoice {
  const { SHELL = '', PATH = '' } = env;
  if (SHELL === '') return { program: 'sh', missing: null };
  const runs = SHELL.includes('/') ? isExecutable(SHELL) : onPath(SHELL, PATH);
  return runs ? { program: SHELL, missing: null } : { program: 'sh', missing: `SHELL=${SHELL}` };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Shells whose start-up files can be followed by one of ours. */
export type Kind = 'bash' | 'zsh' | 'fish' | 'other';

export function kindOf({ program }: ShellChoice): Kind {
  const name = basename(program);
  return name === 'bash' || name === 'zsh' || name === 'fish' ? name : 'other';
}
