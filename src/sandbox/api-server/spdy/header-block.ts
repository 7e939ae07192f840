/**
 * Header blocks of one SPDY connection. All of them go through one stream of zlib in each direction, so they are to be
 * read in the order in which they arrive, those that nobody wants too.
 */
import { constants, createDeflate, createInflate } from 'node:zlib';
import { DICTIONARY } from './dictionary.ts';

export type Headers = ReadonlyMap<string, string>;

/** Bytes of one block when it is unpacked; a block of zeros would be a thousand times its size. */
const MOST = 64 * 1024;

export class HeaderBlocks {
  readonly #inflate = createInflate({ dictionary: DICTIONARY, finishFlush: constants.Z_SYNC_FLUSH });
  readonly #deflate = createDeflate({ dictionary: DICTIONARY });
  #read: Buffer[] = [];
  #size = 0;
  #failed: ((error: Error) => void) | null = null;
  #empty: Promise<unknown> = Promise.resolve();

  constructor() {
    this.#inflate.on('data', (part: Buffer) => {
      this.#size += part.length;
      if (this.#size <= MOST) return void this.#read.push(part);
      this.#failed?.(new Error('a header block is too large'));
      this.#inflate.destroy();
    });
    this.#inflate.on('error', error => this.#failed?.(error));
    this.#deflate.on('error', () => {});
  }

  /** Rejects if the block cannot be read; then no later one can be. */
  async read(block: Buffer): Promise<Headers> {
    this.#read = [];
    this.#size = 0;
    await new Promise<void>((resolve, reject) => {
      this.#failed = reject;
      this.#inflate.write(block, error => (error ? reject(error) : resolve()));
    });
    return headersOf(Buffer.concat(this.#read));
  }

  /** A block without headers, which is all that this side sends. */
  empty(): Promise<Buffer> {
    const next = this.#empty.then(
      () =>
        new Promise<Buffer>((resolve, reject) => {
          const parts: Buffer[] = [];
          const take = (part: Buffer) => parts.push(part);
          this.#deflate.on('data', take);
          this.#deflate.write(Buffer.alloc(4), error => {
            if (error) return reject(error);
            this.#deflate.flush(constants.Z_SYNC_FLUSH, () => {
              this.#deflate.off('data', take);
              resolve(Buffer.concat(parts));
            });
          });
        }),
    );
    this.#empty = next.catch(() => {});
    return next;
  }

  close(): void {
    this.#failed?.(new Error('the connection is closed'));
    this.#inflate.destroy();
    this.#deflate.destroy();
  }
}

/** Names in lower case; of several values the first. Throws for a block that ends too soon. */
function headersOf(block: Buffer): Headers {
  const headers = new Map<string, string>();
  let at = 4;
  const text = () => {
    const length = block.readUInt32BE(at);
    if (at + 4 + length > block.length) throw new Error('a header block ends too soon');
    const found = block.toString('utf8', at + 4, at + 4 + length);
    at += 4 + length;
    return found;
  };
  for (let left = block.readUInt32BE(0); left > 0; left -= 1) {
    const name = text().toLowerCase();
    headers.set(name, text().split('\0')[0] ?? '');
  }
  return headers;
}
