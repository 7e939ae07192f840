/**
 * The line discipline of a terminal, which kubectl leaves to the far side (`exec -it`): it sends each key as it is
 * pressed. Echo, backspace, Ctrl-U, Ctrl-W, Ctrl-C, Ctrl-D, and the lines before by the arrow keys.
 */

const CTRL_C = '\x03';
const CTRL_D = '\x04';
const ENDS = /[\r\n]/;

export class Terminal {
  readonly #print: (text: string) => void;
  readonly #history: string[] = [];
  #line = '';
  #shown = 0;
  #prompt = '';
  /** What was typed ahead. */
  #keys: string[] = [];
  #over = false;
  #wake: (() => void) | null = null;
  /** While a command runs: what Ctrl-C does, and the lines that it may read. */
  #stop: (() => void) | null = null;
  #lines: Buffer[] = [];
  #inputOver = false;

  constructor(keys: AsyncIterable<Buffer>, print: (text: string) => void) {
    this.#print = print;
    void this.#listen(keys);
  }

  async #listen(keys: AsyncIterable<Buffer>): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of keys) {
        for (const key of keysOf(decoder.decode(chunk, { stream: true }))) {
          if (this.#stop !== null && key === CTRL_C) {
            this.#print('^C\n');
            this.#stop();
          } else if (this.#stop !== null) this.#typed(key);
          else this.#keys.push(key);
        }
        this.#wake?.();
      }
    } catch {
      // The client's stream broke: what has arrived is all there is.
    }
    this.#over = true;
    this.#inputOver = true;
    this.#wake?.();
  }

  /** null: there are no more. */
  async line(prompt: string): Promise<{ readonly text: string } | 'interrupted' | null> {
    this.#prompt = prompt;
    this.#line = '';
    this.#shown = this.#history.length;
    this.#print(prompt);
    for (;;) {
      const key = this.#keys.shift();
      if (key === undefined) {
        if (this.#over) return null;
        await new Promise<void>(done => {
          this.#wake = done;
        });
        this.#wake = null;
        continue;
      }
      if (key === CTRL_D && this.#line === '') {
        this.#print('\n');
        return null;
      }
      if (key === CTRL_C) {
        this.#print('^C\n');
        return 'interrupted';
      }
      if (!ENDS.test(key)) {
        this.#edit(key);
        continue;
      }
      this.#print('\n');
      if (this.#line.trim() !== '') this.#history.push(this.#line);
      return { text: this.#line };
    }
  }

  #edit(key: string): void {
    if (key === '\x7f' || key === '\b') this.#replace([...this.#line].slice(0, -1).join(''));
    else if (key === '\x15') this.#replace('');
    else if (key === '\x17') this.#replace(this.#line.replace(/\S*\s*$/, ''));
    else if (key === '\x1b[A' || key === '\x1b[B') {
      const to = this.#shown + (key === '\x1b[A' ? -1 : 1);
      if (to < 0 || to > this.#history.length) return;
      this.#shown = to;
      this.#replace(this.#history[to] ?? '');
    } else if (key >= ' ' && !key.startsWith('\x1b')) {
      this.#line += key;
      this.#print(key);
    }
  }

  #replace(line: string): void {
    this.#line = line;
    this.#print(`\r\x1b[K${this.#prompt}${line}`);
  }

  /** While a command runs: lines that are typed are its input. */
  during(stop: () => void): AsyncIterable<Buffer> {
    this.#stop = stop;
    this.#lines = [];
    this.#line = '';
    this.#inputOver = this.#over;
    const ahead = this.#keys;
    this.#keys = [];
    for (const key of ahead) this.#typed(key);
    return { [Symbol.asyncIterator]: () => this.#input() };
  }

  #typed(key: string): void {
    if (ENDS.test(key)) {
      this.#print('\n');
      this.#lines.push(Buffer.from(`${this.#line}\n`));
      this.#line = '';
    } else if (key === CTRL_D) {
      if (this.#line === '') this.#inputOver = true;
    } else if (key === '\x7f') {
      if (this.#line !== '') this.#print('\b \b');
      this.#line = this.#line.slice(0, -1);
    } else if (key >= ' ' && !key.startsWith('\x1b')) {
      this.#line += key;
      this.#print(key);
    }
  }

  async *#input(): AsyncGenerator<Buffer> {
    while (this.#stop !== null) {
      const next = this.#lines.shift();
      if (next !== undefined) yield next;
      else if (this.#inputOver) return;
      else {
        await new Promise<void>(done => {
          this.#wake = done;
        });
      }
    }
  }

  /** The command is over; what it has not read is the next line. */
  prompting(): void {
    this.#stop = null;
    this.#wake?.();
    for (const line of this.#lines) this.#keys.push(...line.toString());
    this.#keys.push(...this.#line);
    this.#lines = [];
  }
}

const ESCAPE = '\u001b';
const SEQUENCE = new RegExp(`${ESCAPE}\\[[\\d;]*[A-Za-z~]|${ESCAPE}O[A-Z]|.`, 'gsu');

/** Characters, and escape sequences as one key. */
function keysOf(text: string): string[] {
  return text.match(SEQUENCE) ?? [];
}
