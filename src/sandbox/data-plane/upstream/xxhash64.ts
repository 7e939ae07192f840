/**
 * xxHash64, which Envoy uses for everything in consistent hashing.
 * Source: source/common/common/hash.h (HashUtil::xxHash64).
 */
import xxhash from 'xxhash-wasm';

const { h64, h64Raw } = await xxhash();

/** Hashes a text of Envoy's own: an address, a key. */
export const xxHash64 = (text: string, seed = 0n): bigint => h64(text, seed);

/**
 * Hashes what a message brings, whose bytes Node has as latin1 text. With several values, each one's hash seeds the
 * next.
 */
export function xxHash64OfBytes(...values: readonly string[]): bigint {
  return values.reduce((seed, value) => h64Raw(Buffer.from(value, 'latin1'), seed), 0n);
}
