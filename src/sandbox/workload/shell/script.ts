/** Runs a script: whole, or in parts as they arrive. */
import type { Shell } from './interpreter.ts';
import { parse } from './parser.ts';
import type { Input, Streams } from './streams.ts';
import { type List, SyntaxFault } from './syntax.ts';
import { type Lists, runToLast } from './whole.ts';

/** To its end, or to `exit`. What cannot be read ends it with 2, as in dash. */
export async function runScript(shell: Shell, lists: Lists, streams: Streams): Promise<number> {
  try {
    return await runToLast(shell, lists, streams);
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    return tellFault(shell, error, streams);
  }
}

/** Returns the exit code. */
export function tellFault({ name }: Shell, { message }: SyntaxFault, { stderr }: Streams): number {
  stderr.write(`${name}: ${message}\n`);
  return 2;
}

/** Read when it is run. */
export function* listsIn(script: string): Generator<List> {
  yield parse(script);
}

/** Each command as soon as it is whole; what it reads is taken from the lines below it. */
export async function* listsFrom(input: Input): AsyncGenerator<List> {
  let script = '';
  let awaited = '';
  for (let line = await input.line(); line !== null; line = await input.line()) {
    script += `${line}\n`;
    // A long loop is not read anew at each of its lines.
    if (!line.includes(awaited)) continue;
    const read = readSoFar(script);
    if (read instanceof SyntaxFault) {
      if (read.awaits === null) throw read;
      awaited = read.awaits;
      continue;
    }
    yield read;
    script = '';
    awaited = '';
  }
  if (script !== '') yield parse(script);
}

/** The fault, where it cannot be read, or not yet. */
export function readSoFar(script: string): List | SyntaxFault {
  try {
    return parse(script);
  } catch (error) {
    if (error instanceof SyntaxFault) return error;
    throw error;
  }
}
