/** The files of a step: the learner's own where they exist, else the lesson's. Pure. */
import type { Step } from '../course/schema.ts';
import type { LessonSnapshot } from './state.ts';
import { baseName } from './state-of.ts';

export interface ShownFile {
  /** Base name, as it lies in the learner's folder. */
  readonly name: string;
  readonly text: string;
}

export function shownFiles(snapshot: LessonSnapshot, step: Step): ShownFile[] {
  const paths =
    step.kind === 'fix'
      ? step.files
      : step.kind === 'apply'
        ? step.changes.flatMap(change => ('apply' in change ? [change.apply] : []))
        : [];
  const named = paths.map(path => ({
    name: baseName(path),
    text: snapshot.lesson?.files[path] ?? '',
  }));
  const listed = named.map(({ name, text }) => ({ name, text: snapshot.files[name] ?? text }));
  if (step.kind !== 'fix') return listed;
  // In a fix the learner may add files of their own: they count, so they are shown.
  const more = Object.entries(snapshot.files).filter(([name]) => !named.some(one => one.name === name));
  return [...listed, ...more.map(([name, text]) => ({ name, text }))];
}
