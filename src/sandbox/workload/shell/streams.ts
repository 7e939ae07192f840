/** What the commands of a script read and write: pipes, files, the streams of exec. */
import type { ExecStreams } from '../../rooms.ts';

/** Where output goes. */
export interface Out {
  write(chunk: Buffer | string): void;
  /** Resolves when more may be written. */
  ready?(): Promise<void>;
}

/** Input of which one command may read a line and leave the rest to the next one. */
export class Input implements AsyncIterable<Buffer> {
  readonly #source: AsyncIterator<Buffer> | null;
  #held: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer> | null) {
    this.#source = source?.[Symbol.asyncIterator]() ?? null;
  }

  static of(data: Buffer | string): Input {
    const input = new Input(null);
    input.#held = Buffer.from(data);
    return input;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (let chunk = await this.#chunk(); chunk !== null; chunk = await this.#chunk()) yield chunk;
  }

  async #chunk(): Promise<Buffer | null> {
    if (this.#held.length > 0) {
      const chunk = this.#held;
      this.#held = Buffer.alloc(0);
      return chunk;
    }
    const next = await this.#source?.next();
    return next === undefined || next.done ? null : next.value;
  }

  /** Without its line end; null: there is none any more. */
  async line(): Promise<string | null> {
    let line = Buffer.alloc(0);
    for (;;) {
      const chunk = await this.#chunk();
      if (chunk === null) return line.length > 0 ? line.toString() : null;
      const end = chunk.indexOf(10);
      if (end < 0) {
        line = Buffer.concat([line, chunk]);
        continue;
      }
      this.#held = chunk.subarray(end + 1);
      return Buffer.concat([line, chunk.subarray(0, end)]).toString();
    }
  }

  async all(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of this) chunks.push(chunk);
    return Buffer.concat(chunks);
  }
}

/** Most that a substitution holds. */
const MOST = 16 * 1024 * 1024;

/** Output that becomes a text; what is too long is cut. */
export class Held implements Out {
  readonly #chunks: Buffer[] = [];
  #size = 0;

  write(chunk: Buffer | string): void {
    if (this.#size > MOST) return;
    const data = Buffer.from(chunk);
    this.#chunks.push(data);
    this.#size += data.length;
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}

/** The three streams of a command, and when it must end. */
export interface Streams {
  readonly stdin: Input | null;
  readonly stdout: Out;
  readonly stderr: Out;
  readonly signal: AbortSignal;
  /** Those of them that are a terminal; a command whose stream is another one has it redirected. */
  readonly terminal?: Pick<Streams, 'stdin' | 'stdout' | 'stderr'>;
}

export function streamsOf(given: ExecStreams): Streams {
  const three = {
    stdin: given.stdin && new Input(given.stdin),
    stdout: { write: (chunk: Buffer | string) => given.stdout(chunk) },
    stderr: { write: (chunk: Buffer | string) => given.stderr(chunk) },
  };
  const streams = { ...three, signal: given.signal };
  return given.tty ? { ...streams, terminal: three } : streams;
}

export function execStreams({ stdin, stdout, stderr, signal }: Streams): ExecStreams {
  return {
    stdin,
    stdout: chunk => stdout.write(chunk),
    stderr: chunk => stderr.write(chunk),
    signal,
  };
}
