import type { Clock } from '../../src/shared/clock.ts';

/** A clock that jumps: waiting takes no time, and on the way what is due happens. */
export class ScriptedClock implements Clock {
  #now = 0;
  readonly #due: { readonly at: number; readonly happen: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  /** Something that happens at this millisecond, when somebody waits past it. */
  at(ms: number, happen: () => void): this {
    this.#due.push({ at: ms, happen });
    this.#due.sort((a, b) => a.at - b.at);
    return this;
  }

  async wait(ms: number, signal?: AbortSignal): Promise<void> {
    const end = this.#now + ms;
    for (let next = this.#due[0]; next !== undefined && next.at <= end; next = this.#due[0]) {
      this.#due.shift();
      this.#now = Math.max(this.#now, next.at);
      next.happen();
      if (signal?.aborted) throw new DOMException('aborted', 'AbortError');
    }
    signal?.throwIfAborted();
    this.#now = end;
  }
}
