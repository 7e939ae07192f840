/** A shell from its first command to its last. */
import type { Shell } from './interpreter.ts';
import { Leave } from './leave.ts';
import { parse } from './parser.ts';
import type { Streams } from './streams.ts';
import type { List } from './syntax.ts';

export type Lists = AsyncIterable<List> | Iterable<List>;

/** Lists that may still arrive, to the end or to `exit`, and then what `trap ... EXIT` asked for. Never rejects with a Leave. */
export async function runToLast(shell: Shell, lists: Lists, streams: Streams): Promise<number> {
  await runToExit(shell, lists, streams);
  const last = shell.atExit;
  if (last === null || streams.signal.aborted) return shell.status;
  shell.atExit = null;
  const ended = shell.status;
  const left = await runToExit(shell, [parse(last)], streams);
  if (!left) shell.status = ended;
  return shell.status;
}

/** Returns whether `exit` ended it. */
async function runToExit(shell: Shell, lists: Lists, streams: Streams): Promise<boolean> {
  try {
    for await (const list of lists) await shell.run(list, streams);
  } catch (error) {
    if (!(error instanceof Leave)) throw error;
    if (error.what !== 'exit' && error.what !== 'stop') return false;
    shell.status = error.count;
    return true;
  }
  return false;
}
