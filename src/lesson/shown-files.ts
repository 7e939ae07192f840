/** The files of a step: the learner's own where they exist, else the lesson's. Pure. */
import type { Step } from '../course/schema.ts';
import type { LessonSnapshot } from './state.ts';
import { baseName } from './state-of.ts';
import { withoutTask } from './task-comment.ts';

export interface ShownFile {
  /** Base name, as it lies in the learner's folder. */
  readonly name: string;
  /** Without the task above it (task-comment.ts). */
  readonly text: string;
  /** How many lines stand above the text in the learner's file. */
  readonly above: number;
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
  const listed = named.map(({ name, text }) => shown(name, snapshot.files[name] ?? text));
  if (step.kind !== 'fix') return listed;
  // In a fix the learner may add files of their own: they count, so they are shown.
  const more = Object.entries(snapshot.files).filter(([name]) => !named.some(one => one.name === name));
  return [...listed, ...more.map(([name, text]) => shown(name, text))];
}

function shown(name: string, written: string): ShownFile {
  const text = withoutTask(written);
  return { name, text, above: written.slice(0, written.length - text.length).split('\n').length - 1 };
}
