/**
 * Manifests as text and as objects: parsing with places, the lab's placeholders, and the learner's
 * namespaces put in so that comments and formatting stay as they were written.
 */
import { type Document, isMap, isScalar, LineCounter, parseAllDocuments, visit } from 'yaml';
import type { KubeObject, ObjectRef } from '../kube/client.ts';
import { UserError } from '../shared/errors.ts';
import { mapTexts } from '../shared/texts.ts';
import type { WorldNames } from '../world/names.ts';
import { brokenIn, checkShape, parseBounded, plainValue, YamlTrouble } from './plain-yaml.ts';

export interface ManifestObject {
  readonly ref: ObjectRef;
  readonly object: KubeObject;
  /** Line of the document's first key, from 1. */
  readonly line: number;
  /** The line of a field, from 1: 'spec.http[0].retrys'. Null if it is not there. */
  lineOf(field: string): number | null;
}

/** An error in a manifest, in the learner's folder or in a lesson. */
export class ManifestError extends UserError {
  /** Line and column from 1. */
  readonly line: number;
  readonly column: number;
  readonly why: string;

  constructor(file: string, line: number, column: number, why: string) {
    super({
      what: `${file}, line ${line}, column ${column}: this manifest cannot be read.`,
      why,
      next: [`Put line ${line} right and save.`],
    });
    this.line = line;
    this.column = column;
    this.why = why;
  }
}

/**
 * The objects of a manifest, in the order of the file. An object without a namespace gets `namespace`.
 * `longest`: characters, where it is none of a course's. Throws a ManifestError for broken YAML and for what is not a Kubernetes object.
 */
export function parseManifest(
  text: string,
  file: string,
  namespace = 'mesh-network',
  longest?: number,
): ManifestObject[] {
  const lineCounter = new LineCounter();
  const objects: ManifestObject[] = [];
  try {
    for (const document of documentsOf(text, lineCounter, longest)) {
      const broken = brokenIn(document);
      if (broken !== null) throw broken;
      const value = plainValue(document);
      if (value === null || value === undefined) continue;
      const start = document.contents?.range?.[0] ?? 0;
      const at = lineCounter.linePos(start);
      objects.push(
        toObject(value, document, lineCounter, { file, line: at.line, column: at.col }, namespace),
      );
    }
  } catch (error) {
    if (!(error instanceof YamlTrouble)) throw error;
    const { line, col } = lineCounter.linePos(error.offset);
    throw new ManifestError(file, Math.max(line, 1), Math.max(col, 1), firstLine(error.why));
  }
  return objects;
}

/** The documents of a manifest; empty where there is not even a comment. Throws YamlTrouble. */
function documentsOf(text: string, lineCounter?: LineCounter, longest?: number): readonly Document.Parsed[] {
  const options = { prettyErrors: false, ...(lineCounter === undefined ? {} : { lineCounter }) };
  const documents = parseBounded(text, () => parseAllDocuments(fillForParsing(text), options), longest);
  return Array.isArray(documents) ? documents : [];
}

function toObject(
  value: unknown,
  document: Document.Parsed,
  counter: LineCounter,
  at: { file: string; line: number; column: number },
  namespace: string,
): ManifestObject {
  const fail = (why: string): never => {
    throw new ManifestError(at.file, at.line, at.column, why);
  };
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    fail('A manifest is a mapping: apiVersion, kind, metadata.');
  const object = value as KubeObject;
  for (const key of ['apiVersion', 'kind'] as const) {
    if (typeof object[key] !== 'string' || object[key] === '') fail(`${key} is missing.`);
  }
  if (typeof object.metadata?.name !== 'string' || object.metadata.name === '')
    fail('metadata.name is missing.');
  object.metadata.namespace ??= namespace;
  if (typeof object.metadata.namespace !== 'string') fail('metadata.namespace is not a name.');
  return {
    object,
    ref: {
      apiVersion: object.apiVersion,
      kind: object.kind,
      name: object.metadata.name,
      namespace: object.metadata.namespace,
    },
    line: at.line,
    lineOf: field => lineOfField(document, counter, field),
  };
}

const firstLine = (text: string) => text.split('\n')[0] ?? text;

function lineOfField(document: Document.Parsed, counter: LineCounter, field: string): number | null {
  const path = field
    .replace(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter(part => part !== '');
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(item => isScalar(item.key) && String(item.key.value) === part);
      if (pair === undefined) return null;
      offset = (pair.key as { range?: [number, number, number] }).range?.[0];
      node = pair.value;
    } else {
      node = (node as { items?: unknown[] } | null)?.items?.[Number(part)];
      if (node === undefined) return null;
      offset = (node as { range?: [number, number, number] }).range?.[0] ?? offset;
    }
  }
  return offset === undefined ? null : counter.linePos(offset).line;
}

const PLACEHOLDER = /\{\{\s*(\w+)\s*\}\}/g;

