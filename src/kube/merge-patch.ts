/** JSON merge patch (RFC 7386): maps are merged, null removes, everything else replaces. */
import { isObject, type Json, objectOf } from '../shared/json.ts';

export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result = new Map<string, Json>(isObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key);
    else result.set(key, mergePatch(result.get(key), value));
  }
  return objectOf(result);
}
