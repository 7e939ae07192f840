/**
 * Works on what has changed, soon after the first change: one run at a time, each on everything that has come since the
 * one before.
 */
export class Soon<T> {
  readonly #delay: number;
  readonly #work: (items: readonly T[]) => Promise<void>;
  #items = new Set<T>();
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> = Promise.resolve();
  #isRunning = false;

  /** `delay` in milliseconds, from the first item to the run. */
  constructor(delay: number, work: (items: readonly T[]) => Promise<void>) {
    this.#delay = delay;
    this.#work = work;
  }

  add(items: readonly T[]): void {
    for (const each of items) this.#items.add(each);
    if (this.#items.size === 0 || this.#isRunning) return;
    this.#timer ??= setTimeout(() => void this.#run(), this.#delay);
  }

  /** Begins no further run; resolves when the one under way is over. */
  stop(): Promise<void> {
    this.#items.clear();
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    return this.#running;
  }

  async #run(): Promise<void> {
    this.#timer = null;
    const items = [...this.#items];
    this.#items.clear();
    this.#isRunning = true;
    this.#running = this.#work(items);
    await this.#running.catch(() => {});
    this.#isRunning = false;
    this.add([]);
  }
}
