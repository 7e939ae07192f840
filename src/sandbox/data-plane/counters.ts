/** Counters and gauges by Envoy's names; the owner prefixes them. */
export class Counters {
  readonly #values = new Map<string, number>();

  /** Counts up, or down if `by` is negative (gauges such as upstream_cx_active). */
  add(name: string, by = 1): void {
    this.#values.set(name, (this.#values.get(name) ?? 0) + by);
  }

  get(name: string): number {
    return this.#values.get(name) ?? 0;
  }

  /** All of them, each name behind `prefix`. */
  *entries(prefix: string): Iterable<[string, number]> {
    for (const [name, value] of this.#values) yield [`${prefix}${name}`, value];
  }
}
