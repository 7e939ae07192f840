/** Our own JSON files: each says which format it has, and "cannot be used" is told apart from "not there". */
import type { z } from 'zod';
import { issueText, schemaWords } from './schema-words.ts';

/** The value, or why the text cannot be used: not JSON, a newer format than `format`, or not what `schema` says. */
export function readFormat<T>(
  text: string,
  format: number,
  schema: z.ZodType<T>,
): { readonly value: T } | { readonly why: string; readonly newer: boolean } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { why: `It is not JSON: ${(error as Error).message}.`, newer: false };
  }
  const found = (value as { format?: unknown } | null)?.format;
  if (typeof found === 'number' && found > format) {
    const why = `A newer istio-tutor wrote it (format ${found}; this one knows ${format}).`;
    return { why, newer: true };
  }
  const parsed = schema.safeParse(value, { error: schemaWords });
  if (parsed.success) return { value: parsed.data };
  const [issue] = parsed.error.issues;
  return { why: `It does not hold what it should: ${issueText(issue)}.`, newer: false };
}
