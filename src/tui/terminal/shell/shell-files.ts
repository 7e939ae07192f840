/**
 * What lies in the private folder of a shell that `!` opens: the commands `task`, `verify` and `hint`, a start-up file
 * that runs behind the user's own, and the script that starts it all. Texts alone.
 */
import { join } from 'node:path';
import { tilde } from '../../../shared/paths.ts';
import { shellWord } from '../../../shared/shell.ts';
import { kindOf, type ShellChoice } from './choose-shell.ts';

export interface ShellPlace {
  /** Where it begins: the learner's folder. */
  readonly folder: string;
  readonly kubeconfig: string;
  readonly namespace: string;
}

/** What the commands may ask the program for, and what each says of itself. */
export const COMMANDS = ['task', 'verify', 'hint'] as const;

interface TextFile {
  readonly name: string;
  readonly text: string;
  readonly runs?: true;
}

/** `home` is the private folder; `env` the user's. */
export function shellFiles(
  home: string,
  shell: ShellChoice,
  place: ShellPlace,
  env: NodeJS.ProcessEnv,
): readonly TextFile[] {
  return [
    { name: 'ask.cjs', text: ASK },
    ...COMMANDS.map(name => ({ name: `bin/${name}`, text: command(home, name), runs: true as const })),
    ...startUp(home, shell, place),
    { name: 'start', text: start(home, shell, place, env), runs: true },
  ];
}

/** The socket on which the program answers. */
export const socketOf = (home: string) => join(home, 'socket');

const ASK = `const { writeSync } = require('node:fs');
const socket = require('node:net').connect(process.argv[2]);
socket.on('error', () => writeSync(2, 'istio-tutor has ended, so nobody answers here.\\n'));
socket.setEncoding('utf8').on('data', text => writeSync(1, text));
socket.end(process.argv[3]);
`;

const command = (home: string, name: string) => `#!/bin/sh
exec ${shellWord(process.execPath)} ${shellWord(join(home, 'ask.cjs'))} ${shellWord(socketOf(home))} ${name}
`;

/** The same in bash and zsh: their start-up files may have set either. */
const ours = (home: string, { kubeconfig }: ShellPlace) => `export KUBECONFIG=${shellWord(kubeconfig)}
export PATH=${shellWord(join(home, 'bin'))}:"$PATH"
`;

function startUp(home: string, shell: ShellChoice, place: ShellPlace): readonly TextFile[] {
  switch (kindOf(shell)) {
    case 'bash':
      // `source <(...)` reads nothing in bash 3.2.
      return [
        {
          name: 'bashrc',
          text: `[ -f ~/.bashrc ] && . ~/.bashrc
${ours(home, place)}if command -v kubectl > /dev/null && ! complete -p kubectl > /dev/null 2>&1; then
  for _file in /usr/share/bash-completion/bash_completion /opt/homebrew/etc/profile.d/bash_completion.sh /usr/local/etc/profile.d/bash_completion.sh; do
    declare -F _get_comp_words_by_ref > /dev/null || { [ -f "$_file" ] && . "$_file"; }
  done
  unset _file
  # What kubectl's completion needs of bash-completion, where that is not installed.
  declare -F _get_comp_words_by_ref > /dev/null || _get_comp_words_by_ref() {
    cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} cword=$COMP_CWORD
    words=("\${COMP_WORDS[@]}")
  }
  eval "$(kubectl completion bash)"
fi
`,
        },
      ];
    case 'zsh':
      return [
        { name: 'zsh/.zshenv', text: zshFile('.zshenv') },
        {
          name: 'zsh/.zshrc',
          text: `${zshFile('.zshrc')}ZDOTDIR=\${ISTIO_TUTOR_ZDOTDIR:-$HOME}
${ours(home, place)}if (( $+commands[kubectl] )); then
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
  source <(kubectl completion zsh)
fi
`,
        },
      ];
    default:
      return [];
  }
}

const zshFile = (name: string) =>
  `[[ -f "\${ISTIO_TUTOR_ZDOTDIR:-$HOME}/${name}" ]] && source "\${ISTIO_TUTOR_ZDOTDIR:-$HOME}/${name}"\n`;

/** A terminal multiplexer starts it with an environment of its own, so it sets what the shell needs. */
function start(home: string, shell: ShellChoice, place: ShellPlace, env: NodeJS.ProcessEnv): string {
  const { folder, namespace } = place;
  const said = `${tilde(folder)}; kubectl means the lab, namespace ${namespace}. task, verify, hint ask istio-tutor; exit goes back.`;
  return `#!/bin/sh
cd ${shellWord(folder)} || exit 1
PATH=${shellWord(env.PATH ?? '')}
${ours(home, place)}printf '%s\\n' ${shellWord(said)}
exec ${execLine(home, shell, env)}
`;
}

function execLine(home: string, shell: ShellChoice, env: NodeJS.ProcessEnv): string {
  const program = shellWord(shell.program);
  switch (kindOf(shell)) {
    case 'bash':
      return `${program} --rcfile ${shellWord(join(home, 'bashrc'))} -i`;
    case 'zsh':
      return `env ISTIO_TUTOR_ZDOTDIR=${shellWord(env.ZDOTDIR ?? '')} ZDOTDIR=${shellWord(join(home, 'zsh'))} ${program} -i`;
    case 'fish':
      // KUBECONFIG and PATH are exported above; config.fish has run by then and may have changed them.
      return `${program} --init-command ${shellWord(
        `set -gx PATH ${fishWord(join(home, 'bin'))} $PATH; type -q kubectl; and kubectl completion fish | source`,
      )}`;
    default:
      return program;
  }
}

const fishWord = (word: string) => `'${word.replace(/['\\]/g, '\\$&')}'`;
