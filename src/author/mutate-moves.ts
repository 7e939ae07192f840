/** Changes of more than one field: an entry doubled, a field given to the entry beside it or to the whole. Pure. */
import { isObject, type Json, type JsonObject } from '../shared/json.ts';

export type Path = readonly (string | number)[];

export interface Change {
  readonly path: Path;
  /** Undefined: left out. */
  readonly value: Json | undefined;
  readonly word: string;
}

/** Entry `at` of a list, twice. */
export function doubled(items: readonly Json[], at: number, path: Path): Change {
  return { path, value: items.toSpliced(at, 0, items[at] as Json), word: `[${at}] doubled` };
}

/** Each field that entry `at` has and the one before or after it has not, given to that one. */
export function movedToNeighbours(items: readonly Json[], at: number, path: Path): Change[] {
  const from = items[at];
  if (!isObject(from)) return [];
  return [at - 1, at + 1].flatMap(next => {
    const to = items[next];
    if (!isObject(to)) return [];
    const fields = Object.entries(from).filter(([key]) => !(key in to));
    return fields.map(([key, value]) => ({
      path,
      value: items.with(at, without(from, key)).with(next, { ...to, [key]: value }),
      word: `[${at}].${key} moved to [${next}]`,
    }));
  });
}

/** What holds for a port or a subset of a DestinationRule, made to hold for the whole. */
export function madeBroader(spec: JsonObject, path: Path): Change[] {
  return [...portsToAll(spec, path), ...subsetsToAll(spec, path)];
}

function portsToAll(spec: JsonObject, path: Path): Change[] {
  const { portLevelSettings, ...rest } = spec;
  if (!Array.isArray(portLevelSettings)) return [];
  return portLevelSettings.flatMap((each: Json, at) =>
    isObject(each)
      ? [
          {
            path,
            value: { ...rest, ...without(each, 'port') },
            word: `portLevelSettings[${at}] for all ports`,
          },
        ]
      : [],
  );
}

function subsetsToAll(spec: JsonObject, path: Path): Change[] {
  const { subsets } = spec;
  if (!Array.isArray(subsets)) return [];
  return subsets.flatMap((each: Json, at) =>
    isObject(each) && each.trafficPolicy !== undefined
      ? [
          {
            path,
            value: {
              ...spec,
              trafficPolicy: each.trafficPolicy,
              subsets: subsets.with(at, without(each, 'trafficPolicy')),
            },
            word: `subsets[${at}].trafficPolicy for all`,
          },
        ]
      : [],
  );
}

function without(object: JsonObject, key: string): JsonObject {
  const { [key]: _, ...rest } = object;
  return rest;
}
