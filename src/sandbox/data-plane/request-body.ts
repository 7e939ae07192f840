/**
 * A request's body on its way to one try after another. What has passed is kept for retries and mirrors up to a
 * limit; past it they are given up, as Envoy does.
 * Source: envoyproxy/envoy source/common/router/router.cc, decodeData.
 */
import { Readable } from 'node:stream';

export class RequestBody {
  #kept: Buffer[] | null;
  #keptBytes = 0;
  readonly #limit: number;
  readonly #source: Readable;
  #reader: Readable | null = null;
  #ended = false;
  bytes = 0;
  /** The whole body has come. */
  onComplete: () => void = () => {};
  /** It has grown past the limit: no further reader can be opened. */
  onOverflow: () => void = () => {};

  /** `limit` in bytes; 0: nothing needs to be kept. */
  constructor(source: Readable, limit: number) {
    this.#source = source;
    this.#limit = limit;
    this.#kept = limit > 0 ? [] : null;
    source.on('data', (chunk: Buffer) => this.#onData(chunk));
    source.once('end', () => this.#onEnd());
    source.pause();
  }

  get complete(): boolean {
    return this.#ended;
  }

  /** All of it, once it is complete; null: it was not kept. */
  get whole(): Buffer | null {
    return this.#kept === null ? null : Buffer.concat(this.#kept);
  }

  /** The body from its beginning; an earlier reader gets no more. */
  open(): Readable {
    this.detach();
    const reader = new Readable({
      read: () => {
        if (this.#reader === reader && !this.#ended) this.#source.resume();
      },
    });
    // The upstream may go away while it is being sent: its stream tells, not this one.
    reader.on('error', () => {});
    for (const chunk of this.#kept ?? []) reader.push(chunk);
    if (this.#ended) reader.push(null);
    this.#reader = reader;
    return reader;
  }

  detach(): void {
    this.#reader?.destroy();
    this.#reader = null;
  }

  /** Reads what is left without keeping it, so that the connection can serve its next request. */
  discard(): void {
    this.detach();
    this.#kept = null;
    this.#source.resume();
  }

  #onData(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.#kept !== null) {
      this.#keptBytes += chunk.length;
      if (this.#keptBytes > this.#limit) {
        this.#kept = null;
        this.onOverflow();
      } else this.#kept.push(chunk);
    }
    if (this.#reader !== null && !this.#reader.push(chunk)) this.#source.pause();
  }

  #onEnd(): void {
    this.#ended = true;
    this.#reader?.push(null);
    this.onComplete();
  }
}
