/**
 * A controller's queue: keys to be worked on, each once however often it is added. Drained after the change that filled
 * it.
 */
import { goOn } from '../../go-on.ts';

export class WorkQueue {
  readonly #keys = new Set<string>();
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

  close(): void {
    this.#closed = true;
    this.#keys.clear();
  }

  #drain(): void {
    this.#scheduled = false;
    for (const key of this.#keys) {
      this.#keys.delete(key);
      goOn(`work on ${key}`, () => this.#work(key));
    }
  }
}
