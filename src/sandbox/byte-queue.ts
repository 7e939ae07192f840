/** Bytes between one that sends and one that reads when it can: stdin of exec and attach, the pipes of a shell. */

/** How much may wait until the sender has to. */
const FULL = 1024 * 1024;

export class ByteQueue implements AsyncIterable<Buffer> {
  readonly #chunks: Buffer[] = [];
  #waiting = 0;
  #ended = false;
  #readable: (() => void) | null = null;
  #room: (() => void)[] = [];

  /** `signal`: when it aborts, nothing more is taken. */
  constructor(signal?: AbortSignal) {
    signal?.addEventListener('abort', () => this.end(), { once: true });
  }

  /** After the end nothing is added. */
  write(chunk: Buffer | string): void {
    if (this.#ended) return;
    const data = Buffer.from(chunk);
    this.#chunks.push(data);
    this.#waiting += data.length;
    this.#readable?.();
  }

  get isFull(): boolean {
    return this.#waiting > FULL && !this.#ended;
  }

  /** Resolves when more may be written: at once, or when half of a full one has been read. */
  async ready(): Promise<void> {
    if (this.isFull) await new Promise<void>(done => this.#room.push(done));
  }

  /** Nothing more is written; what is there can still be read. */
  end(): void {
    this.#ended = true;
    this.#readable?.();
    this.#giveRoom();
  }

  #giveRoom(): void {
    for (const done of this.#room.splice(0)) done();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (;;) {
      const chunks = this.#chunks.splice(0);
      for (const chunk of chunks) {
        this.#waiting -= chunk.length;
        if (this.#waiting < FULL / 2) this.#giveRoom();
        yield chunk;
      }
      if (chunks.length > 0) continue;
      if (this.#ended) return;
      await new Promise<void>(done => {
        this.#readable = done;
      });
      this.#readable = null;
    }
  }
}
