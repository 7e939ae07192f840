/** Holds what a client sends faster than a command reads: bounded, as an async iterable. */
const FULL = 1024 * 1024;

export class FrameQueue implements AsyncIterable<Buffer> {
  readonly #onFull: () => void;
  readonly #onDrained: () => void;
  readonly #frames: Buffer[] = [];
  #size = 0;
  #full = false;
  #ended = false;
  #wake: (() => void) | null = null;

  /** `onFull` asks the sender to wait until `onDrained`. */
  constructor({ onFull, onDrained }: { onFull: () => void; onDrained: () => void }) {
    this.#onFull = onFull;
    this.#onDrained = onDrained;
  }

  push(frame: Buffer): void {
    if (this.#ended) return;
    this.#frames.push(frame);
    this.#size += frame.length;
    if (this.#size > FULL && !this.#full) {
      this.#full = true;
      this.#onFull();
    }
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) {
        this.#size -= frame.length;
        if (this.#full && this.#size < FULL / 2) {
          this.#full = false;
          this.#onDrained();
        }
        yield frame;
      } else if (this.#ended) return;
      else {
        await new Promise<void>(resolve => {
          this.#wake = resolve;
        });
        this.#wake = null;
      }
    }
  }
}
