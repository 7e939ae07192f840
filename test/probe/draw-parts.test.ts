import { expect, it } from 'vitest';
import { wrapped } from '../../src/probe/draw-parts.ts';

it.each([
  ['api.safedata-zone.io', 19, ['api.safedata-zone', '.io']],
  ['outbound|443||api.safedata-zone.io', 19, ['outbound|443||', 'api.safedata-zone', '.io']],
  ['VirtualService external-api-routing: rule 1', 18, ['VirtualService', 'external-api-', 'routing: rule 1']],
  ['10.96.177.199:15443', 15, ['10.96.177.199:', '15443']],
  ['abcdefghijklmnopqrstuvwxyz', 10, ['abcdefghij', 'klmnopqrst', 'uvwxyz']],
])('%s in %i columns is broken where a reader would', (name, room, lines) => {
  expect(wrapped(name, room)).toEqual(lines);
});
