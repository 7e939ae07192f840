/** YAML files of a course, read so that every error names file, line, column and field. */
import { type Document, isNode, LineCounter, type ParsedNode, parseDocument } from 'yaml';
import type { z } from 'zod';
import { UserError } from '../shared/errors.ts';
import { schemaWords } from '../shared/schema-words.ts';
import { nearest } from './address.ts';
import { type FileKind, LESSON_FILE } from './file-kind.ts';
import { fieldsAt } from './known-fields.ts';
import { brokenIn, parseBounded, plainValue, YamlTrouble } from './plain-yaml.ts';

/** Where in a file: 1-based. */
export interface SourcePlace {
  readonly line: number;
  readonly column: number;
}

/** A parsed file: its value, and where each of its fields is. */
export interface YamlFile {
  readonly value: unknown;
  /** The place of a field; of its nearest parent that is there, if it is not. */
  place(path: readonly PropertyKey[]): SourcePlace;
}

/** Parses one YAML document. Throws a UserError with line and column. `name` is the file as messages call it. */
export function readYaml(text: string, name: string, kind: FileKind = LESSON_FILE): YamlFile {
  const counter = new LineCounter();
  const fail = (offset: number, why: string): never => {
    const { line, col } = counter.linePos(offset);
    throw lessonError(name, { line: Math.max(line, 1), column: Math.max(col, 1) }, null, why, kind);
  };
  let document: Document.Parsed;
  let value: unknown;
  try {
    document = parseBounded(text, () => parseDocument(text, { lineCounter: counter, prettyErrors: false }));
    const broken = brokenIn(document);
    if (broken !== null) fail(broken.offset, `This is not YAML: ${broken.why}`);
    value = plainValue(document);
  } catch (error) {
    if (error instanceof YamlTrouble) return fail(error.offset, error.why);
    throw error;
  }
  return {
    value,
    place(path) {
      for (let length = path.length; length > 0; length--) {
        const keys = path.slice(0, length);
        const pair = pairAt(document.contents, keys);
        if (pair !== null) {
          const { line, col } = counter.linePos(pair);
          return { line, column: col };
        }
      }
      return { line: 1, column: 1 };
    },
  };
}

/** Offset of the key (in a mapping) or the item (in a list) that a path leads to; null if it is not there. */
function pairAt(contents: ParsedNode | null, path: readonly PropertyKey[]): number | null {
  let node: unknown = contents;
  let offset: number | null = null;
  for (const key of path) {
    const items = (node as { items?: unknown[] } | null)?.items;
    if (!Array.isArray(items)) return null;
    if (typeof key === 'number') {
      node = items[key];
    } else {
      const pair = items.find(
        item => String((item as { key?: { value?: unknown } }).key?.value) === String(key),
      ) as { key: unknown; value: unknown } | undefined;
      if (pair === undefined) return null;
      node = pair.value;
      if (isNode(pair.key) && pair.key.range) {
        offset = pair.key.range[0];
        continue;
      }
    }
    if (isNode(node) && node.range) offset = node.range[0];
    else return null;
  }
  return offset;
}

/** Checks a file against a schema. Throws a UserError for the first thing that is wrong, with its place. */
export function validateYaml<S extends z.ZodType>(
  schema: S,
  file: YamlFile,
  name: string,
  kind: FileKind = LESSON_FILE,
): z.infer<S> {
  const result = schema.safeParse(file.value, { reportInput: true, error: schemaWords });
  if (result.success) return result.data;
  const issue = deepest(result.error.issues);
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
  const known = issue.code === 'unrecognized_keys' ? fieldsAt(schema, issue.path, file.value) : [];
  throw lessonError(name, file.place(path), fieldName(path), sentence(issue, known), kind);
}

type Issue = z.core.$ZodIssue & {
  /** An unknown field that stands for a missing one: the one mistake of the two. */
  readonly misspelt?: true;
};

/** In a union the branch that got furthest is the one that the author meant. */
function deepest(issues: readonly z.core.$ZodIssue[]): Issue {
  const first: Issue = misspelt(issues) ?? (issues[0] as Issue);
  if (first.code !== 'invalid_union' || first.errors.length === 0) return first;
  const branches = first.errors.map(errors => deepest(errors));
  const reached = (issue: Issue) => {
    if (issue.misspelt) return (issue.path.length + 1) * 10 + 2;
    return issue.path.length * 10 + (issue.code === 'unrecognized_keys' ? 0 : 1);
  };
  const best = branches.reduce((a, b) => (reached(b) > reached(a) ? b : a));
  return { ...best, path: [...first.path, ...best.path] } as Issue;
}

/** A field is missing, and beside it is one with nearly its name; null: not so. */
function misspelt(issues: readonly z.core.$ZodIssue[]): Issue | null {
  for (const each of issues) {
    if (each.code !== 'unrecognized_keys') continue;
    const beside = (path: readonly PropertyKey[]) => fieldName(path.slice(0, -1)) === fieldName(each.path);
    const missing = issues.flatMap(({ code, input, path }) =>
      code !== 'unrecognized_keys' && input === undefined && beside(path) ? [String(path.at(-1))] : [],
    );
    if (each.keys.some(key => nearest(key, missing) !== null)) return { ...each, misspelt: true };
  }
  return null;
}

/** `known`: the fields that there may be, where one is not known. */
function sentence(issue: Issue, known: readonly string[]): string {
  if (issue.code === 'unrecognized_keys') {
    const near = nearest(issue.keys[0] ?? '', known);
    const meant = near === null ? '' : ` Did you mean "${near}"?`;
    return `There is no field "${issue.keys.join('", "')}" here.${meant}`;
  }
  if (issue.code === 'invalid_type' && issue.input === undefined)
    return `This field is missing (${issue.expected}).`;
  const found =
    issue.input === undefined || typeof issue.input === 'object' ? '' : ` Found ${quoted(issue.input)}.`;
  return `${issue.message}.${found}`;
}

/** Most characters of what is quoted: a file that is no YAML at all is one long text. */
const LONGEST_QUOTE = 60;

function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= LONGEST_QUOTE
    ? text
    : `${text.slice(0, LONGEST_QUOTE).trimEnd()}…${typeof value === 'string' ? '"' : ''}`;
}

/** A path as an author reads it: 'steps[2].options[0].say'. */
export function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) =>
      typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`,
    '',
  );
}

/** The error for a course's own files, or for a scene's. */
export function lessonError(
  file: string,
  place: SourcePlace | null,
  field: string | null,
  why: string,
  kind: FileKind = LESSON_FILE,
): UserError {
  const where = place === null ? file : `${file}:${place.line}:${place.column}`;
  return new UserError({
    what: `${kind.file} is wrong: ${where}`,
    why: field === null || field === '' ? why : `${field}: ${why}`,
    next: [`Put ${file} right; ${kind.guide}`],
  });
}
