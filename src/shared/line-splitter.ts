/** Cuts what arrives in chunks into whole lines; a character or a line that is cut in two is put together. */
import { StringDecoder } from 'node:string_decoder';

export class LineSplitter {
  #rest = '';
  readonly #onLine: (line: string) => void;
  readonly #decoder = new StringDecoder('utf8');

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  write(chunk: Buffer | string): void {
    const lines = (this.#rest + (typeof chunk === 'string' ? chunk : this.#decoder.write(chunk))).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#onLine(line);
  }

  /** The last line may lack its end. */
  end(): void {
    if (this.#rest !== '') this.#onLine(this.#rest);
    this.#rest = '';
  }
}
