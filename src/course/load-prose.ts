/** lesson.md: the prose of a lesson, one section per step. A section begins with `## Title {#step-id}`. */
import type { Prose } from './course.ts';
import { lessonError } from './yaml-file.ts';

const HEADING = /^##\s+(.*?)\s*\{#([^}]*)\}\s*$/;
/** Longer ones would keep the pattern busy: it tries every space as the end of the title. */
const LONGEST_HEADING = 300;
const FENCE = /^(```|~~~)/;

/** Most characters of a section; the longest of ours has six hundred. */
const LONGEST = 8000;
/** Most stars and underscores of a section: the parser tries out what they may mean together. */
const MOST_MARKS = 400;
/** Quotes and lists nested in each other, on one line. */
const NESTED = /^(?:\s*(?:>|[-*+]\s|\d{1,9}[.)]\s)){10}/m;

/** Why a text is not prose that a screen could show; null if it is. */
export function unreadableProse(text: string): string | null {
  if (text.length > LONGEST) return `It is longer than ${LONGEST} characters.`;
  if ((text.match(/[*_~]/g) ?? []).length > MOST_MARKS)
    return `It has more than ${MOST_MARKS} of *, _ and ~.`;
  return NESTED.test(text) ? 'It has more than nine quotes or lists within each other.' : null;
}

/**
 * The sections of a lesson's prose, by step. `{#id}` is the text before the step is done, `{#id-after}`
 * the text after it. What comes before the first section (the lesson's title) is for readers of the file.
 * The heading itself is left out: screens draw the step's own title.
 */
export function readProse(markdown: string, name: string, steps: readonly string[]): Record<string, Prose> {
  const sections = new Map<string, string[]>();
  let lines: string[] = [];
  let inCode = false;
  markdown.split(/\r?\n/).forEach((line, index) => {
    if (FENCE.test(line)) inCode = !inCode;
    const heading = inCode || line.length > LONGEST_HEADING ? null : HEADING.exec(line);
    if (heading === null) {
      if (!inCode && /^##\s/.test(line)) {
        const why = `A section's heading ends with its step: "${line.trim()} {#step-id}". Smaller headings begin with ###.`;
        throw lessonError(name, { line: index + 1, column: 1 }, null, why);
      }
      lines.push(line);
      return;
    }
    const anchor = heading[2] as string;
    const place = { line: index + 1, column: line.indexOf('{#') + 1 };
    const known =
      steps.includes(anchor) || (anchor.endsWith('-after') && steps.includes(anchor.slice(0, -6)));
    if (!known) throw lessonError(name, place, null, `There is no step "${anchor}" in lesson.yaml.`);
    if (sections.has(anchor)) throw lessonError(name, place, null, `The section "${anchor}" appears twice.`);
    lines = [];
    sections.set(anchor, lines);
  });
  const section = (anchor: string) => {
    const text = (sections.get(anchor) ?? []).join('\n').trim();
    const why = unreadableProse(text);
    if (why !== null) throw lessonError(name, null, `{#${anchor}}`, why);
    return text;
  };
  return Object.fromEntries(
    steps.map(step => {
      if (!sections.has(step)) {
        throw lessonError(
          name,
          null,
          null,
          `The step "${step}" has no text: a section "## ... {#${step}}" is missing.`,
        );
      }
      return [step, { before: section(step), after: section(`${step}-after`) }];
    }),
  );
}
