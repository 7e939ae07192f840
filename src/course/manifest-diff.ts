/**
 * A learner's file against what the API has. Both are brought into one form first (parsed, keys in order), so that
 * quotes, comments and the order of keys make no difference. A file that does not parse is compared as text. Pure.
 */
import { diffLines as compare } from 'diff';
import { parseAllDocuments, stringify } from 'yaml';
import { amount } from '../shared/texts.ts';
import { parseBounded, plainValue } from './plain-yaml.ts';

export interface Compared {
  readonly text: string;
  readonly kind: 'same' | 'added' | 'removed';
}

/** A line of the diff as it is shown: ' + host: a'. note: a remark in its place. */
export interface DiffRow {
  readonly text: string;
  readonly kind: Compared['kind'] | 'note';
}

/** Line by line: `added` is only in the file, `removed` only in the cluster. */
export function compareManifests(applied: string, file: string): Compared[] {
  return compare(normal(applied), normal(file)).flatMap(part => {
    const kind = part.added ? 'added' : part.removed ? 'removed' : 'same';
    return part.value
      .replace(/\n$/, '')
      .split('\n')
      .map(text => ({ text, kind }) as const);
  });
}

/** Three lines around each difference; a line says how much is left out between them. */
const CONTEXT = 3;

export function diffRows(applied: string, file: string): DiffRow[] {
  if (applied.trim() === '') return [note('Not applied yet: all of it would be new.')];
  const all = compareManifests(applied, file);
  if (all.every(one => one.kind === 'same')) return [note('No difference: what is applied is this file.')];
  const near = all.map((_, at) =>
    all.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(one => one.kind !== 'same'),
  );
  const rows: DiffRow[] = [];
  let skipped = 0;
  const gap = () => {
    if (skipped > 0) rows.push(note(`   ${amount(skipped, 'line')} the same`));
    skipped = 0;
  };
  all.forEach((one, at) => {
    if (!near[at]) {
      skipped += 1;
      return;
    }
    gap();
    rows.push({ kind: one.kind, text: ` ${SIGN[one.kind]} ${one.text}` });
  });
  gap();
  return rows;
}

const SIGN = { same: ' ', added: '+', removed: '-' } as const;

const note = (text: string): DiffRow => ({ kind: 'note', text });

function normal(text: string): string {
  try {
    const documents = parseBounded(text, () => parseAllDocuments(text));
    if (!Array.isArray(documents) || documents.length === 0 || documents.some(one => one.errors.length > 0))
      return text;
    return documents
      .map(plainValue)
      .filter(value => value !== null && value !== undefined)
      .map(value => stringify(value, { sortMapEntries: byUse, lineWidth: 0 }))
      .join('---\n');
  } catch {
    return text;
  }
}

/** The order in which people write manifests, then by name. */
const ORDER = ['apiVersion', 'kind', 'metadata', 'name', 'namespace', 'spec'];

function byUse(a: { key: unknown }, b: { key: unknown }): number {
  const place = (key: string) => (ORDER.includes(key) ? ORDER.indexOf(key) : ORDER.length);
  const [left, right] = [keyOf(a), keyOf(b)];
  return place(left) - place(right) || (left < right ? -1 : left > right ? 1 : 0);
}

function keyOf(pair: { key: unknown }): string {
  const { key } = pair;
  return typeof key === 'object' && key !== null && 'value' in key ? String(key.value) : String(key);
}
