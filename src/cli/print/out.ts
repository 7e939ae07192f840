/**
 * The one place that writes to stdout and stderr. Whatever it is given is made printable, so that no text of a server,
 * a course or a tool reaches the terminal as a command; what is our own (colours, a line that is drawn again) is told
 * apart from it by a mark that nobody else can know. `test/architecture.test.ts` keeps every other file from writing.
 */
import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { jsonText, printableLines } from '../../shared/printable.ts';

export type Style = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold';

/** Stands for the two characters that begin a control sequence of ours, until it is written. New in each process. */
const MARK = `<${randomBytes(16).toString('hex')}>`;

/** A text in a style, for a writer to draw. */
export function styled(style: Style, text: string): string {
  const [on, off] = inspect.colors[style] ?? [0, 0];
  return `${MARK}${on}m${text}${MARK}${off}m`;
}

/** What is written for a text: printable, with our own colours. */
export function terminalText(text: string): string {
  const [first = '', ...rest] = withLineEndsOutside(text).split(MARK);
  const colours = rest.map(part => {
    const code = /^\d+m/.exec(part)?.[0] ?? '';
    return `\x1b[${code}${printableLines(part.slice(code.length))}`;
  });
  return printableLines(first) + colours.join('');
}

/** A line that ends with CR LF may have been styled without its LF. */
function withLineEndsOutside(text: string): string {
  return text.replaceAll(`\r${MARK}`, MARK);
}

/** One of the two streams. */
export interface Writer {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly rows: number;
  write(text: string): void;
  /** Back to the beginning of a line that is to be drawn again. */
  wipeLine(): void;
  /** Back to the beginning of the last `lines` lines. */
  wipeLines(lines: number): void;
}

export type Stream = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'> & { readonly rows?: number };

export function writerOn(stream: () => Stream): Writer {
  return {
    get isTTY() {
      return stream().isTTY === true;
    },
    get columns() {
      return stream().columns ?? 80;
    },
    get rows() {
      return stream().rows ?? 24;
    },
    write(text) {
      stream().write(terminalText(text));
    },
    wipeLine() {
      stream().write('\r\x1b[2K');
    },
    wipeLines(lines) {
      if (lines > 0) stream().write(`\x1b[${lines}A\x1b[J`);
    },
  };
}

export const stdout = writerOn(() => process.stdout);
export const stderr = writerOn(() => process.stderr);

/** The one JSON document of a command. */
export function printJson(document: unknown, indent: number | undefined = 2): void {
  process.stdout.write(`${jsonText(document, indent)}\n`);
}

/** What a shell reads (`eval`, `source`): byte for byte, unless somebody looks at it on a terminal. */
export function printExact(text: string): void {
  if (stdout.isTTY) stdout.write(text);
  else process.stdout.write(text);
}
