/** The commands that are the shell's own. Source: POSIX.1-2017, Shell Command Language, 2.14 */
import { own, programName } from '../exec/container-command.ts';
import { tested } from './condition.ts';
import type { Shell } from './interpreter.ts';
import { Leave } from './leave.ts';
import { parse } from './parser.ts';
import { pathIn } from './paths.ts';
import { printf } from './printf.ts';
import type { Streams } from './streams.ts';

type Builtin = (shell: Shell, argv: readonly string[], streams: Streams) => Promise<number> | number;

const leave =
  (what: 'break' | 'continue'): Builtin =>
  (_shell, argv) => {
    throw new Leave(what, Math.max(1, Number(argv[1] ?? 1) || 1));
  };

const leaveWith =
  (what: 'return' | 'exit'): Builtin =>
  (shell, argv) => {
    throw new Leave(what, Number(argv[1] ?? shell.status) & 255);
  };

const test: Builtin = (shell, argv, streams) => {
  const { stdin, stdout, stderr, terminal } = streams;
  const { exit, fault } = tested(argv, shell.place.files, shell.folder, stream => {
    if (stream === '0') return terminal !== undefined && stdin === terminal.stdin;
    const out = { '1': stdout, '2': stderr }[stream];
    return terminal !== undefined && (out === terminal.stdout || out === terminal.stderr);
  });
  if (fault !== null) stderr.write(`${shell.name}: ${fault}\n`);
  return exit;
};

export const BUILTINS: Readonly<Record<string, Builtin>> = {
  ':': () => 0,
  '[': test,
  test,
  break: leave('break'),
  continue: leave('continue'),
  return: leaveWith('return'),
  exit: leaveWith('exit'),
  cd,
  pwd: (shell, _argv, { stdout }) => {
    stdout.write(`${shell.folder}\n`);
    return 0;
  },
  printf: (shell, [, ...words], { stdout, stderr }) => {
    const { text, fault } = printf(words);
    stdout.write(text);
    if (fault !== null) stderr.write(`${shell.name}: printf: ${fault}\n`);
    return fault === null ? 0 : 1;
  },
  export: exportNames,
  // Every variable of this shell's functions is a global one: what is declared local is only given its value.
  local: assignAll,
  readonly: assignAll,
  unset: (shell, argv) => {
    for (const name of argv.slice(1)) {
      shell.variables.delete(name);
      shell.exported.delete(name);
      shell.functions.delete(name);
    }
    return 0;
  },
  set: setOptions,
  shift: (shell, argv) => {
    const count = Number(argv[1] ?? 1);
    if (count > shell.positional.length) return 1;
    shell.positional = shell.positional.slice(count);
    return 0;
  },
  read,
  eval: (shell, argv, streams) => shell.run(parse(argv.slice(1).join(' ')), streams),
  exec: (shell, argv, streams) => {
    if (argv.length === 1) return 0;
    return shell.program(argv.slice(1), streams).then(status => {
      throw new Leave('exit', status);
    });
  },
  command: (shell, argv, streams) => {
    if (argv[1] === '-v' || argv[1] === '-V') return tellWhere(shell, argv.slice(2), streams);
    const builtin = own(BUILTINS, argv[1] ?? '');
    return builtin ? builtin(shell, argv.slice(1), streams) : shell.program(argv.slice(1), streams);
  },
  type: (shell, argv, streams) => tellWhere(shell, argv.slice(1), streams),
  wait: async shell => {
    await shell.join();
    return 0;
  },
  trap,
  umask: () => 0,
  time: timed,
};

function cd(shell: Shell, argv: readonly string[], { stdout, stderr }: Streams): number {
  const wanted = argv[1] ?? shell.get('HOME') ?? '/';
  const target = wanted === '-' ? (shell.get('OLDPWD') ?? '/') : wanted;
  const folder = pathIn(shell.folder, target);
  if (!shell.place.files.isFolder(folder)) {
    stderr.write(`${shell.name}: cd: can't cd to ${target}\n`);
    return 2;
  }
  shell.set('OLDPWD', shell.folder);
  shell.folder = folder;
  if (wanted === '-') stdout.write(`${folder}\n`);
  return 0;
}

