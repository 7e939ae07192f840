/** Which fields a schema has at a path, so that the nearest can be suggested for one that it does not have. Pure. */
import * as z from 'zod';

/** Empty where nothing is known. In a union: the fields of the branches that fit what else is there (`value`). */
export function fieldsAt(schema: z.ZodType, path: readonly PropertyKey[], value: unknown): readonly string[] {
  const bare = unwrapped(schema);
  if (bare instanceof z.ZodUnion) {
    const branches = (bare.options as readonly z.ZodType[]).map(each => fieldsAt(each, path, value));
    return [...new Set(branches.flat())];
  }
  const [key, ...rest] = path;
  if (bare instanceof z.ZodObject) {
    const shape = bare.shape as Readonly<Record<string, z.ZodType>>;
    if (key === undefined) return Object.keys(shape);
    const field = shape[String(key)];
    return field === undefined || !fits(shape, value) ? [] : fieldsAt(field, rest, within(value, key));
  }
  if (key === undefined) return [];
  if (bare instanceof z.ZodArray) return fieldsAt(bare.element as z.ZodType, rest, within(value, key));
  if (bare instanceof z.ZodRecord) return fieldsAt(bare.valueType as z.ZodType, rest, within(value, key));
  return [];
}

function unwrapped(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional ? unwrapped(schema.unwrap() as z.ZodType) : schema;
}

/** Of steps that are told apart by a word (`kind: fix`), only the one with that word. */
function fits(shape: Readonly<Record<string, z.ZodType>>, value: unknown): boolean {
  return Object.entries(shape).every(
    ([key, field]) => !(field instanceof z.ZodLiteral) || field.safeParse(within(value, key)).success,
  );
}

function within(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<PropertyKey, unknown>>)[key]
    : undefined;
}
