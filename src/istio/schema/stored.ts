/**
 * The schemas of those of Istio's kinds that nothing here acts on. The data is made by scripts/stored-schemas.ts from the
 * CRDs, without their CEL rules: what only such a rule refuses, as selector and targetRefs together, is stored here.
 * Each is a text that is parsed when one of its kind is first written or explained, since most worlds never need it.
 */
import { resource } from './parts.ts';
import data from './stored-schemas.json' with { type: 'json' };
import type { Schema } from './structural.ts';

const TEXTS: Readonly<Record<string, string>> = data;
const parsed = new Map<string, Schema>();

/** Undefined if it is none of them. */
export function storedSchema(group: string, kind: string): Schema | undefined {
  const key = `${group}/${kind}`;
  const known = parsed.get(key);
  if (known !== undefined || !Object.hasOwn(TEXTS, key)) return known;
  const { spec, required } = JSON.parse((TEXTS[key] ?? '').replaceAll("'", '"')) as {
    spec: Schema;
    required?: readonly string[];
  };
  const schema = resource(spec, required === undefined ? {} : { required });
  parsed.set(key, schema);
  return schema;
}
