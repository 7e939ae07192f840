/** cat, head, tail, wc, tee, sort, uniq, cut, tr, seq. Source: POSIX.1-2017, Utilities */
import type { ExecStreams } from '../../rooms.ts';
import type { ContainerCommands } from '../exec/container-command.ts';
import { pathIn } from '../shell/paths.ts';
import { unescaped } from '../shell/printf.ts';
import { inputsOf, linesOf, Misuse, numberOf, optionsOf, type ToolPlace, toolsOf } from './tool.ts';

export function textTools(place: ToolPlace): ContainerCommands {
  return toolsOf(place, { cat, head, tail, wc, tee, sort, uniq, cut, tr, seq });
}

/** Files that are not there are told, and make the exit code 1. */
function complaints(name: string, { stderr }: ExecStreams) {
  const state = { exit: 0 };
  const told = (message: string) => {
    stderr(`${name}: ${message}\n`);
    state.exit = 1;
  };
  return { told, state };
}

async function cat(place: ToolPlace, argv: readonly string[], streams: ExecStreams): Promise<number> {
  const { words } = optionsOf(argv, 'u');
  const { told, state } = complaints('cat', streams);
  for await (const { chunks } of inputsOf(place, words, streams, told))
    for await (const chunk of chunks) streams.stdout(chunk);
  return state.exit;
}

/** `head -5` is `head -n 5`. */
function countOf(argv: readonly string[]): string[] {
  return argv.map(word => (/^-\d+$/.test(word) ? `-n${word.slice(1)}` : word));
}

async function head(place: ToolPlace, argv: readonly string[], streams: ExecStreams): Promise<number> {
  const { values, words } = optionsOf(countOf(argv), 'q', 'nc', { lines: 'n', bytes: 'c' });
  const { told, state } = complaints('head', streams);
  const bytes = values.get('c');
  if (bytes !== undefined) {
    let left = numberOf(bytes);
    for await (const { chunks } of inputsOf(place, words, streams, told)) {
      for await (const chunk of chunks) {
        streams.stdout(chunk.subarray(0, left));
        left -= chunk.length;
        if (left <= 0) return state.exit;
      }
    }
    return state.exit;
  }
  let left = numberOf(values.get('n') ?? '10');
  if (left <= 0) return 0;
  for await (const { line } of linesOf(place, words, streams, told)) {
    streams.stdout(`${line}\n`);
    left -= 1;
    if (left === 0) break;
  }
  return state.exit;
}

async function tail(place: ToolPlace, argv: readonly string[], streams: ExecStreams): Promise<number> {
  const { flags, values, words } = optionsOf(countOf(argv), 'fq', 'n', { lines: 'n' });
  const { told, state } = complaints('tail', streams);
  const wanted = values.get('n') ?? '10';
  const from = wanted.startsWith('+') ? numberOf(wanted) : null;
  const last = Math.abs(numberOf(wanted));
  const kept: string[] = [];
  let number = 0;
  for await (const { line } of linesOf(place, words, streams, told)) {
    number += 1;
    if (from !== null) {
      if (number >= from) streams.stdout(`${line}\n`);
      continue;
    }
    kept.push(line);
    if (kept.length > last) kept.shift();
  }
  if (from === null) for (const line of kept) streams.stdout(`${line}\n`);
  if (flags.has('f')) await new Promise<void>(done => streams.signal.addEventListener('abort', () => done()));
  return state.exit;
}

