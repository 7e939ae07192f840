/** What the small programs of a container share: options, files, lines. */
import { LineSplitter } from '../../../shared/line-splitter.ts';
import type { ExecStreams } from '../../rooms.ts';
import type { ContainerCommand, ContainerCommands } from '../exec/container-command.ts';
import type { ContainerFiles } from '../shell/files.ts';
import { pathIn } from '../shell/paths.ts';

export interface ToolPlace {
  readonly files: ContainerFiles;
  /** Where relative paths begin. */
  readonly folder: string;
}

/** Wrong usage: a message for stderr, and exit 1 unless another code is given. */
export class Misuse extends Error {
  readonly exit: number;

  constructor(message: string, exit = 1) {
    super(message);
    this.exit = exit;
  }
}

/** A program whose Misuse is told as `NAME: MESSAGE`. */
export function tool(
  name: string,
  run: (words: readonly string[], streams: ExecStreams) => Promise<number> | number,
): ContainerCommand {
  return async (argv, streams) => {
    try {
      return await run(argv.slice(1), streams);
    } catch (error) {
      if (!(error instanceof Misuse)) throw error;
      streams.stderr(`${name}: ${error.message}\n`);
      return error.exit;
    }
  };
}

/** A table of programs that share a place. */
export function toolsOf<Place>(
  place: Place,
  programs: Readonly<
    Record<string, (place: Place, words: readonly string[], streams: ExecStreams) => Promise<number> | number>
  >,
): ContainerCommands {
  return Object.fromEntries(
    Object.entries(programs).map(([name, run]) => [
      name,
      tool(name, (words, streams) => run(place, words, streams)),
    ]),
  );
}

export interface Options {
  /** Letters without a value. */
  readonly flags: ReadonlySet<string>;
  /** The last value of a letter that has one. */
  readonly values: ReadonlyMap<string, string>;
  /** All of them, in their order. */
  readonly all: readonly (readonly [string, string])[];
  readonly words: readonly string[];
}

/** `flags`, `valued`: the letters. Long names stand for a letter by `long`. Throws a Misuse. */
export function optionsOf(
  argv: readonly string[],
  flags: string,
  valued = '',
  long: Readonly<Record<string, string>> = {},
): Options {
  const found = new Set<string>();
  const all: [string, string][] = [];
  const words: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (word === '--') {
      words.push(...argv.slice(at + 1));
      break;
    }
    if (word.startsWith('--')) {
      const [name = '', value] = word.slice(2).split(/=(.*)/s);
      const letter = long[name];
      if (letter === undefined) throw new Misuse(`unrecognized option '${word}'`);
      if (valued.includes(letter)) all.push([letter, value ?? argv[++at] ?? '']);
      else found.add(letter);
      continue;
    }
    if (!/^-./.test(word)) {
      words.push(word);
      continue;
    }
    for (let rest = word.slice(1); rest !== ''; ) {
      const [letter = ''] = rest;
      rest = rest.slice(1);
      if (flags.includes(letter)) found.add(letter);
      else if (valued.includes(letter)) {
        const value = rest === '' ? argv[++at] : rest;
        if (value === undefined) throw new Misuse(`option requires an argument -- '${letter}'`);
        all.push([letter, value]);
        rest = '';
      } else throw new Misuse(`invalid option -- '${letter}'`);
    }
  }
  return { flags: found, values: new Map(all), all, words };
}

/** A whole number, or a Misuse. */
export function numberOf(text: string): number {
  if (!/^[-+]?\d+$/.test(text)) throw new Misuse(`invalid number '${text}'`);
  return Number(text);
}

/** The lines of the files, or of stdin where there are none; `told` hears of files that are not there. */
export async function* linesOf(
  place: ToolPlace,
  names: readonly string[],
  streams: ExecStreams,
  told: (message: string) => void,
): AsyncGenerator<{ readonly line: string; readonly file: string }> {
  for await (const { chunks, file } of inputsOf(place, names, streams, told)) {
    const lines: string[] = [];
    const splitter = new LineSplitter(line => lines.push(line));
    for await (const chunk of chunks) {
      splitter.write(chunk);
      for (const line of lines.splice(0)) yield { line, file };
    }
    splitter.end();
    for (const line of lines) yield { line, file };
  }
}

/** The bytes of each of the files, or of stdin where there are none. */
export async function* inputsOf(
  place: ToolPlace,
  names: readonly string[],
  { stdin }: ExecStreams,
  told: (message: string) => void,
): AsyncGenerator<{ readonly chunks: AsyncIterable<Buffer> | Iterable<Buffer>; readonly file: string }> {
  for (const file of names.length === 0 ? ['-'] : names) {
    const path = pathIn(place.folder, file);
    if (file === '-' || path === '/dev/stdin') {
      yield { chunks: stdin ?? [], file };
      continue;
    }
    const data = place.files.read(path);
    if (data !== null) yield { chunks: [data], file };
    else told(`${file}: ${place.files.isFolder(path) ? 'Is a directory' : 'No such file or directory'}`);
  }
}
