/**
 * Wrong answers made of a right one, one change each: a field left out, doubled, given to its neighbour, made broader or
 * narrower. Whether such a change matters is for others to find out. Pure.
 */
import { stringify } from 'yaml';
import type { KubeObject } from '../kube/client.ts';
import { isObject, type Json, type JsonObject } from '../shared/json.ts';
import { type Change, doubled, madeBroader, movedToNeighbours, type Path } from './mutate-moves.ts';
import { changedObjects, nameAmong } from './mutate-objects.ts';

export interface Mutant {
  /** 'VirtualService/api spec.http[0].timeout left out'. */
  readonly what: string;
  readonly yaml: string;
}

/** The objects with one change in one of them. */
export interface Variant<O extends KubeObject = KubeObject> {
  readonly what: string;
  readonly objects: readonly O[];
}

/** In a fixed order; each once. `namespaces`: where an object could lie as well. */
export function mutantsOf(
  objects: readonly KubeObject[],
  namespaces: readonly string[] = [],
): readonly Mutant[] {
  const found = new Map<string, Mutant>();
  const all = [{ what: 'as it is', objects }, ...variantsOf(objects), ...changedObjects(objects, namespaces)];
  for (const { what, objects: changed } of all) {
    const yaml = changed.map(each => stringify(each, { aliasDuplicateObjects: false })).join('---\n');
    if (!found.has(yaml)) found.set(yaml, { what, yaml });
  }
  return [...found.values()].slice(1);
}

/** The same as objects, in the same order; two of them may be alike. */
export function variantsOf<O extends KubeObject>(objects: readonly O[]): readonly Variant<O>[] {
  return objects.flatMap((object, at) => {
    const name = nameAmong(objects, at);
    const changes = changesIn((object as { readonly spec?: Json }).spec ?? {}, ['spec']);
    const changed = changes.map(({ path, value, word }) => ({
      what: `${name} ${pathText(path)} ${word}`,
      objects: objects.with(at, withValue(object as unknown as Json, path, value) as unknown as O),
    }));
    return [{ what: `${name} left out`, objects: objects.toSpliced(at, 1) }, ...changed];
  });
}

function changesIn(value: Json, path: Path): Change[] {
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    return items.flatMap((each, at) => [
      ...(items.length > 1 ? [{ path: [...path, at], value: undefined, word: 'left out' }] : []),
      ...(at > 0 ? [{ path, value: swapped(items, at), word: `[${at}] before [${at - 1}]` }] : []),
      doubled(items, at, path),
      ...movedToNeighbours(items, at, path),
      ...changesIn(each, [...path, at]),
    ]);
  }
  if (isObject(value)) {
    const inside = Object.entries(value).flatMap(([key, inner]) => [
      { path: [...path, key], value: undefined, word: 'left out' },
      ...matchKind(value, key, path),
      ...changesIn(inner, [...path, key]),
    ]);
    return [...inside, ...madeBroader(value, path)];
  }
  const changes = changesOf(value, String(path.findLast(each => typeof each === 'string')));
  return changes.map(changed => ({ path, value: changed, word: `${text(value)} -> ${text(changed)}` }));
}

const text = (value: Json) => (typeof value === 'string' ? value : JSON.stringify(value));

function swapped(items: readonly Json[], at: number): Json[] {
  const list = [...items];
  [list[at - 1], list[at]] = [list[at] as Json, list[at - 1] as Json];
  return list;
}

/** A match by exact, prefix or regex becomes one of another kind: broader or narrower. */
function matchKind(value: JsonObject, key: string, path: Path): Change[] {
  const other = { exact: 'prefix', prefix: 'exact' }[key];
  if (other === undefined) return [];
  const { [key]: kept, ...rest } = value;
  return [{ path, value: { ...rest, [other]: kept ?? null }, word: `${key} -> ${other}` }];
}

/** What stands where, for the fields in which people confuse one with another. */
const NEIGHBOURS: Readonly<Record<string, readonly string[]>> = {
  protocol: ['HTTP', 'HTTPS', 'TLS', 'TCP'],
  mode: ['DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL', 'REGISTRY_ONLY', 'ALLOW_ANY'],
  resolution: ['DNS', 'STATIC', 'NONE'],
  location: ['MESH_EXTERNAL', 'MESH_INTERNAL'],
  method: ['GET', 'POST'],
  exact: ['GET', 'POST'],
};

const HOSTS = ['api.safedata-zone.io', 'canary.safedata-zone.io', 'stable.safedata-zone.io'];

function changesOf(value: Json, field: string): Json[] {
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'number') return numbers(value);
  if (typeof value !== 'string') return [];
  const duration = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(value);
  if (duration !== null) return [2, 0.5].map(by => `${Number(duration[1]) * by}${duration[2]}`);
  if (value === '.') return ['*'];
  if (value === '*') return ['.'];
  if (HOSTS.includes(value)) return [...HOSTS.filter(each => each !== value), '*.safedata-zone.io'];
  const neighbours = NEIGHBOURS[field] ?? [];
  if (neighbours.includes(value)) return neighbours.filter(each => each !== value);
  if (value.startsWith('/')) return [`${value.replace(/\/$/, '')}/x`, '/'].filter(each => each !== value);
  return field === 'name' || field === 'number' ? [] : [`${value}x`];
}

function numbers(value: number): number[] {
  if (value === 80) return [443];
  if (value === 443) return [80];
  return [...new Set([value * 2, Math.floor(value / 2), value + 1])].filter(each => each !== value);
}

function withValue(object: Json, path: Path, value: Json | undefined): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value ?? null;
  if (Array.isArray(object)) {
    const items = object as readonly Json[];
    if (rest.length > 0) return items.map((each, at) => (at === key ? withValue(each, rest, value) : each));
    return value === undefined
      ? items.filter((_, at) => at !== key)
      : items.map((each, at) => (at === key ? value : each));
  }
  const { [key]: inner = null, ...others } = object as JsonObject;
  if (rest.length > 0) return { ...others, [key]: withValue(inner, rest, value) };
  return value === undefined ? others : { ...others, [key]: value };
}

function pathText(path: Path): string {
  return path
    .map((each, at) => (typeof each === 'number' ? `[${each}]` : at === 0 ? each : `.${each}`))
    .join('');
}