async function wc(place: ToolPlace, argv: readonly string[], streams: ExecStreams): Promise<number> {
  const { flags, words } = optionsOf(argv, 'lwcm');
  const { told, state } = complaints('wc', streams);
  const shown = ['l', 'w', 'c'].filter(
    letter => flags.size === 0 || flags.has(letter === 'c' && flags.has('m') ? 'm' : letter),
  );
  const totals = [0, 0, 0];
  let files = 0;
  const print = (counts: readonly number[], name: string) => {
    const columns = shown.map(letter => String(counts['lwc'.indexOf(letter)]));
    const text = columns.length === 1 ? columns[0] : columns.map(column => column.padStart(7)).join(' ');
    streams.stdout(`${text}${name === '-' ? '' : ` ${name}`}\n`);
  };
  for await (const { chunks, file } of inputsOf(place, words, streams, told)) {
    const parts: Buffer[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    const data = Buffer.concat(parts);
    const text = data.toString();
    const counts = [
      text.split('\n').length - 1,
      text.split(/\s+/).filter(word => word !== '').length,
      data.length,
    ];
    counts.forEach((count, index) => {
      totals[index] = (totals[index] ?? 0) + count;
    });
    files += 1;
    print(counts, file);
  }
  if (files > 1) print(totals, 'total');
  return state.exit;
}

async function tee(place: ToolPlace, argv: readonly string[], streams: ExecStreams): Promise<number> {
  const { flags, words } = optionsOf(argv, 'ai');
  const paths = words.map(word => pathIn(place.folder, word));
  let exit = 0;
  for (const path of paths) {
    const fault = place.files.write(path, Buffer.alloc(0), flags.has('a'));
    if (fault === null) continue;
    streams.stderr(`tee: ${path}: ${fault}\n`);
    exit = 1;
  }
  for await (const chunk of streams.stdin ?? []) {
    streams.stdout(chunk);
    for (const path of paths) place.files.write(path, chunk, true);
  }
  return exit;
}

async function sort(place: ToolPlace, argv: readonly string[], streams: ExecStreams): Promise<number> {
  const { flags, values, words } = optionsOf(argv, 'nrufbhgVs', 'kto');
  const { told, state } = complaints('sort', streams);
  const lines: string[] = [];
  for await (const { line } of linesOf(place, words, streams, told)) lines.push(line);
  const [, first = '1', last, letters = ''] =
    /^(\d+)(?:[.\d]*),?(\d+)?(?:[.\d]*)([a-zA-Z]*)$/.exec(values.get('k') ?? '1') ?? [];
  const separator = values.get('t');
  const keyOf = (line: string) => {
    if (!values.has('k')) return line;
    const fields = separator === undefined ? line.trim().split(/\s+/) : line.split(separator);
    return fields
      .slice(Number(first) - 1, last === undefined ? undefined : Number(last))
      .join(separator ?? ' ');
  };
  const has = (letter: string) => flags.has(letter) || letters.includes(letter);
  const byText = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  const compare = (left: string, right: string) => {
    const [a, b] = [keyOf(left), keyOf(right)].map(key => (has('f') ? key.toUpperCase() : key)) as [
      string,
      string,
    ];
    const order = has('n') || has('g') || has('h') ? numeric(a) - numeric(b) : byText(a, b);
    return (has('r') ? -1 : 1) * order;
  };
  lines.sort((a, b) => compare(a, b) || (flags.has('u') ? 0 : (has('r') ? -1 : 1) * byText(a, b)));
  const shown = flags.has('u')
    ? lines.filter((line, at) => at === 0 || compare(lines[at - 1] ?? '', line) !== 0)
    : lines;
  const output = shown.map(line => `${line}\n`).join('');
  const file = values.get('o');
  if (file === undefined) streams.stdout(output);
  else place.files.write(pathIn(place.folder, file), Buffer.from(output), false);
  return state.exit;
}

function numeric(text: string): number {
  return Number(/^\s*-?\d*\.?\d+/.exec(text)?.[0] ?? 0);
}

async function uniq(place: ToolPlace, argv: readonly string[], streams: ExecStreams): Promise<number> {
  const { flags, values, words } = optionsOf(argv, 'cdui', 'f');
  const { told, state } = complaints('uniq', streams);
  const skipped = numberOf(values.get('f') ?? '0');
  const keyOf = (line: string) => {
    const key = line.replace(new RegExp(`^(?:\\s*\\S+){${skipped}}`), '');
    return flags.has('i') ? key.toLowerCase() : key;
  };
  let before: string | null = null;
  let count = 0;
  const print = () => {
    if (before === null || (flags.has('d') && count < 2) || (flags.has('u') && count > 1)) return;
    streams.stdout(flags.has('c') ? `${String(count).padStart(7)} ${before}\n` : `${before}\n`);
  };
  for await (const { line } of linesOf(place, words, streams, told)) {
    if (before !== null && keyOf(before) === keyOf(line)) {
      count += 1;
      continue;
    }
    print();
    before = line;
    count = 1;
  }
  print();
  return state.exit;
}

/** '1,3-' -> whether a position from 1 is among them. */
function ranges(text: string): (position: number) => boolean {
  const list = text.split(',').map(range => {
    const [, from = '', dash = '', to = ''] = /^(\d*)(-?)(\d*)$/.exec(range) ?? [];
    if (from === '' && to === '') throw new Misuse(`invalid range '${range}'`);
    return [
      from === '' ? 1 : Number(from),
      dash === '' ? Number(from) : to === '' ? Number.POSITIVE_INFINITY : Number(to),
    ];
  });
  return position => list.some(([from = 0, to = 0]) => position >= from && position <= to);
}

async function cut(place: ToolPlace, argv: readonly string[], streams: ExecStreams): Promise<number> {
  const { flags, values, words } = optionsOf(argv, 's', 'dfcb');
  const { told, state } = complaints('cut', streams);
  const characters = values.get('c') ?? values.get('b');
  const fields = values.get('f');
  if (characters === undefined && fields === undefined)
    throw new Misuse('expected a list of bytes, characters, or fields');
  const wanted = ranges(characters ?? fields ?? '');
  const delimiter = values.get('d') ?? '\t';
  for await (const { line } of linesOf(place, words, streams, told)) {
    if (characters !== undefined) streams.stdout(`${[...line].filter((_, at) => wanted(at + 1)).join('')}\n`);
    else if (line.includes(delimiter))
      streams.stdout(
        `${line
          .split(delimiter)
          .filter((_, at) => wanted(at + 1))
          .join(delimiter)}\n`,
      );
    else if (!flags.has('s')) streams.stdout(`${line}\n`);
  }
  return state.exit;
}

const SETS: Readonly<Record<string, string>> = {
  '[:lower:]': 'a-z',
  '[:upper:]': 'A-Z',
  '[:digit:]': '0-9',
  '[:alpha:]': 'A-Za-z',
  '[:alnum:]': 'A-Za-z0-9',
  '[:space:]': ' \t\n\r\f\v',
  '[:punct:]': '!-/:-@[-`{-~',
};

/** 'a-c' -> ['a', 'b', 'c'] */
function setOf(text: string): string[] {
  const ranged = unescaped(text.replace(/\[:\w+:\]/g, name => SETS[name] ?? name));
  return [...ranged.matchAll(/(.)-(.)|(.)/gs)].flatMap(([, from, to, one]) => {
    if (one !== undefined) return [one];
    const [first, last] = [from?.charCodeAt(0) ?? 0, to?.charCodeAt(0) ?? 0];
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => String.fromCharCode(first + at));
  });
}

