/** The fields of the built-in kinds as the strict decoder reads them. Made when a kind is first written. */
import type { ServedKind } from '../kinds.ts';
import { type ApiField, fieldsOf, typeOfKind } from './api-types.ts';
import type { Field, Leaf, Struct } from './field-tree.ts';

const trees = new Map<string, Struct>();

/** Undefined for a kind that is not described. */
export function kindFields({ group, kind }: ServedKind): Struct | undefined {
  const type = typeOfKind(group, kind);
  if (type === undefined) return undefined;
  const { fields, ...rest } = structOf(type);
  return { ...rest, fields: { apiVersion: 'string', kind: 'string', ...fields } };
}

function structOf(type: string): Struct {
  const known = trees.get(type);
  if (known !== undefined) return known;
  const fields: Record<string, Field> = {};
  const struct = { type: type.slice(type.indexOf('.') + 1), fields };
  trees.set(type, struct);
  for (const each of fieldsOf(type) ?? []) {
    if (each.name === '') Object.assign(fields, structOf(each.type).fields);
    else fields[each.name] = fieldOf(each);
  }
  return struct;
}

function fieldOf({ holds, type }: ApiField): Field {
  if (holds === 'map' && type === 'quantity') return 'quantities';
  if (holds === 'map') return type === 'string' || type === 'bytes' ? 'map' : 'any';
  const one = fieldsOf(type) === undefined ? leafOf(type) : structOf(type);
  return holds === 'list' ? [one] : one;
}

const LEAVES: ReadonlySet<string> = new Set(['bool', 'int32', 'int64', 'port', 'quantity', 'string', 'time']);

function leafOf(type: string): Leaf {
  if (type === 'microtime') return 'time';
  if (type === 'bytes') return 'string';
  return LEAVES.has(type) ? (type as Leaf) : 'any';
}
