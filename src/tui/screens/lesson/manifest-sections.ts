/**
 * The manifests of a step as sections, with what is new in them marked: whole, or by that alone where rows are few.
 * Pure.
 */
import { isSealed, type Lesson } from '../../../course/course.ts';
import { fileChanges } from '../../../lesson/file-changes.ts';
import { shownFiles } from '../../../lesson/shown-files.ts';
import type { LessonSnapshot } from '../../../lesson/state.ts';
import { changedLines, yamlLines } from '../../components/manifest/yaml-lines.ts';
import { line } from '../../text/line.ts';
import type { Context, Section } from './sections.ts';

/** In a fix the learner has the files in an editor, and where rows are few the checks need them more. */
export function manifests(context: Context): Section[] {
  const { snapshot, step, state, columns, signs: sign } = context;
  const inEditor = step.kind === 'fix' && !isSealed(snapshot.lesson) && !snapshot.lesson?.playground;
  if (columns.brief && inEditor && snapshot.connected) return [];
  const mesh = snapshot.namespaces.mesh;
  const refused = state.apply?.objects.flatMap(object => (object.refusal ? [object.refusal] : [])) ?? [];
  return shownFiles(snapshot, step).map(({ name, text, above }) => {
    const bad = refused.flatMap(one =>
      one.line !== undefined && (one.file === undefined || one.file.split('/').at(-1) === name)
        ? [one.line - above]
        : [],
    );
    const ownNamespace = mesh === 'mesh-network' || snapshot.lesson?.exam ? null : mesh;
    const changes = step.kind === 'apply' ? changesOf(snapshot, text) : null;
    const marks = { bad, ownNamespace };
    return {
      id: `manifest ${name}`,
      side: 'right' as const,
      lines: changes
        ? [
            line(columns.brief ? `${name}, where it is new; d has all of it` : name, 'dim'),
            ...changedLines(changes, columns.right, sign, { ...marks, whole: !columns.brief }),
          ]
        : [line(name, 'dim'), ...yamlLines(text, columns.right, sign, marks)],
    };
  });
}

type Changes = ReturnType<typeof fileChanges>;

/** Compared once for each lesson, and not for each frame. */
const compared = new WeakMap<Lesson, Map<string, Changes>>();

function changesOf({ lesson, at, namespaces }: LessonSnapshot, text: string): Changes {
  if (lesson === null) return null;
  const known = compared.get(lesson) ?? new Map<string, Changes>();
  compared.set(lesson, known);
  const key = `${at} ${text}`;
  if (!known.has(key)) known.set(key, fileChanges(lesson, at, text, namespaces.mesh));
  return known.get(key) ?? null;
}
