/** What may follow what on our command line, from the commands as commander knows them. */
import type { Command, Option } from 'commander';

/** What an option takes: words of ours, a path, or what nobody can know. null: it takes nothing. */
type Value = { readonly words: readonly string[] } | { readonly path: 'file' | 'folder' } | 'unknown' | null;

export interface Flag {
  /** '--on', and '-n' where there is a short one. */
  readonly names: readonly string[];
  readonly description: string;
  readonly value: Value;
}

export interface Completed {
  /** '': the program itself. */
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly Flag[];
  /** What may stand as an argument: commands, names of lessons. */
  readonly words: readonly string[];
}

/** Names of lessons and drills, as they are typed. */
export interface Names {
  readonly lessons: readonly string[];
  readonly drills: readonly string[];
  readonly kinds: readonly string[];
}

/** The program first. */
export function completed(program: Command, names: Names): readonly Completed[] {
  const both = [...names.lessons, ...names.drills];
  const args: Readonly<Record<string, readonly string[]>> = {
    ...{ run: names.lessons, reset: names.lessons, drill: names.drills, check: both },
    ...{ reference: names.kinds, new: ['lesson', 'drill'], completion: ['bash', 'zsh', 'fish'] },
  };
  const flagsOf = (command: Command) => command.options.flatMap(each => flagOf(each, both));
  return [
    {
      ...{ name: '', summary: '', flags: flagsOf(program) },
      words: [...program.commands.map(each => each.name()), ...names.lessons],
    },
    ...program.commands.map(command => ({
      name: command.name(),
      summary: command.summary() || command.description(),
      flags: [command, ...command.commands].flatMap(flagsOf),
      words: [...command.commands.map(each => each.name()), ...(args[command.name()] ?? [])],
    })),
  ];
}

function flagOf(option: Option, places: readonly string[]): Flag[] {
  const names = [option.long, option.short].flatMap(each => each ?? []);
  if (option.hidden || names.length === 0) return [];
  return [{ names, description: option.description, value: takenBy(option, places) }];
}

/** By how the help names it: '--on <PROVIDER>'. */
function takenBy({ flags }: Option, places: readonly string[]): Value {
  const name = /<(.*)>/.exec(flags)?.[1];
  switch (name) {
    case undefined:
      return null;
    case 'FILE':
      return { path: 'file' };
    case 'DIR':
      return { path: 'folder' };
    case 'PROVIDER':
      return { words: ['sandbox', 'kind', 'context'] };
    case 'STEP':
      return { words: places };
    default:
      return 'unknown';
  }
}
