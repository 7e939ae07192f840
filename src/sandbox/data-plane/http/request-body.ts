/**
 * A request's body on its way to one try after another, and to the mirrors beside them. What has passed is kept for
 * retries up to a limit; past it retries are given up, as in Envoy. Mirrors get it as it comes, whatever its size.
 * Source: envoyproxy/envoy source/common/router/router.cc, decodeData.
 */
import { Readable } from 'node:stream';

export class RequestBody {
  #kept: Buffer[] | null;
  #keptBytes = 0;
  readonly #limit: number;
  readonly #source: Readable;
  readonly #readers = new Set<Readable>();
  /** Readers that have enough for now: the app waits for the slowest. */
  readonly #full = new Set<Readable>();
  #main: Readable | null = null;
  #ended = false;
  bytes = 0;
  /** The whole body has come. */
  onComplete: () => void = () => {};
  /** The body has outgrown the limit: no further try can be opened. */
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

  /** The body from its beginning, for a try; an earlier try's reader gets no more. */
  open(): Readable {
    this.detach();
    this.#main = this.fork();
    for (const chunk of this.#kept ?? []) this.#main.push(chunk);
    if (this.#ended) this.#main.push(null);
    return this.#main;
  }

  /** What comes from now on. */
  fork(): Readable {
    const reader: Readable = new Readable({
      read: () => {
        this.#full.delete(reader);
        this.#resume();
      },
    });
    // The upstream may go away while the body is being sent: its stream reports that, not this one.
    reader.on('error', () => {});
    reader.once('close', () => this.#leave(reader));
    this.#readers.add(reader);
    return reader;
  }

  detach(): void {
    if (this.#main === null) return;
    this.#leave(this.#main);
    this.#main.destroy();
    this.#main = null;
  }

  /** Reads the rest without keeping it, so that the connection can serve its next request. */
  discard(): void {
    this.detach();
    this.#kept = null;
    this.#source.resume();
  }

  #leave(reader: Readable): void {
    this.#readers.delete(reader);
    this.#full.delete(reader);
    if (this.#readers.size > 0) this.#resume();
  }

  #resume(): void {
    if (this.#full.size === 0 && !this.#ended) this.#source.resume();
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
    for (const reader of this.#readers) if (!reader.push(chunk)) this.#full.add(reader);
    if (this.#full.size > 0) this.#source.pause();
  }

  #onEnd(): void {
    this.#ended = true;
    for (const reader of this.#readers) reader.push(null);
    this.onComplete();
  }
}
