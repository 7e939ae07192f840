import { expect, it } from 'vitest';
import { KNOWN } from '../../../scripts/fuzz/meshes/known.ts';
import { known, recorded } from './hold.ts';

it('at most one recorded mesh of a hundred differs on purpose', () => {
  const purposes = KNOWN.filter(({ why }) => why === 'purpose').map(({ reason }) => reason);
  const meshes = new Set(purposes.flatMap(reason => known[reason] ?? []));
  const all = recorded().length;
  expect(all).toBeGreaterThan(2000);
  expect(meshes.size / all).toBeLessThanOrEqual(0.01);
  expect(Object.keys(known).filter(reason => !KNOWN.some(each => each.reason === reason))).toEqual([]);
});
