/**
 * A controller's queue: keys to be worked on, each once however often it is added. Drained after the change that filled
 * it.
 */
import { LONGEST_TIMER } from '../../../shared/clock.ts';
import { goOn } from '../../go-on.ts';

export class WorkQueue {
  readonly #keys = new Set<string>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #scheduled = false;
  #closed = false;
  readonly #work: (key: string) => void;

  constructor(work: (key: string) => void) {
    this.#work = work;
  }

  add(key: string): void {
    this.#keys.add(key);
    if (this.#scheduled || this.#closed) return;
    this.#scheduled = true;
    queueMicrotask(() => this.#drain());
  }

  /** In so many milliseconds; a key has one such time, the last that was said. */
  addAfter(key: string, wait: number): void {
    this.cancel(key);
    if (this.#closed) return;
    const due = () => {
      this.#timers.delete(key);
      this.add(key);
    };
    this.#timers.set(key, setTimeout(due, Math.min(LONGEST_TIMER, Math.max(1, wait))).unref());
  }

  /** Whether a time was said for it that has not come. */
  waits(key: string): boolean {
    return this.#timers.has(key);
  }

  /** Takes back the time that was said for it. */
  cancel(key: string): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
  }

  close(): void {
    this.#closed = true;
    this.#keys.clear();
    for (const key of this.#timers.keys()) this.cancel(key);
  }

  #drain(): void {
    this.#scheduled = false;
    for (const key of this.#keys) {
      this.#keys.delete(key);
      goOn(`work on ${key}`, () => this.#work(key));
    }
  }
}
