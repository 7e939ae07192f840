/** Deeply frozen copies that share what is already frozen, so that a small change to a large object is cheap. */

const FROZEN = new WeakSet<object>();

/**
 * A copy as JSON would have it (what is undefined is left out), deeply frozen. Parts that were frozen here before are
 * shared.
 */
export function frozenCopy<T>(value: T): T {
  return copied(value) as T;
}

function copied(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || FROZEN.has(value)) return value;
  let result: object;
  if (Array.isArray(value)) {
    result = value.map(each => (each === undefined ? null : copied(each)));
  } else {
    const fields: Record<string, unknown> = {};
    for (const [key, each] of Object.entries(value)) {
      // In JSON a key of this name is a field like any other; an assignment would change the prototype.
      if (key === '__proto__') Object.defineProperty(fields, key, { value: copied(each), enumerable: true });
      else if (each !== undefined) fields[key] = copied(each);
    }
    result = fields;
  }
  Object.freeze(result);
  FROZEN.add(result);
  return result;
}
