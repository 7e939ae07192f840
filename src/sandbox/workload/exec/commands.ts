/**
 * The small commands that a container in the sandbox has besides its main program, each behaving as on a real one, as
 * far as it goes. Nothing here reaches the machine: the only files are those that the container has mounted.
 */
import type { ExecStreams, PodResolver } from '../../rooms.ts';
import { NotHere, readShell, type ShellCommand } from './shell-words.ts';

/** Runs a command. Returns the exit code. */
export type ContainerCommand = (argv: readonly string[], streams: ExecStreams) => Promise<number> | number;

export interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly hostname: string;
  readonly resolver: PodResolver;
  /** A file of the container; null if there is none at this path. */
  readonly readFile: (path: string) => string | null;
  /** Further programs of this container: 'curl', 'node', 'pilot-agent'. */
  readonly programs: Readonly<Record<string, ContainerCommand>>;
  /** All programs that can be run here, with another environment. */
  readonly within: (env: Readonly<Record<string, string>>) => Readonly<Record<string, ContainerCommand>>;
}

const NOT_FOUND = 127;
const CANNOT_RUN_HERE = 125;

/** All programs that can be run here, by name. `sh` runs the others. */
export function programsOf(place: Surroundings): Readonly<Record<string, ContainerCommand>> {
  const programs: Record<string, ContainerCommand> = {
    ...place.programs,
    true: () => 0,
    false: () => 1,
    echo,
    cat: (argv, streams) => cat(place, argv, streams),
    env: (argv, streams) => env(place, argv, streams),
    hostname: (_argv, { stdout }) => {
      stdout(`${place.hostname}\n`);
      return 0;
    },
    sleep,
    nslookup: (argv, streams) => nslookup(place.resolver, argv, streams),
    getent: (argv, streams) => getent(place.resolver, argv, streams),
  };
  programs.sh = (argv, streams) => sh(programs, place.env, argv, streams);
  return programs;
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

/** '/usr/bin/curl' -> 'curl'; there are no programs in other folders. */
export function programName(program: string): string {
  return program.replace(/^(?:\/usr)?(?:\/local)?\/s?bin\//, '');
}

const echo: ContainerCommand = (argv, { stdout }) => {
  const bare = argv[1] === '-n';
  stdout(argv.slice(bare ? 2 : 1).join(' ') + (bare ? '' : '\n'));
  return 0;
};

async function cat({ readFile }: Surroundings, argv: readonly string[], streams: ExecStreams) {
  let exit = 0;
  const files = argv.slice(1);
  for (const name of files.length === 0 ? ['-'] : files) {
    if (name === '-') {
      for await (const chunk of streams.stdin ?? []) streams.stdout(chunk);
      continue;
    }
    const text = readFile(name);
    if (text === null) {
      streams.stderr(`cat: ${name}: No such file or directory\n`);
      exit = 1;
    } else streams.stdout(text);
  }
  return exit;
}

const sleep: ContainerCommand = async (argv, { signal, stderr }) => {
  const seconds = Number(/^(\d+(?:\.\d+)?)s?$/.exec(argv[1] ?? '')?.[1] ?? Number.NaN);
  if (Number.isNaN(seconds)) {
    stderr(`sleep: invalid time interval '${argv[1] ?? ''}'\n`);
    return 1;
  }
  await new Promise<void>(done => {
    const timer = setTimeout(done, Math.min(seconds * 1000, 2 ** 31 - 1));
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      done();
    });
  });
  return 0;
};

/** In BusyBox's format; the server is the cluster's DNS. */
function nslookup(resolver: PodResolver, argv: readonly string[], { stdout }: ExecStreams): number {
  const name = argv[1] ?? '';
  const addresses = resolver.resolve(name);
  stdout('Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n');
  if (addresses.length === 0) {
    stdout(`** server can't find ${name}: NXDOMAIN\n\n`);
    return 1;
  }
  stdout(`${addresses.map(address => `Name:\t${name}\nAddress: ${address}\n`).join('')}\n`);
  return 0;
}

function getent(resolver: PodResolver, argv: readonly string[], { stdout, stderr }: ExecStreams): number {
  const [, database, ...names] = argv;
  if (database !== 'hosts' && database !== 'ahostsv4') {
    stderr(`sandbox: getent knows the database hosts here, not ${database ?? 'none'}.\n`);
    return 1;
  }
  let exit = 0;
  for (const name of names) {
    const addresses = resolver.resolve(name);
    if (addresses.length === 0) exit = 2;
    for (const address of addresses) stdout(`${address.padEnd(15)} ${name}\n`);
  }
  return exit;
}

async function sh(
  programs: Readonly<Record<string, ContainerCommand>>,
  env: Readonly<Record<string, string>>,
  argv: readonly string[],
  streams: ExecStreams,
): Promise<number> {
  const script = argv[1] === '-c' ? argv[2] : undefined;
  if (script === undefined) {
    streams.stderr("sandbox: there is no interactive shell here; sh -c 'COMMAND; COMMAND' works.\n");
    return 2;
  }
  let exit = 0;
  const positional = argv.slice(3);
  const expand = (name: string) =>
    name === '?' ? String(exit) : /^\d$/.test(name) ? (positional[Number(name)] ?? '') : (env[name] ?? '');
  try {
    for (const line of readShell(script)) {
      if (streams.signal.aborted) return 137;
      if ((line.when === 'success' && exit !== 0) || (line.when === 'failure' && exit === 0)) continue;
      const command = line.command(expand);
      const [name = ''] = command.words;
      if (name === 'exit') return Number(command.words[1] ?? exit) & 255;
      const program = name === ':' ? () => 0 : own(programs, name);
      const redirected = redirect(command, streams);
      if (program) exit = await program(command.words, redirected);
      else {
        redirected.stderr(`sh: ${name}: not found\n`);
        exit = NOT_FOUND;
      }
    }
  } catch (error) {
    if (!(error instanceof NotHere)) throw error;
    streams.stderr(`sandbox: ${error.message}; it has commands parted by ; && ||, quotes, >&2 and exit.\n`);
    return 2;
  }
  return exit;
}

function redirect({ stdout, stderr }: ShellCommand, streams: ExecStreams): ExecStreams {
  const ways = {
    stdout: streams.stdout.bind(streams),
    stderr: streams.stderr.bind(streams),
    nowhere: () => {},
  };
  return { stdin: streams.stdin, signal: streams.signal, stdout: ways[stdout], stderr: ways[stderr] };
}

/** Not what an object inherits: there is no command named 'constructor'. */
export function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
