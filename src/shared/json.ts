/** JSON values, as patches work on them. Nothing here changes its input: stored objects are frozen. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((each, index) => sameJson(each, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every(key => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
  );
}

/** The same text for the same JSON: lists are compared by it where comparing each with each would take too long. */
export function canonicalText(value: Json): string {
  return JSON.stringify(value, (_, each: Json) => {
    if (!isObject(each)) return each;
    return objectOf(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** Where each element first occurs, by its id. */
export function places(list: readonly Json[], id: (each: Json) => string): Map<string, number> {
  const found = new Map<string, number>();
  list.forEach((each, index) => {
    const key = id(each);
    if (!found.has(key)) found.set(key, index);
  });
  return found;
}

/** Object.fromEntries defines fields, so that a key __proto__ is a key like any other. */
export function objectOf(entries: Iterable<readonly [string, Json]>): JsonObject {
  return Object.fromEntries(entries);
}