/** Signals end a command from outside, so of what a script may wait for there is only its own end. */
function trap(shell: Shell, [, ...words]: readonly string[], { stdout }: Streams): number {
  if (words.length === 0 && shell.atExit !== null) {
    stdout.write(`trap -- '${shell.atExit.replaceAll("'", `'"'"'`)}' EXIT\n`);
  }
  const [action = '-', ...conditions] = words.length === 1 ? ['-', ...words] : words;
  if (conditions.some(each => each === 'EXIT' || each === '0')) shell.atExit = action === '-' ? null : action;
  return 0;
}

function assign(shell: Shell, word: string): string {
  const [, name = word, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? [];
  if (value !== undefined) shell.set(name, value);
  return name;
}

function assignAll(shell: Shell, argv: readonly string[]): number {
  for (const word of argv.slice(1)) assign(shell, word);
  return 0;
}

function exportNames(shell: Shell, argv: readonly string[], { stdout }: Streams): number {
  const words = argv.slice(1).filter(word => word !== '-p');
  for (const word of words) shell.exported.add(assign(shell, word));
  if (words.length > 0) return 0;
  for (const [name, value] of Object.entries(shell.environment).sort(([a], [b]) => (a < b ? -1 : 1)))
    stdout.write(`export ${name}='${value}'\n`);
  return 0;
}

function setOptions(shell: Shell, argv: readonly string[], { stdout, stderr }: Streams): number {
  if (argv.length === 1) {
    for (const [name, value] of [...shell.variables].sort(([a], [b]) => (a < b ? -1 : 1)))
      stdout.write(`${name}='${value}'\n`);
    return 0;
  }
  for (let at = 1; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (word === '--' || !/^[-+]/.test(word)) {
      shell.positional = argv.slice(word === '--' ? at + 1 : at);
      return 0;
    }
    if (/^[-+]o$/.test(word)) {
      // pipefail and the like: dash does not have them either.
      const letter = { errexit: 'e', nounset: 'u', xtrace: 'x' }[argv[++at] ?? ''];
      if (letter === undefined) {
        stderr.write(`${shell.name}: set: Illegal option -o ${argv[at] ?? ''}\n`);
        return 2;
      }
      setLetters(shell, word[0] === '-', [letter]);
    } else setLetters(shell, word[0] === '-', [...word.slice(1)]);
  }
  return 0;
}

function setLetters(shell: Shell, on: boolean, letters: readonly string[]): void {
  for (const letter of letters) {
    if (on) shell.options.add(letter);
    else shell.options.delete(letter);
  }
}

/** `read [-r] NAME...`: a line, split; the last name has the rest. */
async function read(shell: Shell, argv: readonly string[], { stdin }: Streams): Promise<number> {
  const names = argv.slice(1).filter(word => !word.startsWith('-'));
  const raw = argv.includes('-r');
  const line = (await stdin?.line()) ?? null;
  let rest = (line ?? '').trim();
  if (!raw) rest = rest.replace(/\\(.)/g, '$1');
  const separators = shell.get('IFS') ?? ' \t\n';
  const cut = separators === '' ? null : new RegExp(`[${separators.replace(/[\\\]^-]/g, '\\$&')}]+`);
  for (const [index, name] of (names.length === 0 ? ['REPLY'] : names).entries()) {
    const found = index < names.length - 1 && cut ? cut.exec(rest) : null;
    shell.set(name, found ? rest.slice(0, found.index) : rest);
    rest = found ? rest.slice(found.index + found[0].length) : index < names.length - 1 ? '' : rest;
  }
  return line === null ? 1 : 0;
}

function tellWhere(shell: Shell, names: readonly string[], { stdout }: Streams): number {
  const programs = shell.place.programs(shell.environment);
  let status = 0;
  for (const name of names) {
    if (shell.functions.has(name) || Object.hasOwn(BUILTINS, name)) stdout.write(`${name}\n`);
    else if (own(programs, programName(name))) stdout.write(`/usr/bin/${programName(name)}\n`);
    else status = 127;
  }
  return status;
}

/** `time COMMAND`; seconds of the wall clock, since there are no others. */
async function timed(shell: Shell, argv: readonly string[], streams: Streams): Promise<number> {
  const started = performance.now();
  const builtin = own(BUILTINS, argv[1] ?? '');
  const status = await (builtin
    ? builtin(shell, argv.slice(1), streams)
    : shell.program(argv.slice(1), streams));
  const seconds = ((performance.now() - started) / 1000).toFixed(2);
  streams.stderr.write(`real\t0m ${seconds}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n`);
  return status;
}
