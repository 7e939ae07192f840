/**
 * What a step's file changes in the manifests that are in effect before it: line by line, as both are written. Of a
 * long manifest that a lesson applies once more, a learner wants to see what is new. Pure.
 */
import { diffLines } from 'diff';
import type { Lesson } from '../course/course.ts';
import { type ManifestObject, parseManifest } from '../course/manifest.ts';
import { compareManifests } from '../course/manifest-diff.ts';
import { keyOf } from '../kube/kinds.ts';
import { UserError } from '../shared/errors.ts';
import { stateOf } from './state-of.ts';

export interface FileLine {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
  /** In the file, from 1; null: it was in the manifest before, or is written differently in it. */
  readonly line: number | null;
}

interface Document {
  readonly lines: readonly string[];
  readonly objects: readonly ManifestObject[];
}

type Manifests = Pick<Lesson, 'start' | 'steps' | 'files'>;

/**
 * Null: nothing in the file resembles what is there, so that all of it is to be read; or it cannot be parsed. `at`: the
 * step's index.
 */
export function fileChanges(
  lesson: Manifests,
  at: number,
  text: string,
  namespace: string,
): readonly FileLine[] | null {
  try {
    return compared(lesson, at, text, namespace);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

function compared(lesson: Manifests, at: number, text: string, namespace: string): FileLine[] | null {
  const known = new Map(
    stateOf(lesson, at, namespace).objects.map(each => [keyOf(each.ref), each.from?.file] as const),
  );
  const before = ({ objects }: Document): string | null => {
    const [key] = objects.map(({ ref }) => keyOf(ref));
    const file = key === undefined ? undefined : known.get(key);
    if (file === undefined) return null;
    const all = documentsIn(lesson.files[file] ?? '', namespace);
    const same = all.find(each => each.objects.some(({ ref }) => keyOf(ref) === key));
    return same === undefined ? null : joined(same.lines);
  };
  const documents = documentsIn(text, namespace).map(each => ({ earlier: before(each) ?? '', each }));
  const written = asWritten(documents.map(({ earlier, each }) => [earlier, joined(each.lines)]));
  const meant = compareManifests(documents.map(({ earlier }) => earlier).join('---\n'), text);
  // Where the two are only written differently, what they mean tells more.
  const all =
    changed(meant) * 3 < changed(written) * 2 ? meant.map(each => ({ ...each, line: null })) : written;
  return (all.length - changed(all)) * LEAST_ALIKE < all.length ? null : all;
}

/** One line of so many must be as before; else a file is new rather than changed. */
const LEAST_ALIKE = 3;

const changed = (lines: readonly Pick<FileLine, 'kind'>[]) =>
  lines.filter(each => each.kind !== 'same').length;

function asWritten(documents: readonly (readonly [earlier: string, now: string])[]): FileLine[] {
  let line = 0;
  return documents
    .flatMap(([earlier, now]) => diffLines(earlier, now))
    .flatMap(({ added, removed, value }) =>
      value
        .replace(/\n$/, '')
        .split('\n')
        .map((text): FileLine => {
          if (removed) return { kind: 'removed', text, line: null };
          line += 1;
          return { kind: added ? 'added' : 'same', text, line };
        }),
    );
}

const joined = (lines: readonly string[]) => `${lines.join('\n')}\n`;

/** A separator belongs to the document that it begins. */
function documentsIn(text: string, namespace: string): Document[] {
  const documents: string[][] = [[]];
  for (const line of text.replace(/\n+$/, '').split('\n')) {
    if (/^---\s*$/.test(line)) documents.push([]);
    documents.at(-1)?.push(line);
  }
  return documents
    .filter(lines => lines.length > 0)
    .map(lines => ({ lines, objects: parseManifest(joined(lines), '', namespace) }));
}
