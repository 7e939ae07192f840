/** Runs a whole script. */
import type { Shell } from './interpreter.ts';
import { parse } from './parser.ts';
import type { Streams } from './streams.ts';
import { SyntaxFault } from './syntax.ts';

/** To its end. A script that cannot be read ends with 2, as dash's does. */
export async function runScript(shell: Shell, script: string, streams: Streams): Promise<number> {
  try {
    return await shell.runWhole(parse(script), streams);
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    streams.stderr.write(`${shell.name}: ${error.message}\n`);
    return 2;
  }
}
