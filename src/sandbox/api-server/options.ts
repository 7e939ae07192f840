/** Reads a request's query. Source: apimachinery/pkg/apis/meta/v1/types.go ({Create,Update,Patch,Delete}Options) */
import { required } from './built-in/causes.ts';
import { badRequest, invalid } from './status.ts';

export type FieldValidation = 'Ignore' | 'Strict' | 'Warn';

export interface MutationOptions {
  /** The answer is what would be stored; nothing is stored. */
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
  readonly fieldManager: string;
  /** For server-side apply: takes over other managers' fields. */
  readonly force: boolean;
}

/** Throws Invalid for invalid values. */
export function writeOptions(query: URLSearchParams, kind: string): MutationOptions {
  const fieldValidation = query.get('fieldValidation') || 'Warn';
  if (!['Ignore', 'Strict', 'Warn'].includes(fieldValidation)) {
    throw notSupported(kind, 'fieldValidation', fieldValidation, ['', 'Ignore', 'Strict', 'Warn']);
  }
  return {
    dryRun: isDryRun(query.getAll('dryRun'), kind),
    fieldValidation: fieldValidation as FieldValidation,
    fieldManager: query.get('fieldManager') ?? '',
    force: flag(query, 'force'),
  };
}

/** `kind` names the options: 'DeleteOptions'. */
export function isDryRun(values: readonly string[], kind: string): boolean {
  const wrong = values.find(each => each !== 'All');
  if (wrong !== undefined) throw notSupported(kind, 'dryRun', wrong, ['All']);
  return values.length > 0;
}

function notSupported(kind: string, field: string, value: string, supported: readonly string[]) {
  const list = supported.map(each => `"${each}"`).join(', ');
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${list}`;
  return invalid(kind, 'meta.k8s.io', '', [{ reason: 'FieldValueNotSupported', field, message }]);
}

export function fieldManagerRequired() {
  const cause = required('fieldManager', 'is required for apply patch');
  return invalid('PatchOptions', 'meta.k8s.io', '', [cause]);
}

/** 'true', '1' and a name without a value are true, as in Go's conversion of queries. */
export function flag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && value !== 'false' && value !== '0';
}

/** A whole number of at least zero; undefined if it is not in the query. */
export function count(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
}
