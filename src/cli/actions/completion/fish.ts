/** The script for fish. */
import type { Completed, Flag } from './words.ts';

export function fishScript([program, ...commands]: readonly Completed[]): string {
  return [
    ...commands.map(each =>
      line('-n __fish_use_subcommand -f', `-a ${each.name} -d ${quoted(each.summary)}`),
    ),
    ...own('-n __fish_use_subcommand', program, commands),
    ...(program?.flags ?? []).map(each => flagLine('', each)),
    ...commands.flatMap(each => {
      const here = `-n '__fish_seen_subcommand_from ${each.name}'`;
      return [...own(here, each, []), ...each.flags.map(flag => flagLine(here, flag))];
    }),
    '',
  ].join('\n');
}

/** Names of lessons and the like: what is no command, since those have lines of their own. */
function own(condition: string, each: Completed | undefined, commands: readonly Completed[]): string[] {
  const words = (each?.words ?? []).filter(word => commands.every(command => command.name !== word));
  return words.length === 0 ? [] : [line(condition, `-f -a ${quoted(words.join(' '))}`)];
}

function flagLine(condition: string, { names, description, value }: Flag): string {
  const spelled = names.map(each => (each.startsWith('--') ? `-l ${each.slice(2)}` : `-s ${each.slice(1)}`));
  return line(condition, [...spelled, ...valueWords(value), `-d ${quoted(description)}`].join(' '));
}

/** -r: it takes something, file names among them; -x: something, and no file name. */
function valueWords(value: Flag['value']): string[] {
  if (value === null) return [];
  if (value === 'unknown') return ['-x'];
  if ('words' in value) return [`-x -a ${quoted(value.words.join(' '))}`];
  return value.path === 'file' ? ['-r'] : ["-x -a '(__fish_complete_directories)'"];
}

const line = (condition: string, rest: string) =>
  `complete -c istio-tutor${condition === '' ? '' : ` ${condition}`} ${rest}`;

const quoted = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`;
