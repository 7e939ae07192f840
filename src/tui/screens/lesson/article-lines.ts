/** The article beside a step: its passage with the drawing, and, where it is met first or asked for, what it is. Pure. */
import { type Article, type Passage, passageOf } from '../../../course/article.ts';
import type { LessonSnapshot } from '../../../lesson/state.ts';
import { blank, bold, type Line, line, piece } from '../../text/line.ts';
import { chop, wrap } from '../../text/wrap.ts';

/** At the step where a passage is met first: the passage as text and as drawing; the article's introduction once. */
export function quotedLines(
  { lesson, at }: Pick<LessonSnapshot, 'lesson' | 'at'>,
  columns: { readonly left: number; readonly right: number },
): { readonly text: Line[]; readonly drawing: Line[] } {
  const step = lesson?.steps[at]?.id ?? '';
  const article = lesson?.article;
  const passage = passageOf(article, step);
  if (article === undefined || passage?.shownAt !== step) return { text: [], drawing: [] };
  const intro = article.introducedAt === step ? [...introLines(article, columns.left), blank] : [];
  return {
    text: [...intro, ...saysLines(passage, columns.left)],
    drawing: drawingLines(passage, columns.right),
  };
}

/** The article in a pane: the passage that this step quotes, and what the article is. */
export function articleLines({ lesson, at }: Pick<LessonSnapshot, 'lesson' | 'at'>, columns: number): Line[] {
  const article = lesson?.article;
  if (article === undefined) return [line('This lesson quotes no article.', 'dim')];
  const passage = passageOf(article, lesson?.steps[at]?.id ?? '');
  const drawing = passage ? drawingLines(passage, columns) : [];
  return [
    ...(passage
      ? [...saysLines(passage, columns), ...(drawing.length > 0 ? [blank, ...drawing] : []), blank]
      : [line('This step quotes nothing of the article.', 'dim'), blank]),
    ...introLines(article, columns),
  ];
}

function introLines({ title, author, link, about }: Article, columns: number): Line[] {
  return [
    ...wrap([piece('The article  ', 'accent'), bold(title)], columns),
    ...wrap([piece(author, 'dim')], columns),
    ...chop([{ ...piece(link, 'dim'), link }], columns, 2),
    ...wrap([piece(about)], columns),
  ];
}

function saysLines({ title, says }: Passage, columns: number): Line[] {
  return [...wrap([piece(title, 'accent')], columns), ...wrap([piece(says)], columns)];
}

function drawingLines({ drawing }: Passage, columns: number): Line[] {
  return (drawing ?? '')
    .trimEnd()
    .split('\n')
    .filter(text => text !== '')
    .flatMap(text => chop([piece(`  ${text}`, 'dim')], columns, 2));
}
