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

/** How much may wait in a pipe until its writer has to. */
const FULL = 1024 * 1024;

/** Between two commands of a pipeline. */
export class Pipe implements Out, AsyncIterable<Buffer> {
  #chunks: Buffer[] = [];
  #waiting = 0;
  #ended = false;
  #readable: (() => void) | null = null;
  #writable: (() => void)[] = [];
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => this.end(), { once: true });
  }

  write(chunk: Buffer | string): void {
    if (this.#ended) return;
    const data = Buffer.from(chunk);
    this.#chunks.push(data);
    this.#waiting += data.length;
    this.#readable?.();
  }

  async ready(): Promise<void> {
    if (this.#waiting < FULL || this.#ended || this.#signal.aborted) return;
    await new Promise<void>(done => this.#writable.push(done));
  }

  /** Nothing more is written, or nobody reads any more. */
  end(): void {
    this.#ended = true;
    this.#readable?.();
    this.#free();
  }

  #free(): void {
    for (const done of this.#writable) done();
    this.#writable = [];
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (;;) {
      const chunks = this.#chunks;
      this.#chunks = [];
      this.#waiting = 0;
      this.#free();
      yield* chunks;
      if (this.#chunks.length > 0) continue;
      if (this.#ended) return;
      await new Promise<void>(done => {
        this.#readable = done;
      });
      this.#readable = null;
    }
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
