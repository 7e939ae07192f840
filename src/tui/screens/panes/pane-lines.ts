/** What an open pane shows. */
import { shownFiles } from '../../../lesson/shown-files.ts';
import type { LessonSnapshot } from '../../../lesson/state.ts';
import { diffLines } from '../../components/manifest/diff-lines.ts';
import type { Pane, Ui } from '../../state/ui.ts';
import { blank, bold, type Line, line, piece } from '../../text/line.ts';
import { chop, wrap } from '../../text/wrap.ts';
import type { Signs } from '../../theme.ts';
import { besideHelpLines, helpLines } from './help-lines.ts';
import { kubectlLines } from './kubectl-lines.ts';
import { menuLines } from './menu-lines.ts';
import { referenceLines } from './reference-lines.ts';
import { callsMenu, filesMenu, stepsMenu } from './steps-menu.ts';

/** Panes that are shown beside the text where there are two columns; the others cover the text. */
export const BESIDE: ReadonlySet<Pane> = new Set(['diff', 'log', 'kubectl', 'reference']);

export function paneLines(
  pane: Pane,
  snapshot: LessonSnapshot,
  ui: Ui,
  columns: number,
  signs: Signs,
): Line[] {
  switch (pane) {
    case 'keys':
      if (snapshot.lesson?.playground) return besideHelpLines('playground', columns);
      return snapshot.lesson?.exam ? besideHelpLines('question', columns) : helpLines('lesson', columns);
    case 'kubectl':
      return kubectlLines(snapshot, columns);
    case 'reference':
      return referenceLines(ui.reference, columns, signs);
    case 'steps':
      return menuLines(stepsMenu(snapshot), ui.menuAt, signs);
    case 'files':
      return menuLines(filesMenu(snapshot), ui.menuAt, signs);
    case 'calls':
      return snapshot.lesson?.playground?.calls.length === 0
        ? [
            [bold('Send a call')],
            blank,
            line('There is none yet: c sends one, which is then kept here.', 'dim'),
          ]
        : menuLines(callsMenu(snapshot), ui.menuAt, signs);
    case 'log':
      return logLines(ui.log, columns);
    case 'diff':
      return diffs(snapshot, columns);
  }
}

function logLines(log: readonly string[] | null, columns: number): Line[] {
  const head: Line[] = [[bold("The sidecar's access log"), piece('   newest last', 'dim')], blank];
  if (log === null) return [...head, line('reading it', 'dim')];
  if (log.length === 0)
    return [
      ...head,
      line('No line yet. The sidecar writes one when a call has ended, at most a second later.', 'dim'),
    ];
  return [...head, ...log.flatMap(text => chop([piece(text)], columns, 2))];
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
