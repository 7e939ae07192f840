/**
 * Where the field that made a decision is written: file and line of the learner's own YAML, else whose object it is. A
 * line is named only where the file says just what is in effect. Pure.
 */
import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import { type ManifestObject, parseManifest } from '../course/manifest.ts';
import type { Decider } from '../probe/why-steps.ts';

/** A file in which a decision may be written. */
export interface Written {
  /** Relative to the learner's folder; null: it does not lie there. */
  readonly file: string | null;
  readonly text: string;
  /** It belongs to the step that is open. */
  readonly own: boolean;
}

export interface Place {
  /** Relative to the learner's folder. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** What is written there, in one line: 'tls: {mode: SIMPLE}'. */
  readonly text: string;
}

export type Origin =
  | { readonly kind: 'file'; readonly place: Place; readonly written: Written }
  /** The file of this step has the object, but another version of it than what is in effect. */
  | { readonly kind: 'changed'; readonly file: string }
  /** The course put it there, and no file of it lies in the learner's folder. */
  | { readonly kind: 'given' }
  | { readonly kind: 'kubectl' }
  /** The object is not there any more. */
  | { readonly kind: 'gone' };

/** A file with its objects, read once for all decisions. */
export interface ReadFile {
  readonly written: Written;
  readonly objects: readonly ManifestObject[];
}

/** `namespace`: that of objects that name none. */
export function readWritten(written: Written, namespace: string): ReadFile {
  try {
    return { written, objects: parseManifest(written.text, '', namespace) };
  } catch {
    return { written, objects: [] }; // A file in the middle of being written decides nothing.
  }
}

/** `files`: the likeliest first. */
export function originOf(decider: Decider, files: readonly ReadFile[]): Origin {
  if (decider.spec === undefined) return { kind: 'gone' };
  const found = files.flatMap(({ written, objects }) =>
    objects.filter(({ ref }) => isOf(ref, decider)).map(object => ({ written, object })),
  );
  const same = found.filter(({ object }) => isDeepStrictEqual(object.object.spec, decider.spec));
  for (const { written, object } of same) {
    const place = written.file === null ? null : placeIn(written.file, written.text, object, decider.field);
    if (place !== null) return { kind: 'file', place, written };
  }
  if (same.length > 0) return { kind: 'given' };
  const own = found.find(({ written }) => written.own && written.file !== null)?.written.file;
  return own ? { kind: 'changed', file: own } : { kind: 'kubectl' };
}

function isOf(ref: ManifestObject['ref'], { kind, namespace, name }: Decider): boolean {
  return ref.kind === kind && ref.name === name && ref.namespace === namespace;
}

function placeIn(file: string, text: string, object: ManifestObject, field: string): Place | null {
  const line = object.lineOf(field);
  if (line === null) return null;
  const value = valueAt(object.object, field);
  return { file, line, text: inOneLine(text.split('\n')[line - 1] ?? '', field, value) };
}

function valueAt(object: unknown, field: string): unknown {
  const path = field.match(/[^.[\]]+/g) ?? [];
  return path.reduce<unknown>(
    (value, part) => (value as Record<string, unknown> | undefined)?.[part],
    object,
  );
}

/** The line as it is written; where the value goes on below, all of it in YAML's flow style. */
function inOneLine(written: string, field: string, value: unknown): string {
  const line = written.trim();
  const isScalar = typeof value !== 'object' || value === null;
  if (isScalar || /[}\]]\s*(#.*)?$/.test(line)) return line;
  if (!field.endsWith(']')) return `${field.split('.').at(-1)}: ${flow(value)}`;
  const [only, ...others] = Object.entries(value);
  return only === undefined || others.length > 0 ? `- ${flow(value)}` : `- ${only[0]}: ${flow(only[1])}`;
}

function flow(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false }).trim();
}
