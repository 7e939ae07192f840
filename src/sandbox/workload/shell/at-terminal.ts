/** `sh` at a terminal: a prompt, lines that can be edited, Ctrl-C for the command that runs, Ctrl-D to leave. */
import type { Shell } from './interpreter.ts';
import { Leave } from './leave.ts';
import { readSoFar, tellFault } from './script.ts';
import { Input, type Streams } from './streams.ts';
import { type List, SyntaxFault } from './syntax.ts';
import { Terminal } from './terminal.ts';

export async function runLines(shell: Shell, streams: Streams): Promise<number> {
  const terminal = new Terminal(streams.stdin ?? new Input(null), text => streams.stdout.write(text));
  let script = '';
  for (;;) {
    const line = await terminal.line(script === '' ? prompt(shell) : '> ');
    if (line === null || streams.signal.aborted) return shell.status;
    if (line === 'interrupted') {
      script = '';
      continue;
    }
    script += `${line.text}\n`;
    const read = readSoFar(script);
    if (read instanceof SyntaxFault && read.awaits !== null) continue;
    script = '';
    if (read instanceof SyntaxFault) {
      shell.status = tellFault(shell, read, streams);
      continue;
    }
    const stop = new AbortController();
    const signal = AbortSignal.any([streams.signal, stop.signal]);
    const stdin = new Input(terminal.during(() => stop.abort()));
    const { stdout, stderr } = streams;
    const own = { stdin, stdout, stderr };
    const end = await runToEnd(shell, read, { ...own, signal, terminal: own });
    terminal.prompting();
    if (end !== null) return end;
  }
}

/** null: the shell goes on. */
async function runToEnd(shell: Shell, list: List, streams: Streams): Promise<number | null> {
  try {
    await shell.run(list, streams);
  } catch (error) {
    if (error instanceof SyntaxFault) shell.status = tellFault(shell, error, streams);
    else if (error instanceof Leave) {
      shell.status = error.count;
      if (error.what === 'exit') return error.count;
    } else throw error;
  }
  return null;
}

function prompt(shell: Shell): string {
  return `${shell.folder} $ `;
}
