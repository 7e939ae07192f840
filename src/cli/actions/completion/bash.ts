/** The script for bash, which zsh reads as well. It runs in bash 3.2, which macOS has: no mapfile there. */
import type { Completed, Flag } from './words.ts';

export function bashScript(all: readonly Completed[]): string {
  const [program, ...commands] = all;
  const shared = [...(program?.flags.flatMap(long) ?? []), '--help'];
  const words = (each: Completed) =>
    unique([...each.words, ...each.flags.flatMap(long), ...shared]).join(' ');
  const taking = unique(
    all
      .flatMap(each => each.flags)
      .filter(each => each.value !== null)
      .flatMap(each => each.names),
  );
  // The program's own words last: `case` takes the first pattern that matches.
  return `_istio_tutor() {
  local words="" command="" i=1
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD - 1]}"
  if [[ $current == = ]]; then
    current=""
  elif [[ $before == = ]]; then
    before="\${COMP_WORDS[COMP_CWORD - 2]}"
  fi
  while ((i < COMP_CWORD)); do
    case "\${COMP_WORDS[i]}" in
      ${taking.join('|')})
        [[ "\${COMP_WORDS[i + 1]}" == = ]] && i=$((i + 1))
        i=$((i + 1)) ;;
      -*) ;;
      *) command="\${COMP_WORDS[i]}"; break ;;
    esac
    i=$((i + 1))
  done
  COMPREPLY=()
  case "$command $before" in
${valueCases([...commands, ...(program ? [program] : [])]).join('\n')}
    *)
      case "$command" in
${commands.map(each => `        ${each.name}) words="${words(each)}" ;;`).join('\n')}
        *) words="${program ? words(program) : ''}" ;;
      esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _istio_tutor istio-tutor
`;
}

/**
 * What follows an option that takes something: where nothing of ours does, bash's own file names. The same option may
 * take one thing in one command and another in the next; the program's stand in all of them.
 */
function valueCases(all: readonly Completed[]): string[] {
  return all.flatMap(({ name, flags }) => {
    const patterns = new Map<string, string[]>();
    for (const { names, value } of flags) {
      if (value === null) continue;
      const body = bodyFor(value);
      const found = names.map(each => (name === '' ? `*' ${each}'` : `'${name} ${each}'`));
      patterns.set(body, unique([...(patterns.get(body) ?? []), ...found]));
    }
    return [...patterns].map(([body, each]) => `    ${each.join('|')}) ${body} ;;`);
  });
}

function bodyFor(value: NonNullable<Flag['value']>): string {
  if (value === 'unknown') return 'return';
  if ('words' in value) return `words="${value.words.join(' ')}"`;
  return value.path === 'file' ? 'return' : 'COMPREPLY=($(compgen -d -- "$current")); return';
}

const long = ({ names }: Flag) => names.filter(each => each.startsWith('--'));

const unique = (words: readonly string[]) => [...new Set(words)];
