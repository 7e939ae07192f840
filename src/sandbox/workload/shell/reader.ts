/** A script and the place in it that is read next. */
import { SyntaxFault, type Word } from './syntax.ts';

/** A here-document whose text follows on the lines below. */
interface Awaited {
  readonly end: string;
  readonly stripTabs: boolean;
  readonly fill: (text: string) => void;
}

const COMMENT = /[^\n]*/y;

export class Reader {
  readonly text: string;
  at = 0;
  #awaited: Awaited[] = [];

  constructor(text: string) {
    this.text = text;
  }

  of(text: string): Reader {
    return new Reader(text);
  }

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** '' at the end. */
  get char(): string {
    return this.text[this.at] ?? '';
  }

  startsWith(text: string): boolean {
    return this.text.startsWith(text, this.at);
  }

  skip(count: number): void {
    this.at += count;
  }

  take(count: number): string {
    const taken = this.text.slice(this.at, this.at + count);
    this.at += count;
    return taken;
  }

  /** What a sticky pattern matches so many characters ahead. */
  match(pattern: RegExp, ahead: number): string | null {
    pattern.lastIndex = this.at + ahead;
    return pattern.exec(this.text)?.[0] ?? null;
  }

  /** The text before this one, which is skipped; null: it does not come any more. */
  upTo(end: string): string | null {
    const found = this.text.indexOf(end, this.at);
    if (found < 0) return null;
    const text = this.text.slice(this.at, found);
    this.at = found + end.length;
    return text;
  }

  expect(text: string): void {
    if (this.atEnd) throw new SyntaxFault(`syntax error: unexpected end of file (expecting "${text}")`, text);
    if (!this.startsWith(text)) throw new SyntaxFault(`syntax error: unexpected "${this.char}"`);
    this.skip(text.length);
  }

  /** Blanks, comments, and line ends that a backslash takes away. */
  skipBlanks(): void {
    for (;;) {
      if (/[ \t\r]/.test(this.char)) this.skip(1);
      else if (this.startsWith('\\\n')) this.skip(2);
      else if (this.char === '#') this.skip(this.match(COMMENT, 0)?.length ?? 0);
      else return;
    }
  }

  /** Skips a line end, and the here-documents that begin below it. */
  skipLineEnd(): void {
    this.skip(1);
    for (const { end, stripTabs, fill } of this.#awaited) {
      let text = '';
      for (;;) {
        if (this.atEnd) throw new SyntaxFault(`here-document without its end "${end}"`, end);
        const line = this.upTo('\n') ?? this.take(this.text.length);
        const shown = stripTabs ? line.replace(/^\t+/, '') : line;
        if (shown === end) break;
        text += `${shown}\n`;
      }
      fill(text);
    }
    this.#awaited = [];
  }

  awaitDocument(end: Word, stripTabs: boolean, fill: (text: string, quoted: boolean) => void): void {
    const texts = end.map(part => (part.kind === 'text' ? part : { text: '', quoted: false }));
    const quoted = texts.some(part => part.quoted);
    this.#awaited.push({
      end: texts.map(part => part.text).join(''),
      stripTabs,
      fill: text => fill(text, quoted),
    });
  }

  get awaitsDocument(): boolean {
    return this.#awaited.length > 0;
  }
}
