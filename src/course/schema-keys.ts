/** Which fields a zod schema knows at a path: for the message about one that it does not know. */
import type { z } from 'zod';

interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly element?: z.core.$ZodType;
  readonly innerType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly valueType?: z.core.$ZodType;
  readonly items?: readonly z.core.$ZodType[];
}

/** The names of all fields that an object at this path may have; of a union, those of all its branches. */
export function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  const { shape, element, innerType, options, valueType, items } = schema._zod.def as unknown as Definition;
  if (innerType !== undefined) return keysAt(innerType, path);
  if (options !== undefined) return [...new Set(options.flatMap(each => keysAt(each, path)))];
  const [key, ...rest] = path;
  if (key === undefined) return Object.keys(shape ?? {});
  const next = shape?.[String(key)] ?? element ?? valueType ?? items?.[Number(key)];
  return next === undefined ? [] : keysAt(next, rest);
}
