/**
 * xxHash64, with which Envoy hashes all that consistent hashing looks at.
 * Source: source/common/common/hash.h (HashUtil::xxHash64).
 */
import xxhash from 'xxhash-wasm';

const { h64, h64Raw } = await xxhash();

/** Of a text of Envoy's own: an address, a key. */
export const xxHash64 = (text: string, seed = 0n): bigint => h64(text, seed);

/** Of what a message brings, whose bytes Node has as latin1 text. Of several values each one's hash is the seed of the next. */
export function xxHash64OfBytes(...values: readonly string[]): bigint {
  return values.reduce((seed, value) => h64Raw(Buffer.from(value, 'latin1'), seed), 0n);
}
