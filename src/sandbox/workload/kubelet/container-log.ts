/**
 * What a container has printed: its last 10,000 lines with their times, to be read and followed. The kubelet rotates
 * files by size (10 MiB); here the oldest lines go once there are too many.
 */
import type { LogQuery } from '../../rooms.ts';

const KEPT = 10_000;

interface Line {
  readonly at: number;
  readonly text: string;
}

export class ContainerLog {
  /** A ring buffer: line number n is at n modulo KEPT. */
  readonly #lines: Line[] = [];
  #count = 0;
  #ended = false;
  readonly #waiting = new Set<() => void>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Adds a text, which may be several lines. After end() nothing is added. */
  push(text: string): void {
    if (this.#ended) return;
    const at = this.#now();
    for (const line of text.replace(/\n$/, '').split('\n')) {
      this.#lines[this.#count % KEPT] = { at, text: line };
      this.#count += 1;
    }
    this.#wake();
  }

  /** The container has ended: followers end once they have had everything. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *read(query: LogQuery): AsyncGenerator<string> {
    const { follow, since, tailLines, timestamps, signal } = query;
    let next = this.#first(since, tailLines);
    for (;;) {
      next = Math.max(next, this.#count - KEPT); // A reader that is too slow for the ring misses the oldest lines, as with rotation.
      while (next < this.#count && !signal.aborted) {
        const line = this.#lines[next % KEPT];
        if (line) yield timestamps ? `${time(line.at, next)} ${line.text}` : line.text;
        next += 1;
        next = Math.max(next, this.#count - KEPT);
      }
      if (!follow || this.#ended || signal.aborted) return;
      await this.#more(signal);
    }
  }

  #first(since = Number.NEGATIVE_INFINITY, tailLines = KEPT): number {
    const oldest = Math.max(0, this.#count - KEPT);
    let from = Math.max(oldest, this.#count - tailLines);
    // Lines are ordered by time, and most queries are about the last few.
    let first = this.#count;
    while (first > from && (this.#lines[(first - 1) % KEPT]?.at ?? 0) >= since) first -= 1;
    from = Math.max(from, first);
    return from;
  }

  #more(signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const done = () => {
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#waiting.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done();
  }
}

/** RFC 3339 with nanoseconds, as the container runtime writes it: no two lines have the same time. */
function time(at: number, number: number): string {
  return new Date(at).toISOString().replace('Z', `${String(number % 1_000_000).padStart(6, '0')}Z`);
}
