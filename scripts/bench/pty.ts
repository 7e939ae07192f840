/** A program in a pseudo-terminal of 80x24, through script(1), which Linux and macOS both have. */
import { type ChildProcess, spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';

export interface PtyRun {
  readonly child: ChildProcess;
  /**
   * Milliseconds from the start, or from the last `send`, until the output contains `text`, whatever its colours. Fails
   * after `withinMs`.
   */
  until(text: string | RegExp, withinMs?: number): Promise<number>;
  send(keys: string): void;
  /** Ends it and waits until it is gone. */
  end(): Promise<void>;
}

export function inPty(argv: readonly string[], env: NodeJS.ProcessEnv = process.env): PtyRun {
  const command = `stty cols 80 rows 24; exec ${argv.map(quote).join(' ')}`;
  const args =
    process.platform === 'darwin'
      ? ['-q', '/dev/null', 'sh', '-c', command]
      : ['-qfec', command, '/dev/null'];
  const child = spawn('script', args, {
    env: { ...env, TERM: 'xterm-256color', CI: '' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let seen = '';
  let since = performance.now();
  let wake = () => {};
  child.stdout?.on('data', (chunk: Buffer) => {
    seen += chunk.toString();
    wake();
  });
  const gone = new Promise<void>(resolve => child.once('close', () => resolve()));

  return {
    child,
    until: (text, withinMs = 60_000) =>
      new Promise((resolve, reject) => {
        const giveUp = setTimeout(
          () => reject(new Error(`${argv.join(' ')}: no ${text} in: ${seen.slice(-2000)}`)),
          withinMs,
        );
        wake = () => {
          const plain = stripVTControlCharacters(seen);
          if (typeof text === 'string' ? !plain.includes(text) : !text.test(plain)) return;
          clearTimeout(giveUp);
          wake = () => {};
          resolve(performance.now() - since);
        };
        wake();
      }),
    send(keys) {
      seen = '';
      since = performance.now();
      child.stdin?.write(keys);
    },
    async end() {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
