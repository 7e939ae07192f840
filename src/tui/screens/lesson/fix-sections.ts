/** The sections of a fix: the task, the learner's files, the checks, the hints, and the walk of what fails. */
import { isSealed } from '../../../course/course.ts';
import type { StepOf } from '../../../course/schema.ts';
import { callOf } from '../../../lesson/calls.ts';
import { shownFiles } from '../../../lesson/shown-files.ts';
import { shellPath, tilde } from '../../../shared/paths.ts';
import { checksLines } from '../../components/checks/checks-lines.ts';
import { commandText } from '../../components/console/command-text.ts';
import { walkLines } from '../../components/walk/walk-lines.ts';
import { blank, bold, type Line, line, piece } from '../../text/line.ts';
import { shellTexts } from '../../text/shell-texts.ts';
import { wrap } from '../../text/wrap.ts';
import type { Context, Section } from './sections.ts';
import { checksToPointAt, checkToSend } from './state.ts';
import { unsent } from './unsent.ts';

export interface FixSections {
  /** What must hold, and the checks of it. */
  readonly work: readonly Section[];
  /** Files, and calls to try, where rows are few: the checks come first there. */
  readonly where: readonly Section[];
  /** Hints; and, if so, that the solution was taken. */
  readonly help: readonly Section[];
}

export function fixSections(context: Context, step: StepOf<'fix'>): FixSections {
  const { snapshot, state, ui, columns, signs: sign } = context;
  const left = columns.left;
  const sealed = isSealed(snapshot.lesson);
  const checked = !sealed && step.checks.length > 0;
  // In two columns they stand below the text; where rows are few, the checks need them more.
  const kubectl = columns.brief && checked ? 'in a pane' : columns.two ? 'below' : 'here';
  const more = snapshot.kubectl && kubectl === 'in a pane' ? '; t: kubectl' : '';
  const folder = snapshot.folder ? tilde(snapshot.folder) : '';
  const labelled = (label: string, text: string): Line[] =>
    wrap([piece(label.padEnd(7), 'dim'), piece(text, 'accent')], left, 7);
  const commands = (label: string, text: string): Line[] =>
    shellTexts(text, left - 7).map((one, at) => [
      piece((at === 0 ? label : '').padEnd(7), 'dim'),
      piece(one, 'accent'),
    ]);
  const files: Line[] = [
    ...(folder
      ? [
          ...labelled(
            'Files',
            filesText(
              columns.two ? '' : `${folder}/`,
              shownFiles(snapshot, step).map(file => file.name),
            ),
          ),
          ...wrap(
            [
              piece('       '),
              piece(
                `e opens your editor; saving in any editor ${sealed ? 'applies it' : 'checks again'}${more}`,
                'dim',
              ),
            ],
            left,
            7,
          ),
        ]
      : []),
    ...(snapshot.kubeconfig && kubectl === 'here'
      ? commands('or', `export KUBECONFIG=${shellPath(snapshot.kubeconfig)}`)
      : []),
    ...(snapshot.kubectl && kubectl === 'here' ? commands('', snapshot.kubectl) : []),
  ];
  const results =
    state.checks ??
    step.checks.map(one => ({
      id: one.id,
      title: one.title,
      guard: one.guard === true,
      verdict: { state: 'not-tried' } as const,
    }));
  const hints = step.hints
    .slice(0, state.hints)
    .flatMap((text, at) => [
      ...(at > 0 ? [blank] : []),
      ...wrap([piece(`Hint ${at + 1} of ${step.hints.length}  `, 'accent'), piece(text)], left, 2),
    ]);
  const solution: Line[] = state.solutionShown
    ? wrap([piece('The solution is in your files; what was there is kept beside it as *.mine.', 'dim')], left)
    : [];
  // An exam tells no calls. Where rows are few, the one that `p` sends has to do.
  const tried = checkToSend(snapshot, step, ui.optionAt)?.id;
  const pointed = checksToPointAt(snapshot)?.[ui.optionAt]?.id;
  const shown = (id: string) => {
    const check = step.checks.find(each => each.id === id);
    if (check === undefined || snapshot.lesson?.exam || (columns.brief && id !== tried)) return null;
    const { curl, from } = callOf(check);
    return `${commandText(unsent(curl))}${from === undefined ? '' : `   from client ${from}`}`;
  };
  const { text, calls } = taskLines(step.task, left);
  const task: Section = { id: 'task', side: 'left', lines: text };
  const tries: Section = { id: 'tries', side: 'left', lines: calls };
  const place: Section = { id: 'files', side: 'left', lines: files };
  const checks: Section = {
    ...{ id: 'checks', side: 'left' },
    lines: sealed
      ? []
      : [
          ...checksLines(results, { columns: left, brief: columns.brief, pointed, callOf: shown }, sign),
          ...(state.past && state.checks ? [line('     as it was when you put it right', 'dim')] : []),
        ],
  };
  return {
    work: columns.brief ? [task, checks] : [task, tries, place, checks],
    where: columns.brief ? [place, tries] : [],
    help: [
      { id: 'hints', side: 'left', lines: hints },
      { id: 'solution', side: 'left', lines: solution },
    ],
  };
}

/** The task, and calls to try, each on a line of its own. */
function taskLines(task: string, columns: number): { readonly text: Line[]; readonly calls: Line[] } {
  const [text = '', ...calls] = task.split('\n');
  return {
    text: wrap([bold(text)], columns),
    calls: calls.flatMap(each => wrap([piece(each)], columns, 2)),
  };
}

/** '~/istio-tutor/03-x/rule.yaml', or the folder when there are several. Where it stands below, the names are enough. */
function filesText(folder: string, names: readonly string[]): string {
  if (folder === '') return names.join(', ');
  return names.length === 1 ? `${folder}${names[0]}` : `${folder}*.yaml`;
}

/** The walk of the first check that fails: mostly it shows why. */
export function failedWalk({ state, look, columns }: Context): Section {
  const failed = state.checks?.find(check => check.verdict.state === 'failed' && check.verdict.walk);
  const walk = failed?.verdict.state === 'failed' ? failed.verdict.walk : undefined;
  return {
    id: 'failed walk',
    side: 'right',
    lines:
      failed && walk
        ? [line(failed.title, 'dim'), ...walkLines(walk, columns.right, look, columns.brief)]
        : [],
  };
}
