/**
 * The task and its checks as a YAML comment at the top of a file that a learner edits. It is ours, and known again by its
 * first and last line: whatever asks whether the learner changed something looks at what stands below it. Pure.
 */
import wrapAnsi from 'wrap-ansi';
import { isSealed, type Lesson } from '../course/course.ts';
import type { StepOf } from '../course/schema.ts';
import { printable } from '../shared/printable.ts';
import { literally } from '../shared/texts.ts';

/** ASCII, for editors of any locale. */
const FIRST = '# --- The task (istio-tutor) ---';
const LAST = '# --- Your file begins below ---';

/** Editors may change the ends of lines, or the comment's own text; without one of its two lines it is the learner's. */
const COMMENT = new RegExp(
  `^${literally(FIRST)}\\r?\\n(?:#.*\\r?\\n)*?${literally(LAST)}[ \\t]*(?:\\r?\\n|$)`,
);

/** Columns, the sign included: an editor beside the program may have few. */
const COLUMNS = 68;

/** The comment, with its last newline. Who may not see verdicts sees no checks either. */
export function taskComment(
  lesson: Pick<Lesson, 'exam' | 'playground'>,
  { task, checks }: StepOf<'fix'>,
): string {
  const told = isSealed(lesson) || checks.length === 0 ? [] : ['', ...checks.map(each => `- ${each.title}`)];
  const lines = [...task.trimEnd().split(/\r?\n/), ...told].flatMap(wrapped);
  return [FIRST, ...lines.map(each => `# ${each}`.trimEnd()), LAST, ''].join('\n');
}

/** What is the learner's of a file's text. */
export const withoutTask = (text: string): string => text.replace(COMMENT, '');

/** The comment that a text begins with; empty where there is none. */
export const taskOf = (text: string): string => COMMENT.exec(text)?.[0] ?? '';

/** The same texts by name, each without its comment. */
export const withoutTasks = (texts: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, withoutTask(text)]));

/** Marks of Markdown mean nothing in an editor. Items and calls are indented where they go on. */
function wrapped(text: string): string[] {
  const plain = printable(text.replace(/`([^`]+)`|\*\*(.+?)\*\*/g, '$1$2'));
  const hang = /^(- |\s+)/.test(plain) ? '  ' : '';
  const [first = '', ...rest] = wrapAnsi(plain, COLUMNS - 2 - hang.length, { trim: false }).split('\n');
  return [first, ...rest.map(each => hang + each.trimStart())];
}