/** Text with the lab's placeholders put in. Throws a UserError for one that does not exist. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(PLACEHOLDER, (whole, name: string) => {
    const value = ownValue(values, name);
    if (value === undefined) {
      throw new UserError({
        what: `There is no placeholder ${whole}.`,
        next: [`The ones there are: ${Object.keys(values).join(', ')}.`],
      });
    }
    return value;
  });
}

/** Own properties only: {{constructor}} is not a placeholder. */
function ownValue(values: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** Text for reading: a placeholder without a value stays as it is written. */
export function fillKnown(text: string, known: Readonly<Record<string, string>>): string {
  return text.replace(PLACEHOLDER, (whole, name: string) => ownValue(known, name) ?? whole);
}

/** The way back: an address of this world becomes its placeholder again, since another world has others. */
export function withoutAddresses(text: string, known: Readonly<Record<string, string>>): string {
  return Object.entries(known).reduce(
    (all, [name, value]) =>
      name.endsWith('IP') && value !== '' ? all.replaceAll(value, `{{${name}}}`) : all,
    text,
  );
}

/** The same for any value: every string in it. */
export function fillAll<T>(value: T, known: Readonly<Record<string, string>>): T {
  return mapTexts(value, text => fillKnown(text, known));
}

/** A placeholder that is not filled in yet would be a YAML mapping; for reading it is as good as a word. */
function fillForParsing(text: string): string {
  return text.replace(PLACEHOLDER, whole => 'x'.repeat(whole.length));
}

/** 'mesh-network/host' from its beginning, and 'x.mesh-network.svc' anywhere; never a path: '/outside/x'. */
const INSIDE = /(^["']?|[^\w-](?=[\w-]+\.svc\b))(mesh-network(?:-[a-z0-9]+)?|outside)(?=\.svc\b|\/)/g;

const NAMESPACE_KEYS = new Set(['namespace', 'exportTo', 'namespaces', 'notNamespaces', 'sourceNamespace']);

/**
 * A manifest with the learner's namespaces in the place of mesh-network, mesh-network-b and outside: where a namespace
 * is named as such, in 'x.mesh-network.svc...' and in 'mesh-network/host'. Only those characters change.
 */
export function withNamespaces(text: string, names: WorldNames): string {
  if (names.mesh === 'mesh-network' && names.outside === 'outside') return text;
  const edits: { from: number; to: number; text: string }[] = [];
  for (const document of readableDocuments(text)) {
    visit(document, {
      Scalar(_, node, parents) {
        if (typeof node.value !== 'string' || !node.range) return;
        const key = nearestKey(parents, node);
        const [start, end] = node.range;
        const source = text.slice(start, end);
        const exact = key !== null && NAMESPACE_KEYS.has(key) ? ownNamespace(node.value, names) : undefined;
        const own = (written: string) =>
          written.replace(
            INSIDE,
            (_match, before: string, name: string) => `${before}${ownNamespace(name, names)}`,
          );
        const escaped = node.type === 'QUOTE_DOUBLE' && source.includes('\\');
        const next = escaped
          ? sameOr(source, node.value, exact ?? own(node.value))
          : exact !== undefined
            ? source.replace(node.value, exact)
            : own(source);
        if (next !== source) edits.push({ from: start, to: end, text: next });
      },
    });
  }
  return edits
    .sort((a, b) => b.from - a.from)
    .reduce((result, edit) => result.slice(0, edit.from) + edit.text + result.slice(edit.to), text);
}

/** A scalar with escapes in it (`mesh\\u002dnetwork`) is rewritten where its value changes. */
function sameOr(source: string, value: string, next: string): string {
  return next === value ? source : JSON.stringify(next);
}

/** Empty where the YAML cannot be read: parseManifest says so when the manifest is needed. */
function readableDocuments(text: string): readonly Document.Parsed[] {
  try {
    const documents = documentsOf(text);
    documents.forEach(checkShape);
    return documents;
  } catch (error) {
    if (error instanceof YamlTrouble) return [];
    throw error;
  }
}

/** The learner's namespace in the place of one of the lessons': 'mesh-network-b' becomes 'exam-4-b'. Others stay. */
export function ownNamespace(written: string, names: WorldNames): string {
  if (written === 'outside') return names.outside;
  return written.replace(/^mesh-network(?=$|-[a-z0-9]+$)/, names.mesh);
}

/** The key whose value this scalar is, or whose list it is in; null for a key itself. */
function nearestKey(parents: readonly unknown[], node: unknown): string | null {
  for (let i = parents.length - 1; i >= 0; i--) {
    const parent = parents[i] as { key?: unknown; value?: unknown };
    if (parent !== null && typeof parent === 'object' && 'key' in parent && 'value' in parent) {
      if (parent.key === node) return null;
      return isScalar(parent.key) ? String(parent.key.value) : null;
    }
  }
  return null;
}
