/**
 * The menus: where to go (`g`), which file to edit (`e`, when there are several), which call to send (`o`), what to
 * look up (`g` in a pane).
 */
import type { NamedCall } from '../../../course/scene.ts';
import { shownFiles } from '../../../lesson/shown-files.ts';
import type { LessonSnapshot } from '../../../lesson/state.ts';
import { GLOSSARY } from '../../../probe/glossary/glossary.ts';
import { commandText } from '../../components/console/command-text.ts';
import type { TermsView } from '../../state/ui.ts';

/** What the menu's rows say, and which of them are done. */
export interface Menu {
  readonly title: string;
  readonly rows: readonly { readonly text: string; readonly done: boolean }[];
}

export function stepsMenu(snapshot: LessonSnapshot): Menu {
  const steps = snapshot.lesson?.steps ?? [];
  return {
    title: 'Go to a step',
    rows: steps.map(step => ({ text: step.title, done: snapshot.steps[step.id]?.phase === 'done' })),
  };
}

export function filesMenu(snapshot: LessonSnapshot): Menu {
  return { title: 'Edit a file', rows: editable(snapshot).map(text => ({ text, done: false })) };
}

/** Null `terms`: nothing is offered. */
export function termsMenu(terms: TermsView | null): Menu {
  const rows = GLOSSARY.filter(each => terms?.ids.includes(each.id));
  return { title: 'What is it?', rows: rows.map(({ title }) => ({ text: title, done: false })) };
}

/** Base names of the step's files that lie in the learner's folder: only a fix has such files. */
export function editable(snapshot: LessonSnapshot): string[] {
  const step = snapshot.lesson?.steps[snapshot.at];
  if (step?.kind !== 'fix') return [];
  return shownFiles(snapshot, step).flatMap(file => (file.name in snapshot.files ? [file.name] : []));
}

/** Of the playground. */
export function callsMenu(snapshot: LessonSnapshot): Menu {
  const calls = snapshot.lesson?.playground?.calls ?? [];
  const text = ({ name, title, call }: NamedCall) =>
    title === name ? commandText(call.curl) : `${title}   ${commandText(call.curl)}`;
  return { title: 'Send a call', rows: calls.map(each => ({ text: text(each), done: false })) };
}
