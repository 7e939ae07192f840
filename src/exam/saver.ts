/**
 * Keeps a changing state on a disk that may fail: one write at a time, always of the newest state. Remembers what went
 * wrong.
 */
export class Saver {
  readonly #store: () => Promise<void>;
  readonly #now: () => number;
  #failure: Error | null = null;
  #saved: number | null = null;
  #writing: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  /** `now` in milliseconds since the epoch. */
  constructor(store: () => Promise<void>, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Why the newest state is not saved; null when it is. */
  get failure(): Error | null {
    return this.#failure;
  }

  /** When it was saved last, in milliseconds since the epoch; null: never by this process. */
  get saved(): number | null {
    return this.#saved;
  }

  /** Resolves when what there is now was written, or could not be. Never throws. */
  save(): Promise<void> {
    if (this.#writing === null) {
      this.#writing = this.#write();
      return this.#writing;
    }
    // That write may have begun before the change that is to be saved now.
    this.#next ??= this.#writing.then(() => {
      this.#next = null;
      this.#writing = this.#write();
      return this.#writing;
    });
    return this.#next;
  }

  async #write(): Promise<void> {
    const began = this.#now();
    try {
      await this.#store();
      this.#failure = null;
      this.#saved = began;
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
    } finally {
      if (this.#next === null) this.#writing = null;
    }
  }
}
