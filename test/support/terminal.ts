/**
 * A terminal for tests of the screen program: what it writes goes through a real terminal emulator, so a
 * frame here is what a person would see; keys go in as the bytes that a terminal sends. Waits for content,
 * never for time.
 */
import { PassThrough, Writable } from 'node:stream';
import xterm from '@xterm/headless';

const { Terminal } = xterm;

export const KEYS = {
  enter: '\r',
  escape: '\u001b',
  backspace: '\u007f',
  up: '\u001b[A',
  down: '\u001b[B',
  left: '\u001b[D',
  right: '\u001b[C',
  pageUp: '\u001b[5~',
  pageDown: '\u001b[6~',
  home: '\u001b[H',
  tab: '\t',
  ctrlC: '\u0003',
} as const;

export interface TestTerminal {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** The visible rows, without spaces at their ends and empty rows at the bottom. */
  frame(): string;
  /** Resolves when the screen holds for the test; the frame by then. */
  until(holds: string | RegExp | ((frame: string) => boolean)): Promise<string>;
  press(...keys: string[]): void;
  /** Resolves when the program has read what was pressed: what is pressed after it comes in a piece of its own. */
  read(): Promise<void>;
  resize(columns: number, rows: number): void;
  /** Everything that was written, escape sequences included. */
  raw(): string;
  /** On the alternate screen now. */
  alternate(): boolean;
  rawMode(): boolean;
  /** The window's title; '' where none was set. */
  title(): string;
  /** Colours of the cells of the first place where the text stands: 'default' or the palette's number. */
  colourOf(text: string): string;
}

export function testTerminal(columns: number, rows: number): TestTerminal {
  const terminal = new Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 2000 });
  const waiting = new Set<() => void>();
  let written = '';
  let raw = false;
  let title = '';
  terminal.onTitleChange(next => {
    title = next;
  });
  const stdout = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      const text = chunk.toString();
      written += text;
      // A tty turns a line feed into a carriage return and a line feed.
      terminal.write(text.replace(/\r?\n/g, '\r\n'), () => {
        done();
        for (const check of [...waiting]) check();
      });
    },
  }) as unknown as NodeJS.WriteStream;
  Object.assign(stdout, { isTTY: true, columns, rows });
  const stdin = new PassThrough() as unknown as NodeJS.ReadStream;
  Object.assign(stdin, {
    isTTY: true,
    setRawMode(mode: boolean) {
      raw = mode;
      return stdin;
    },
    ref: () => stdin,
    unref: () => stdin,
  });
  const frame = () => {
    const { active } = terminal.buffer;
    const lines = Array.from({ length: terminal.rows }, (_, at) =>
      (active.getLine(active.viewportY + at)?.translateToString(true) ?? '').trimEnd(),
    );
    return lines.join('\n').replace(/\n+$/, '');
  };
  return {
    stdin,
    stdout,
    frame,
    until(holds) {
      const test =
        typeof holds === 'function'
          ? holds
          : (text: string) => (typeof holds === 'string' ? text.includes(holds) : holds.test(text));
      return new Promise((resolve, reject) => {
        const check = () => {
          const now = frame();
          if (!test(now)) return;
          clearTimeout(timer);
          waiting.delete(check);
          resolve(now);
        };
        const timer = setTimeout(() => {
          waiting.delete(check);
          reject(new Error(`The screen never held ${String(holds)}. It is:\n${frame()}`));
        }, 20_000);
        waiting.add(check);
        check();
      });
    },
    press(...keys) {
      for (const key of keys) stdin.push(key);
    },
    async read() {
      while (stdin.readableLength > 0) await new Promise(resolve => setImmediate(resolve));
    },
    resize(nextColumns, nextRows) {
      terminal.resize(nextColumns, nextRows);
      Object.assign(stdout, { columns: nextColumns, rows: nextRows });
      stdout.emit('resize');
    },
    raw: () => written,
    alternate: () => terminal.buffer.active.type === 'alternate',
    rawMode: () => raw,
    title: () => title,
    colourOf(text) {
      const { active } = terminal.buffer;
      for (let row = 0; row < terminal.rows; row++) {
        const found = active.getLine(row);
        const at = found?.translateToString(true).indexOf(text) ?? -1;
        const cell = at >= 0 ? found?.getCell(at) : undefined;
        if (cell) return cell.isFgDefault() ? 'default' : String(cell.getFgColor());
      }
      throw new Error(`${text} is not on the screen:\n${frame()}`);
    },
  };
}
