/** Manifests that are nearly right: those of the recorded cases, with values changed, moved, doubled and removed. */
import type { Random } from './random.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const VALUES: readonly Json[] = [
  null,
  true,
  0,
  -1,
  65536,
  1e21,
  0.5,
  '',
  '*',
  '*.*',
  '~/*',
  './*',
  '1s',
  '-1s',
  '999999h',
  '0.0000001s',
  'api.safedata-zone.io',
  '*.safedata-zone.io',
  'catalog',
  '10.96.0.1',
  '10.0.0.0/8',
  '::1',
  'a'.repeat(300),
  '([a-z',
  '(?=x)',
  '^(a+)+$',
  '%PREFIX()%',
  '\u0000',
  '"',
  'x\r\ny: z',
  '{{stableIP}}',
  '__proto__',
  'SIMPLE',
  'ISTIO_MUTUAL',
  'DNS',
  'NONE',
  'HTTP',
  'TCP',
  [],
  {},
  [[]],
  [null],
  { exact: 'a', prefix: 'b' },
];

/** A changed copy; one to four changes somewhere in it, most of them in its spec. */
export function mutated(manifest: Json, random: Random): Json {
  const copy = structuredClone(manifest);
  for (let left = 1 + random.below(4); left > 0; left--) change(copy, random);
  return copy;
}

function change(root: Json, random: Random): void {
  const places = random.chance(0.9) ? placesIn((root as { spec?: Json }).spec ?? root) : placesIn(root);
  if (places.length === 0) return;
  const { holder, key } = random.pick(places);
  const other = random.pick(places);
  const slots = holder as Record<string | number, Json>;
  switch (random.below(5)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete slots[key];
      break;
    case 1:
      slots[key] = structuredClone((other.holder as Record<string | number, Json>)[other.key] ?? null);
      break;
    case 2:
      if (Array.isArray(holder)) holder.push(structuredClone(slots[key] ?? null));
      else slots[`${key}x`] = slots[key] ?? null;
      break;
    default:
      slots[key] = structuredClone(random.pick(VALUES));
  }
}

interface PlaceIn {
  readonly holder: Json[] | { [key: string]: Json };
  readonly key: string | number;
}

function placesIn(value: Json): PlaceIn[] {
  if (Array.isArray(value)) return value.flatMap((each, key) => [{ holder: value, key }, ...placesIn(each)]);
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, each]) => [{ holder: value, key }, ...placesIn(each)]);
}
