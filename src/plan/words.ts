/** A plan in words. Pure. */
import type { Difference } from '../difference/types.ts';
import { callWords, differenceWords } from '../difference/words.ts';
import type { PlannedCall } from '../lesson/planning.ts';
import type { PlannedObject } from './plan.ts';

/** What changes of one call stands together. */
export function callsOf(differences: readonly Difference[]): PlannedCall[] {
  const byCall = new Map<string, Difference[]>();
  for (const each of differences) {
    const call = callWords(each.call);
    byCall.set(call, [...(byCall.get(call) ?? []), each]);
  }
  return [...byCall].map(([call, found]) => ({
    call,
    changes: found.map(each => {
      const { before, after } = differenceWords(each);
      return { today: before, after };
    }),
    by: [...new Set(found.flatMap(each => each.decidedBy))],
  }));
}

/** Of each object that the API would not take. */
export function refusals(objects: readonly PlannedObject[]): string[] {
  return objects.flatMap(({ what, planned }) =>
    planned.outcome === 'refused' ? [`${what} would be refused: ${planned.message}`] : [],
  );
}
