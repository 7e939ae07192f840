/** Cuts what a program prints into lines. */
export class LineSplitter {
  #rest = '';
  readonly #print: (line: string) => void;
  readonly #decoder = new TextDecoder();

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  write(chunk: Buffer | string): void {
    this.#rest += typeof chunk === 'string' ? chunk : this.#decoder.decode(chunk, { stream: true });
    const lines = this.#rest.split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#print(line);
  }

  /** The last line may lack its end. */
  end(): void {
    if (this.#rest !== '') this.#print(this.#rest);
    this.#rest = '';
  }
}