async function tr(_place: ToolPlace, argv: readonly string[], streams: ExecStreams): Promise<number> {
  const { flags, words } = optionsOf(argv, 'dscC');
  const [first = '', second = ''] = words;
  const from = setOf(first);
  const to = setOf(second);
  const inSet = (char: string) => from.includes(char) !== (flags.has('c') || flags.has('C'));
  const last = to.at(-1) ?? '';
  let before = '';
  const decoder = new TextDecoder();
  for await (const chunk of streams.stdin ?? []) {
    let text = '';
    for (const char of decoder.decode(chunk, { stream: true })) {
      const hit = inSet(char);
      if (hit && flags.has('d')) continue;
      const result = hit && to.length > 0 ? (to[from.indexOf(char)] ?? last) : char;
      const squeezes = flags.has('s') && (to.length > 0 ? to.includes(result) : hit);
      if (squeezes && before === result) continue;
      text += result;
      before = result;
    }
    streams.stdout(text);
  }
  return 0;
}

/** More would fill the memory and say nothing. */
const LONGEST = 1_000_000;

function seq(_place: ToolPlace, argv: readonly string[], { stdout }: ExecStreams): number {
  const separated = argv[0] === '-s';
  const words = separated ? argv.slice(2) : argv;
  const numbers = words.map(Number);
  if (numbers.length === 0 || numbers.some(Number.isNaN))
    throw new Misuse(`invalid number '${words.join(' ')}'`);
  const [first = 1, step = 1, last = 1] =
    numbers.length === 1 ? [1, 1, numbers[0]] : numbers.length === 2 ? [numbers[0], 1, numbers[1]] : numbers;
  if (step === 0) throw new Misuse('invalid increment');
  const count = Math.max(0, Math.floor((last - first) / step) + 1);
  if (count > LONGEST) throw new Misuse(`the sandbox counts to ${LONGEST}`);
  const list = Array.from({ length: count }, (_, at) => String(first + at * step));
  if (count > 0) stdout(`${list.join(separated ? (argv[1] ?? '\n') : '\n')}\n`);
  return 0;
}
