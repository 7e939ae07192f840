/** Completions for a shell, made from the commands as commander knows them. */
import type { Command } from 'commander';
import { UserError } from '../../shared/errors.ts';
import type { GlobalOptions } from '../globals.ts';
import { printExact } from '../print/out.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export function completion(shell: string, _options: GlobalOptions, command: Command): void {
  const program = command.parent as Command;
  const words = wordsOf(program);
  if (shell === 'bash') printExact(bash(words));
  else if (shell === 'zsh')
    printExact(`#compdef istio-tutor\nautoload -U bashcompinit && bashcompinit\n${bash(words)}`);
  else if (shell === 'fish') printExact(fish(program));
  else {
    throw new UserError({
      what: `There are no completions for ${JSON.stringify(shell)}.`,
      next: SHELLS.map(each => `istio-tutor completion ${each}`),
    });
  }
}

interface Words {
  /** By command ('' is the program): what may follow it. */
  readonly [command: string]: readonly string[];
}

function wordsOf(program: Command): Words {
  const flags = (command: Command) =>
    command.options.flatMap(each => (each.hidden || !each.long ? [] : [each.long]));
  const shared = [...flags(program), '--help'];
  const names = program.commands.map(each => each.name());
  return {
    '': [...names, ...shared],
    ...Object.fromEntries(
      program.commands.map(command => [
        command.name(),
        [
          ...command.commands.map(each => each.name()),
          ...flags(command),
          ...command.commands.flatMap(flags),
          ...shared,
        ],
      ]),
    ),
  };
}

function bash(words: Words): string {
  const cases = Object.entries(words).map(
    ([command, list]) => `    ${command === '' ? '*' : command}) words="${[...new Set(list)].join(' ')}" ;;`,
  );
  // The program's own words last: `case` takes the first pattern that matches.
  return `_istio_tutor() {
  local words command="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    [[ \${COMP_WORDS[i]} != -* ]] && { command=\${COMP_WORDS[i]}; break; }
  done
  case $command in
${[...cases.slice(1), ...cases.slice(0, 1)].join('\n')}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}")
}
complete -o default -F _istio_tutor istio-tutor
`;
}

function fish(program: Command): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "\\'")}'`;
  const flag = (condition: string) => (option: Command['options'][number]) =>
    option.hidden || !option.long
      ? []
      : [`complete -c istio-tutor${condition} -l ${option.long.slice(2)} -d ${quoted(option.description)}`];
  return [
    ...program.commands.map(
      each =>
        `complete -c istio-tutor -n __fish_use_subcommand -a ${each.name()} -d ${quoted(each.summary() || each.description())}`,
    ),
    ...program.options.flatMap(flag('')),
    ...program.commands.flatMap(command =>
      [...command.options, ...command.commands.flatMap(each => each.options)].flatMap(
        flag(` -n '__fish_seen_subcommand_from ${command.name()}'`),
      ),
    ),
    '',
  ].join('\n');
}
