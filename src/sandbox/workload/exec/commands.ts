/**
 * The small commands that a container in the sandbox has besides its main program, each behaving as on a real one, as
 * far as it goes. Nothing here reaches the machine: the only files are those that the container has mounted.
 */
import { LONGEST_TIMER } from '../../../shared/clock.ts';
import type { ExecStreams, PodResolver } from '../../rooms.ts';
import { tested } from '../shell/condition.ts';
import type { ContainerFiles } from '../shell/files.ts';
import { unescaped } from '../shell/printf.ts';
import { runShell } from '../shell/sh.ts';
import { fileTools } from '../tools/file-tools.ts';
import { find } from '../tools/find.ts';
import { grep } from '../tools/grep.ts';
import { nameTools } from '../tools/names.ts';
import { sed } from '../tools/sed.ts';
import { systemTools } from '../tools/system.ts';
import { tar } from '../tools/tar.ts';
import { textTools } from '../tools/text.ts';
import { tool } from '../tools/tool.ts';
import { type ContainerCommand, type ContainerCommands, own, programName } from './container-command.ts';

export interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly hostname: string;
  readonly resolver: PodResolver;
  readonly files: ContainerFiles;
  readonly now: () => number;
  /** The command line of its process 1. */
  readonly main: string;
  /** Further programs of this container: 'curl', 'node', 'pilot-agent'. */
  readonly programs: ContainerCommands;
  /** All programs that can be run here, with another environment. */
  readonly within: (env: Readonly<Record<string, string>>) => ContainerCommands;
}

const NOT_FOUND = 127;
const CANNOT_RUN_HERE = 125;

/** All programs that can be run here, by name. `sh` runs the others. */
export function programsOf(place: Surroundings): ContainerCommands {
  const at = { files: place.files, folder: place.env.PWD ?? '/' };
  const programs: Record<string, ContainerCommand> = {
    ...place.programs,
    true: () => 0,
    false: () => 1,
    echo,
    env: (argv, streams) => env(place, argv, streams),
    printenv: (argv, { stdout }) => printenv(place.env, argv, stdout),
    sleep,
    test: (argv, streams) => test(at, argv, streams),
    '[': (argv, streams) => test(at, argv, streams),
    ...nameTools(place.resolver),
    find: tool('find', (words, streams) => find(at, words, streams)),
    ...textTools(at),
    ...fileTools(at),
    grep: tool('grep', (words, streams) => grep(at, words, streams)),
    tar: tool('tar', (words, streams) => tar(at, words, streams)),
    sed: tool('sed', (words, streams) => sed(at, words, streams)),
    ...systemTools({
      ...at,
      hostname: place.hostname,
      now: place.now,
      main: place.main,
      programs: () => programs,
    }),
  };
  programs.egrep = tool('grep', (words, streams) => grep(at, ['-E', ...words], streams));
  const sh: ContainerCommand = (argv, streams) =>
    runShell({ files: place.files, programs: place.within }, place.env, argv, streams);
  return { ...programs, sh, ash: sh, bash: sh };
}

/** By `kubectl cp`, and by whoever runs it without a shell. */
function test(
  { files, folder }: { files: ContainerFiles; folder: string },
  argv: readonly string[],
  { stderr, tty = false }: ExecStreams,
): number {
  const { exit, fault } = tested(argv, files, folder, () => tty);
  if (fault !== null) stderr(`${fault}\n`);
  return exit;
}

function printenv(
  env: Readonly<Record<string, string>>,
  [, ...names]: readonly string[],
  stdout: ExecStreams['stdout'],
): number {
  if (names.length === 0) for (const [name, value] of Object.entries(env)) stdout(`${name}=${value}\n`);
  const found = names.filter(name => Object.hasOwn(env, name));
  for (const name of found) stdout(`${env[name] ?? ''}\n`);
  return found.length === names.length ? 0 : 1;
}

/** `env [-i] [-u NAME]... [NAME=VALUE]... [COMMAND]`: prints the environment, or runs a command in it. */
function env(place: Surroundings, argv: readonly string[], streams: ExecStreams): Promise<number> | number {
  let changed: Record<string, string> = { ...place.env };
  let at = 1;
  for (; at < argv.length; at++) {
    const word = argv[at] ?? '';
    const [, name = '', value = ''] = /^([^=-][^=]*)=(.*)$/s.exec(word) ?? [];
    if (word === '-i' || word === '-') changed = {};
    else if (word === '-u') delete changed[argv[++at] ?? ''];
    else if (name !== '') changed[name] = value;
    else break;
  }
  const command = argv.slice(at);
  const [program = ''] = command;
  if (program.startsWith('-')) {
    streams.stderr(`sandbox: env knows -i, -u NAME and NAME=VALUE here, not ${program}.\n`);
    return CANNOT_RUN_HERE;
  }
  if (program === '') {
    for (const [name, value] of Object.entries(changed)) streams.stdout(`${name}=${value}\n`);
    return 0;
  }
  const known = own(place.within(changed), programName(program));
  if (known) return known(command, streams);
  streams.stderr(`env: can't execute '${program}': No such file or directory\n`);
  return NOT_FOUND;
}

const echo: ContainerCommand = (argv, { stdout }) => {
  const options = argv.slice(1).findIndex(word => !/^-[neE]+$/.test(word));
  const first = options < 0 ? argv.length : options + 1;
  const letters = argv.slice(1, first).join('');
  const text = argv.slice(first).join(' ');
  stdout((letters.includes('e') ? unescaped(text) : text) + (letters.includes('n') ? '' : '\n'));
  return 0;
};

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** NaN: it is no time. */
function secondsOf(text: string): number {
  if (/^inf(?:inity)?$/.test(text)) return Number.POSITIVE_INFINITY;
  const [, count, unit = 's'] = /^(\d+(?:\.\d+)?)([smhd])?$/.exec(text) ?? [];
  return Number(count) * (SECONDS[unit] ?? 1);
}

const sleep: ContainerCommand = async (argv, { signal, stderr }) => {
  const seconds = argv
    .slice(1)
    .reduce((sum, word) => sum + secondsOf(word), argv.length > 1 ? 0 : Number.NaN);
  if (Number.isNaN(seconds)) {
    stderr(`sleep: invalid time interval '${argv[1] ?? ''}'\n`);
    return 1;
  }
  await new Promise<void>(done => {
    const timer = setTimeout(done, Math.min(seconds * 1000, LONGEST_TIMER));
    if (signal.aborted) done();
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      done();
    });
  });
  return 0;
};
