/** One stream of a SPDY connection: what the client sends is read from it, what is written to it goes to the client. */
import { Duplex } from 'node:stream';
import type { Headers } from './header-block.ts';

/** What a stream needs of its connection. */
export interface StreamFrames {
  data(id: number, bytes: Buffer, isLast: boolean, done: (error?: Error | null) => void): void;
  reset(id: number): void;
  forget(id: number): void;
}

/** Bytes that wait for whoever reads a stream; beyond that its connection waits. */
const WAITING = 256 * 1024;

export class SpdyStream extends Duplex {
  readonly id: number;
  readonly headers: Headers;
  readonly #frames: StreamFrames;
  #theyEnded = false;
  #weEnded = false;
  #room: (() => void) | null = null;

  constructor(id: number, headers: Headers, frames: StreamFrames) {
    super({ readableHighWaterMark: WAITING });
    this.id = id;
    this.headers = headers;
    this.#frames = frames;
    // Whoever uses it hears of an error by its end; nobody must fall over it.
    this.on('error', () => {});
  }

  /** Data of the client. Resolves when there is room for more. */
  async takeData(bytes: Buffer): Promise<void> {
    if (this.destroyed || this.#theyEnded || this.push(bytes)) return;
    await new Promise<void>(resolve => {
      this.#room = resolve;
    });
  }

  /** The client has nothing more to say. */
  takeEnd(): void {
    if (this.#theyEnded || this.destroyed) return;
    this.#theyEnded = true;
    this.push(null);
  }

  /** The client has given it up. */
  takeReset(): void {
    this.#theyEnded = true;
    this.#weEnded = true;
    this.destroy();
  }

  override _read(): void {
    this.#room?.();
    this.#room = null;
  }

  override _write(bytes: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#frames.data(this.id, bytes, false, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#weEnded = true;
    this.#frames.data(this.id, Buffer.alloc(0), true, done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this._read();
    if (!this.#theyEnded || !this.#weEnded) this.#frames.reset(this.id);
    this.#frames.forget(this.id);
    done(error);
  }
}
