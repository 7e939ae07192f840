/** Differences on paper that prove nothing: what right answers leave free, and what nobody could notice. Pure. */
import type { Difference } from '../difference/types.ts';

/** Nobody tells shares from each other that differ by less: 5,000 calls do not. */
const ONE_PERCENT = 0.01;

type Leaf = string | number | boolean | null | undefined;
type Leaves = ReadonlyMap<string, Leaf>;

/**
 * Whether a difference is only in what right answers do differently among themselves (one leaves a server out for 30 s and
 * one for 60 s, so how long is not what the task asks for), or in less than one percent of calls. What all right answers
 * do alike, an answer must do.
 */
export function isFree({ before, after }: Difference): boolean {
  const theirs = before.map(leavesOf);
  const mine = leavesOf(after);
  const keys = [...mine.keys()];
  const haveTheSame = (each: Leaves) => each.size === keys.length && keys.every(key => each.has(key));
  if (!theirs.every(haveTheSame)) return false;
  return keys.every(key => {
    const values = [...new Set(theirs.map(each => each.get(key)))];
    const own = mine.get(key);
    return (
      values.some(value => isLike(key, value, own)) || (values.length > 1 && [...values, own].every(isAmount))
    );
  });
}

/** A number, or that there is none. */
const isAmount = (leaf: Leaf) => leaf === null || typeof leaf === 'number';

function isLike(key: string, one: Leaf, other: Leaf): boolean {
  const isShare = key.endsWith('/share') && typeof one === 'number' && typeof other === 'number';
  return isShare ? Math.abs(one - other) < ONE_PERCENT : one === other;
}

/** By their paths. */
function leavesOf(value: unknown): Leaves {
  const leaves = new Map<string, Leaf>();
  const visit = (inner: unknown, path: string): void => {
    if (typeof inner !== 'object' || inner === null) leaves.set(path, inner as Leaf);
    else for (const [key, each] of Object.entries(inner)) visit(each, `${path}/${key}`);
  };
  visit(value, '');
  return leaves;
}
