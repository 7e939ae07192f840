/** `sh` at a terminal: a prompt, lines that can be edited, Ctrl-C for the command that runs, Ctrl-D to leave. */
import type { Shell } from './interpreter.ts';
import { Leave } from './leave.ts';
import { parse } from './parser.ts';
import { isIncomplete, runScript } from './script.ts';
import { Input, type Streams } from './streams.ts';
import { SyntaxFault } from './syntax.ts';
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
    if (isIncomplete(script)) continue;
    const whole = script;
    script = '';
    const stop = new AbortController();
    const signal = AbortSignal.any([streams.signal, stop.signal]);
    const stdin = new Input(terminal.during(() => stop.abort()));
    const { stdout, stderr } = streams;
    const own = { stdin, stdout, stderr };
    const end = await runToEnd(shell, whole, { ...own, signal, terminal: own });
    terminal.prompting();
    if (end !== null) return end;
  }
}

/** null: the shell goes on. */
async function runToEnd(shell: Shell, script: string, streams: Streams): Promise<number | null> {
  try {
    await shell.run(parse(script), streams);
  } catch (error) {
    if (error instanceof Leave) {
      shell.status = error.count;
      // Ctrl-C and what cannot be expanded end the command, exit alone the shell.
      return error.what === 'exit' && /(^|[;&|\s])exit\b/.test(script) ? error.count : null;
    }
    if (!(error instanceof SyntaxFault)) throw error;
    shell.status = await runScript(shell, [script], streams);
  }
  return null;
}

function prompt(shell: Shell): string {
  return `${shell.folder} $ `;
}
