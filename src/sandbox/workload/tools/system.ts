/** Programs that tell about the container, or run others: date, id, ps, xargs and the like. */
import { LONGEST_TIMER } from '../../../shared/clock.ts';
import type { ExecStreams } from '../../rooms.ts';
import { type ContainerCommands, own, programName } from '../exec/container-command.ts';
import { printf } from '../shell/printf.ts';
import { Misuse, numberOf, optionsOf, type ToolPlace, toolsOf } from './tool.ts';

export interface SystemPlace extends ToolPlace {
  readonly hostname: string;
  readonly now: () => number;
  /** What runs in the container as process 1. */
  readonly main: string;
  /** For xargs and timeout. */
  readonly programs: () => ContainerCommands;
}

export function systemTools(place: SystemPlace): ContainerCommands {
  return toolsOf(place, {
    ...{ date, id, whoami, uname, hostname, ps, pwd, which, xargs, timeout, clear, kill },
    printf: print,
  });
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September'],
  ...['October', 'November', 'December'],
];

/** In UTC, as containers are. */
function date(place: SystemPlace, argv: readonly string[], { stdout }: ExecStreams): number {
  const { words } = optionsOf(argv, 'uIR');
  const format = words.find(word => word.startsWith('+'))?.slice(1) ?? '%a %b %e %H:%M:%S UTC %Y';
  const at = new Date(place.now());
  const two = (value: number) => String(value).padStart(2, '0');
  const day = DAYS[at.getUTCDay()] ?? '';
  const month = MONTHS[at.getUTCMonth()] ?? '';
  const fields: Readonly<Record<string, string>> = {
    ...{ Y: String(at.getUTCFullYear()), m: two(at.getUTCMonth() + 1), d: two(at.getUTCDate()) },
    ...{ H: two(at.getUTCHours()), M: two(at.getUTCMinutes()), S: two(at.getUTCSeconds()) },
    ...{
      F: at.toISOString().slice(0, 10),
      T: at.toISOString().slice(11, 19),
      e: String(at.getUTCDate()).padStart(2),
    },
    ...{
      s: String(Math.floor(at.getTime() / 1000)),
      N: `${String(at.getTime() % 1000).padStart(3, '0')}000000`,
    },
    ...{
      a: day.slice(0, 3),
      A: day,
      b: month.slice(0, 3),
      B: month,
      Z: 'UTC',
      z: '+0000',
      n: '\n',
      '%': '%',
    },
  };
  stdout(`${format.replace(/%(.)/g, (whole, letter: string) => own(fields, letter) ?? whole)}\n`);
  return 0;
}

/** The user of curl's image. */
function id(_place: SystemPlace, argv: readonly string[], { stdout }: ExecStreams): number {
  const short = argv.some(word => word.includes('u') || word.includes('g'));
  stdout(short ? '100\n' : 'uid=100(curl_user) gid=101(curl_group) groups=101(curl_group)\n');
  return 0;
}

function whoami(_place: SystemPlace, _argv: readonly string[], { stdout }: ExecStreams): number {
  stdout('curl_user\n');
  return 0;
}

function uname(place: SystemPlace, argv: readonly string[], { stdout }: ExecStreams): number {
  const all = argv.includes('-a');
  stdout(
    all
      ? `Linux ${place.hostname} sandbox x86_64 Linux\n`
      : argv.includes('-n')
        ? `${place.hostname}\n`
        : 'Linux\n',
  );
  return 0;
}

function hostname(place: SystemPlace, _argv: readonly string[], { stdout }: ExecStreams): number {
  stdout(`${place.hostname}\n`);
  return 0;
}

function pwd(place: SystemPlace, _argv: readonly string[], { stdout }: ExecStreams): number {
  stdout(`${place.folder}\n`);
  return 0;
}

function ps(place: SystemPlace, _argv: readonly string[], { stdout }: ExecStreams): number {
  stdout(`PID   USER     TIME  COMMAND\n    1 curl_use  0:00 ${place.main}\n`);
  return 0;
}

/** `xargs [-n COUNT] [-I TEXT] COMMAND...` */
async function xargs(place: SystemPlace, argv: readonly string[], streams: ExecStreams): Promise<number> {
  const end = argv.findIndex((word, at) => !word.startsWith('-') && !/^-[nIP]$/.test(argv[at - 1] ?? ''));
  const { values } = optionsOf(end < 0 ? argv : argv.slice(0, end), 'rt0', 'nIP');
  const command = end < 0 ? ['echo'] : argv.slice(end);
  const chunks: Buffer[] = [];
  for await (const chunk of streams.stdin ?? []) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const mark = values.get('I');
  const words = mark === undefined ? text.split(/\s+/) : text.split('\n');
  const given = words.filter(word => word.trim() !== '');
  const size = values.has('n') ? Math.max(1, numberOf(values.get('n') ?? '1')) : given.length;
  let exit = 0;
  for (let at = 0; at < given.length; at += mark === undefined ? size : 1) {
    const next =
      mark === undefined
        ? [...command, ...given.slice(at, at + size)]
        : command.map(word => word.replaceAll(mark, given[at] ?? ''));
    if ((await run(place, next, { ...pass(streams), stdin: null })) !== 0) exit = 123;
    if (streams.signal.aborted) break;
  }
  return exit;
}

/** `timeout SECONDS COMMAND...` */
async function timeout(place: SystemPlace, argv: readonly string[], streams: ExecStreams): Promise<number> {
  const [seconds = '', ...command] = argv.filter((word, at) => !(at === 0 && word.startsWith('-')));
  const limit = Number(seconds.replace(/s$/, ''));
  if (Number.isNaN(limit) || command.length === 0)
    throw new Misuse(`invalid time interval '${seconds}'`, 125);
  const over = AbortSignal.timeout(Math.min(limit * 1000, LONGEST_TIMER));
  const status = await run(place, command, {
    ...pass(streams),
    signal: AbortSignal.any([streams.signal, over]),
  });
  return over.aborted ? 143 : status;
}

async function run(place: SystemPlace, argv: readonly string[], streams: ExecStreams): Promise<number> {
  const [name = ''] = argv;
  const known = own(place.programs(), programName(name));
  if (known) return known(argv, streams);
  streams.stderr(`${name}: not found\n`);
  return 127;
}

function pass({ stdin, stdout, stderr, signal }: ExecStreams): ExecStreams {
  return { stdin, stdout: chunk => stdout(chunk), stderr: chunk => stderr(chunk), signal };
}

function print(_place: SystemPlace, words: readonly string[], { stdout }: ExecStreams): number {
  const { text, fault } = printf(words);
  stdout(text);
  if (fault !== null) throw new Misuse(fault);
  return 0;
}

function clear(_place: SystemPlace, _argv: readonly string[], { stdout }: ExecStreams): number {
  stdout('\u001b[H\u001b[2J');
  return 0;
}

/** Of the processes of a container only its first one has a number. */
function kill(_place: SystemPlace, words: readonly string[]): number {
  const pid = words.at(-1) ?? '';
  throw new Misuse(
    pid === '1' ? "can't kill pid 1: kubectl delete pod ends it" : `can't kill pid ${pid}: No such process`,
  );
}

function which(place: SystemPlace, names: readonly string[], { stdout }: ExecStreams): number {
  const programs = place.programs();
  const found = names.filter(name => own(programs, name));
  for (const name of found) stdout(`/usr/bin/${name}\n`);
  return found.length === names.length ? 0 : 1;
}
