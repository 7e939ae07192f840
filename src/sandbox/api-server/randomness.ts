/** What the store draws by lot. */
import { randomInt, randomUUID } from 'node:crypto';

export interface Randomness {
  uuid(): string;
  /** The five characters that generateName appends. */
  suffix(): string;
}

/** Without vowels and easily confused characters. Source: apimachinery/pkg/util/rand/rand.go */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

function randomSuffix(): string {
  return Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

export const RANDOM: Randomness = { uuid: randomUUID, suffix: randomSuffix };
