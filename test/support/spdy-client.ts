/** The client's end of SPDY/3.1, frame by frame, so that tests can also send what no client sends. */
import type { Duplex } from 'node:stream';
import { constants, createDeflate } from 'node:zlib';
import { DICTIONARY, lengthAndText } from '../../src/sandbox/api-server/spdy/dictionary.ts';

const FIN = 1;

interface Heard {
  text: string;
  bytes: number;
  ended: boolean;
  reset: boolean;
}

export class SpdyClient {
  readonly #transport: Duplex;
  readonly #deflate = createDeflate({ dictionary: DICTIONARY });
  readonly #heard = new Map<number, Heard>();
  readonly #waiting = new Set<() => void>();
  #rest: Buffer = Buffer.alloc(0);
  #blocks: Promise<unknown> = Promise.resolve();
  pings: number[] = [];
  closed = false;

  constructor(transport: Duplex) {
    this.#transport = transport;
    transport.on('data', (chunk: Buffer) => this.#take(chunk));
    transport.on('error', () => {});
    transport.on('close', () => this.#over());
    transport.on('end', () => this.#over());
  }

  heard(id: number): Heard {
    const known = this.#heard.get(id) ?? { text: '', bytes: 0, ended: false, reset: false };
    this.#heard.set(id, known);
    return known;
  }

  /** Resolves as soon as it holds. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>(resolve => this.#waiting.add(resolve));
  }

  raw(bytes: Buffer): void {
    this.#transport.write(bytes);
  }

  async open(id: number, headers: Readonly<Record<string, string>>, flags = 0): Promise<void> {
    this.raw(frame(1, flags, numbers(id, 0), Buffer.alloc(2), await this.block(headers)));
  }

  /** Both streams of a forwarded connection; the error stream is ended as by kubectl. */
  async pair(id: number, port: number): Promise<void> {
    const common = { port: String(port), requestid: String(id) };
    await this.open(id, { ...common, streamtype: 'error' }, FIN);
    await this.open(id + 2, { ...common, streamtype: 'data' });
  }

  data(id: number, text: string | Buffer, isLast = false): void {
    const bytes = Buffer.from(text);
    const head = numbers(id, bytes.length);
    head[4] = isLast ? FIN : 0;
    this.raw(Buffer.concat([head, bytes]));
  }

  ping(id: number): void {
    this.raw(frame(6, 0, numbers(id)));
  }

  block(headers: Readonly<Record<string, string>>): Promise<Buffer> {
    const pairs = Object.entries(headers);
    const plain = [numbers(pairs.length), ...pairs.flat().map(lengthAndText)];
    const next = this.#blocks.then(() => this.compressed(Buffer.concat(plain)));
    this.#blocks = next;
    return next;
  }

  compressed(plain: Buffer): Promise<Buffer> {
    return new Promise(resolve => {
      const parts: Buffer[] = [];
      const take = (part: Buffer) => parts.push(part);
      this.#deflate.on('data', take);
      this.#deflate.write(plain);
      this.#deflate.flush(constants.Z_SYNC_FLUSH, () => {
        this.#deflate.off('data', take);
        resolve(Buffer.concat(parts));
      });
    });
  }

  end(): void {
    this.#transport.destroy();
  }

  #over(): void {
    this.closed = true;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  #take(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      if (this.#rest.length < 8) break;
      const length = this.#rest.readUIntBE(5, 3);
      if (this.#rest.length < 8 + length) break;
      const [first, flags] = [this.#rest.readUInt32BE(0), this.#rest[4] ?? 0];
      const body = this.#rest.subarray(8, 8 + length);
      this.#rest = this.#rest.subarray(8 + length);
      if (first < 2 ** 31) {
        const heard = this.heard(first);
        heard.bytes += length;
        if (heard.bytes < 100_000) heard.text += body.toString();
        if (flags & FIN) heard.ended = true;
      } else if ((first & 0xffff) === 3) this.heard(body.readUInt32BE(0)).reset = true;
      else if ((first & 0xffff) === 6) this.pings.push(body.readUInt32BE(0));
    }
    this.#wake();
  }
}

export function frame(type: number, flags: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(0x8003_0000 + type, 0);
  head[4] = flags;
  head.writeUIntBE(body.length, 5, 3);
  return Buffer.concat([head, body]);
}

export function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}
