/**
 * The server's end of SPDY/3.1, as far as kubectl and client-go speak it: streams that the client opens, with data in
 * both directions and an end for each. Frames are taken strictly in turn. There is no flow control between streams, as
 * in the Go library: a stream that nobody reads holds up its connection, and a client that does not read holds up what
 * is written to it. Source: github.com/moby/spdystream; the SPDY draft 3.1.
 */
import type { Duplex } from 'node:stream';
import { wentOn } from '../../go-on.ts';
import { HeaderBlocks } from './header-block.ts';
import { SpdyStream, type StreamFrames } from './stream.ts';

const SYN_STREAM = 1;
const SYN_REPLY = 2;
const RST_STREAM = 3;
const PING = 6;
const HEADERS = 8;

const FIN = 1;
/** Reasons of a RST_STREAM. */
const PROTOCOL_ERROR = 1;
const REFUSED_STREAM = 3;
const CANCEL = 5;

const HEAD = 8;
/** Bytes of a control frame; kubectl's have some hundred. */
const MOST_CONTROL = 64 * 1024;
const MOST_STREAMS = 4_096;
/** Bytes of a data frame that goes out. */
const PIECE = 32 * 1024;

export class SpdyConnection {
  readonly #transport: Duplex;
  readonly #accept: (stream: SpdyStream) => void;
  readonly #streams = new Map<number, SpdyStream>();
  readonly #headers = new HeaderBlocks();
  #lastId = 0;

  /** Throws nothing: a connection that breaks the protocol is ended. `accept` gets each stream of the client. */
  constructor(transport: Duplex, accept: (stream: SpdyStream) => void) {
    this.#transport = transport;
    this.#accept = accept;
    transport.on('error', () => transport.destroy());
    transport.on('close', () => this.#end());
    this.#readAll().catch(() => transport.destroy());
  }

  close(): void {
    this.#transport.end();
    // A client that does not hear is disconnected.
    setTimeout(() => this.#transport.destroy(), 1_000).unref();
  }

  #end(): void {
    for (const stream of this.#streams.values()) stream.takeReset();
    this.#streams.clear();
    this.#headers.close();
  }

  async #readAll(): Promise<void> {
    let waiting: Buffer = Buffer.alloc(0);
    let data: { readonly stream: SpdyStream | undefined; readonly isLast: boolean; left: number } | null =
      null;
    for await (const chunk of this.#transport) {
      waiting = waiting.length === 0 ? (chunk as Buffer) : Buffer.concat([waiting, chunk as Buffer]);
      for (;;) {
        if (data !== null) {
          const part = waiting.subarray(0, data.left);
          waiting = waiting.subarray(part.length);
          data.left -= part.length;
          if (part.length > 0) await data.stream?.takeData(part);
          if (data.left > 0) break;
          if (data.isLast) data.stream?.takeEnd();
          data = null;
        }
        if (waiting.length < HEAD) break;
        const [first, flags, length] = [waiting.readUInt32BE(0), waiting[4] ?? 0, waiting.readUIntBE(5, 3)];
        if (first < 2 ** 31) {
          waiting = waiting.subarray(HEAD);
          data = { stream: this.#streams.get(first), isLast: (flags & FIN) !== 0, left: length };
          if (data.stream === undefined && first > this.#lastId) throw new Error('data of no stream');
          continue;
        }
        if (length > MOST_CONTROL) throw new Error('a control frame is too large');
        if (waiting.length < HEAD + length) break;
        const body = waiting.subarray(HEAD, HEAD + length);
        waiting = waiting.subarray(HEAD + length);
        await this.#control(first, flags, body);
      }
    }
    this.#transport.destroy();
  }

  async #control(first: number, flags: number, body: Buffer): Promise<void> {
    if (first >>> 16 !== 0x8003) throw new Error('not SPDY 3');
    switch (first & 0xffff) {
      case SYN_STREAM:
        return this.#open(flags, body);
      case RST_STREAM:
        return this.#streams.get(body.readUInt32BE(0))?.takeReset();
      case HEADERS:
        // Nothing is in them that matters here; but the next block follows on this one.
        await this.#headers.read(body.subarray(4));
        if (flags & FIN) this.#streams.get(body.readUInt32BE(0))?.takeEnd();
        return;
      case PING:
        // An answer to a ping of ours has an even number; none is sent.
        if (body.readUInt32BE(0) % 2 === 1) this.#write(control(PING, 0, body));
        return;
      default: // SETTINGS, GOAWAY and WINDOW_UPDATE ask for nothing here.
    }
  }

  async #open(flags: number, body: Buffer): Promise<void> {
    const id = body.readUInt32BE(0);
    const headers = await this.#headers.read(body.subarray(10));
    if (id % 2 === 0 || id <= this.#lastId) throw new Error('a stream has the number of another');
    this.#lastId = id;
    if (this.#streams.size >= MOST_STREAMS) return this.#reset(id, REFUSED_STREAM);
    const stream = new SpdyStream(id, headers, this.#frames);
    this.#streams.set(id, stream);
    this.#write(control(SYN_REPLY, 0, numbers(id), await this.#headers.empty()));
    if (flags & FIN) stream.takeEnd();
    try {
      this.#accept(stream);
    } catch (error) {
      wentOn(`stream ${id}`, error);
      stream.takeReset();
      this.#reset(id, PROTOCOL_ERROR);
    }
  }

  readonly #frames: StreamFrames = {
    data: (id, bytes, isLast, done) => {
      if (this.#transport.destroyed || !this.#transport.writable)
        return done(new Error('the client has gone'));
      for (let at = 0; at + PIECE < bytes.length; at += PIECE)
        this.#data(id, bytes.subarray(at, at + PIECE), 0);
      const rest = bytes.subarray(Math.max(0, Math.ceil(bytes.length / PIECE) - 1) * PIECE);
      this.#data(id, rest, isLast ? FIN : 0, done);
    },
    reset: id => this.#reset(id, CANCEL),
    forget: id => void this.#streams.delete(id),
  };

  #data(id: number, bytes: Buffer, flags: number, done?: (error?: Error | null) => void): void {
    const head = numbers(id, 0);
    head[4] = flags;
    head.writeUIntBE(bytes.length, 5, 3);
    this.#write(Buffer.concat([head, bytes]), done);
  }

  #reset(id: number, why: number): void {
    this.#write(control(RST_STREAM, 0, numbers(id, why)));
  }

  #write(frame: Buffer, done?: (error?: Error | null) => void): void {
    if (this.#transport.writable) this.#transport.write(frame, error => done?.(error));
    else done?.(new Error('the client has gone'));
  }
}

function control(type: number, flags: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(HEAD);
  head.writeUInt16BE(0x8003, 0);
  head.writeUInt16BE(type, 2);
  head[4] = flags;
  head.writeUIntBE(body.length, 5, 3);
  return Buffer.concat([head, body]);
}

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}
