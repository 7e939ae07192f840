/** What a refusal by the API or by Istio's webhook says, and which line of the manifest it is about. Pure. */
import type { ManifestObject } from '../course/manifest.ts';
import { literally } from '../shared/texts.ts';

/**
 * The words of a refusal, whole. Only an echo of the object that was sent is cut out: for a patch the API server
 * quotes all of it, several screens of escaped JSON, before it says what is wrong.
 */
export function refusalWords(message: string): string {
  const short = message.replace(/"\{\\".*\}"(?=: )/s, '"{...}"').trim();
  // For a patch of an unknown field it also says, around that, that nothing ("") is invalid.
  return short.replace(/^"" is invalid: patch: Invalid value: "\{\.\.\.\}": /, '');
}

/**
 * The field that a refusal is about, and its line in the manifest. The API server names it (`unknown field
 * "spec.x"`, `spec.x[0].y: Invalid value`); Istio's webhook rarely names fields, more often values
 * (`unsupported protocol: HTTPSX`): a value that occurs once in the manifest is the one.
 */
export function refusedField(message: string, manifest: ManifestObject): { field?: string; line?: number } {
  const words = refusalWords(message);
  const field = /unknown field "([^"]+)"/.exec(words)?.[1] ?? /\b(spec(?:\.\w+|\[\d+\])+)/.exec(words)?.[1];
  if (field === undefined) return ofValue(words, manifest);
  for (let part = field; part !== ''; part = parent(part)) {
    const line = manifest.lineOf(part);
    if (line !== null) return { field, line };
  }
  return { field };
}

/** 'field spec.http[0], line 7 of door.yaml': as much of it as is known. */
export function placeText({
  field,
  file,
  line,
}: {
  field?: string;
  file?: string;
  line?: number | undefined;
}): string {
  const where = line === undefined ? file && `in ${file}` : file ? `line ${line} of ${file}` : `line ${line}`;
  return [field && `field ${field}`, where].filter(part => part !== undefined && part !== '').join(', ');
}

function parent(field: string): string {
  return field.replace(/(\.[^.[\]]*|\[\d+\]|^[^.[\]]+)$/, '');
}

function ofValue(words: string, manifest: ManifestObject): { field?: string; line?: number } {
  const named = leaves(manifest.object.spec, 'spec').filter(({ value }) => mentions(words, value));
  const [only] = named;
  if (only === undefined || named.length > 1) return {};
  const line = manifest.lineOf(only.field);
  return line === null ? {} : { field: only.field, line };
}

/** As a word of its own. Short values (a weight, a port) may occur in any sentence. */
function mentions(words: string, value: string): boolean {
  if (value.length < 3) return false;
  return new RegExp(`(^|[^\\w.-])${literally(value)}(?![\\w-]|\\.\\w)`).test(words);
}

function leaves(value: unknown, field: string): { field: string; value: string }[] {
  if (typeof value !== 'object' || value === null) return [{ field, value: String(value) }];
  if (Array.isArray(value)) return value.flatMap((item, i) => leaves(item, `${field}[${i}]`));
  return Object.entries(value).flatMap(([key, item]) => leaves(item, `${field}.${key}`));
}
