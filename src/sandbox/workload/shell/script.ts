/** Runs a script: whole, or in parts as they arrive. */
import type { Shell } from './interpreter.ts';
import { parse } from './parser.ts';
import type { Input, Streams } from './streams.ts';
import { type List, SyntaxFault } from './syntax.ts';
import { runToLast } from './whole.ts';

/** To its end, or to `exit`. A part that cannot be read ends it with 2, as dash does. */
export async function runScript(
  shell: Shell,
  parts: AsyncIterable<string> | Iterable<string>,
  streams: Streams,
): Promise<number> {
  try {
    return await runToLast(shell, listsOf(parts), streams);
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    streams.stderr.write(`${shell.name}: ${error.message}\n`);
    return 2;
  }
}

async function* listsOf(parts: AsyncIterable<string> | Iterable<string>): AsyncGenerator<List> {
  for await (const part of parts) yield parse(part);
}

/** Each command as soon as it is whole; what it reads is taken from the lines below it. */
export async function* partsOf(input: Input): AsyncGenerator<string> {
  let part = '';
  for (let line = await input.line(); line !== null; line = await input.line()) {
    part += `${line}\n`;
    if (part.trim() === '' || isIncomplete(part)) continue;
    yield part;
    part = '';
  }
  if (part.trim() !== '') yield part;
}

export function isIncomplete(script: string): boolean {
  try {
    parse(script);
    return false;
  } catch (error) {
    return error instanceof SyntaxFault && error.incomplete;
  }
}
