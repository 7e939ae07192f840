/** A generator's choices, from reproducible chance. */
import { Random } from '../random.ts';

export class Dice extends Random {
  /** One generator for each mesh of a seed, so that any of them can be made alone. */
  static of(seed: string): Dice {
    let hash = 0x811c9dc5;
    for (const byte of Buffer.from(seed)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
    const dice = new Dice(hash);
    // Neighbouring seeds begin alike.
    for (let i = 0; i < 8; i++) dice.next();
    return dice;
  }

  one<T>(...from: readonly T[]): T {
    return this.pick(from);
  }

  /** Both ends included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** `low` to `high` different ones of a list, in any order. */
  some<T>(from: readonly T[], low = 1, high = 3): T[] {
    const rest = [...from];
    const count = Math.min(rest.length, this.between(low, high));
    return Array.from({ length: count }, () => rest.splice(this.below(rest.length), 1)[0] as T);
  }

  /** The fields of an object, each present with this chance; a value is made only when it is needed. */
  maybe<T extends object>(share: number, fields: { readonly [K in keyof T]: () => T[K] }): Partial<T> {
    const out: Partial<T> = {};
    for (const key in fields) if (this.chance(share)) out[key] = fields[key]();
    return out;
  }

  duration(): string {
    return this.one('1s', '2s', '5s', '100ms', '1.5s', '30s', '1m', '10s', '0.25s', '1h');
  }
}
