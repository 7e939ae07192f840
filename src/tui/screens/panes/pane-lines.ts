/** What an open pane shows. */
import { shownFiles } from '../../../lesson/shown-files.ts';
import type { LessonSnapshot } from '../../../lesson/state.ts';
import { entryOf, entryText } from '../../../probe/glossary/glossary.ts';
import { diffLines } from '../../components/manifest/diff-lines.ts';
import { yamlLines } from '../../components/manifest/yaml-lines.ts';
import { linkedMarkdownLines } from '../../markdown/markdown-lines.ts';
import type { Pane, Ui } from '../../state/ui.ts';
import { blank, bold, type Line, line, piece } from '../../text/line.ts';
import { wrap } from '../../text/wrap.ts';
import { type Look, type Signs, signs as signsOf } from '../../theme.ts';
import { articleLines } from '../lesson/article-lines.ts';
import { besideHelpLines, helpLines } from './help-lines.ts';
import { kubectlLines } from './kubectl-lines.ts';
import { logLines } from './log-lines.ts';
import { menuLines } from './menu-lines.ts';
import { referenceLines } from './reference-lines.ts';
import { solutionLines } from './solution-lines.ts';
import { callsMenu, filesMenu, stepsMenu, termsMenu } from './steps-menu.ts';
import { whyLines } from './why-lines.ts';

/** Panes that are shown beside the text where there are two columns; the others cover the text. */
export const BESIDE: ReadonlySet<Pane> = new Set([
  ...(['diff', 'log', 'kubectl', 'reference', 'article', 'why', 'term'] as const),
]);

export function paneLines(
  pane: Pane,
  snapshot: LessonSnapshot,
  ui: Ui,
  columns: number,
  look: Pick<Look, 'ascii'>,
  now: number,
): Line[] {
  const signs = signsOf(look);
  switch (pane) {
    case 'keys':
      if (snapshot.lesson?.playground) return besideHelpLines('playground', columns);
      return snapshot.lesson?.exam ? besideHelpLines('question', columns) : helpLines('lesson', columns);
    case 'kubectl':
      return kubectlLines(snapshot, columns);
    case 'reference':
      return referenceLines(ui.reference, columns, signs);
    case 'article':
      return articleLines(snapshot, columns);
    case 'steps':
      return menuLines(stepsMenu(snapshot), ui.menuAt, signs);
    case 'files':
      return menuLines(filesMenu(snapshot), ui.menuAt, signs);
    case 'terms':
      return menuLines(termsMenu(ui.terms), ui.menuAt, signs);
    case 'term':
      return termLines(ui.terms?.open ?? null, columns, signs);
    case 'why':
      return whyLines(ui, columns, look, now);
    case 'calls':
      return snapshot.lesson?.playground?.calls.length === 0
        ? [
            [bold('Send a call')],
            blank,
            line('There is none yet: c sends one, which is then kept here.', 'dim'),
          ]
        : menuLines(callsMenu(snapshot), ui.menuAt, signs);
    case 'log':
      return logLines(ui, columns);
    case 'solution':
      return solutionLines(snapshot, columns);
    case 'diff':
      return diffs(snapshot, columns);
  }
}

/** An entry of the glossary. */
function termLines(id: string | null, columns: number, signs: Signs): Line[] {
  const entry = entryOf(id ?? '');
  return entry === null ? [] : linkedMarkdownLines(entryText(entry), columns, signs);
}

function diffs(snapshot: LessonSnapshot, columns: number): Line[] {
  const step = snapshot.lesson?.steps[snapshot.at];
  const files = step ? shownFiles(snapshot, step) : [];
  const legend: Line = [
    piece('   '),
    piece('+ only in the file', 'good'),
    piece('   '),
    piece('- only in the cluster', 'bad'),
  ];
  if (files.length === 0) return [[bold('Diff')], blank, line('This step has no file.', 'dim')];
  return files.flatMap(({ name, text }, at): Line[] => [
    ...(at > 0 ? [blank] : []),
    ...wrap([bold(name), ...(at === 0 ? legend : [])], columns, 3),
    ...diffLines(snapshot.live[name] ?? '', text, columns),
  ]);
}

/** Below a diff: what a step applies, whole, where the step itself shows only what is new in it. */
export function wholeFiles(snapshot: LessonSnapshot, columns: number, signs: Signs): Line[] {
  const step = snapshot.lesson?.steps[snapshot.at];
  return step?.kind === 'apply'
    ? shownFiles(snapshot, step).flatMap(({ name, text }) => [
        blank,
        line(`${name}, all of it`, 'dim'),
        ...yamlLines(text, columns, signs),
      ])
    : [];
}
