/** The sections of a fix: the task, the learner's files, the checks, the hints, and the walk of what fails. */
import { isSealed } from '../../../course/course.ts';
import type { StepOf } from '../../../course/schema.ts';
import { shownFiles } from '../../../lesson/shown-files.ts';
import { shellPath, tilde } from '../../../shared/paths.ts';
import { checksLines } from '../../components/checks/checks-lines.ts';
import { walkLines } from '../../components/walk/walk-lines.ts';
import { blank, bold, type Line, line, piece } from '../../text/line.ts';
import { shellTexts } from '../../text/shell-texts.ts';
import { wrap } from '../../text/wrap.ts';
import type { Context, Section } from './sections.ts';

export interface FixSections {
  /** What must hold, and where to work. */
  readonly task: readonly Section[];
  readonly checks: readonly Section[];
  /** Hints; and, if so, that the solution was taken. */
  readonly help: readonly Section[];
}

export function fixSections(context: Context, step: StepOf<'fix'>): FixSections {
  const { snapshot, state, columns, signs: sign } = context;
  const left = columns.left;
  const sealed = isSealed(snapshot.lesson);
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
                `e opens your editor; saving in any editor ${sealed ? 'applies it' : 'checks again'}`,
                'dim',
              ),
            ],
            left,
            7,
          ),
        ]
      : []),
    ...(snapshot.kubeconfig && !columns.two
      ? commands('or', `export KUBECONFIG=${shellPath(snapshot.kubeconfig)}`)
      : []),
    ...(snapshot.kubectl && !columns.two ? commands('', snapshot.kubectl) : []),
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
  return {
    task: [
      { id: 'task', side: 'left', lines: taskLines(step.task, left) },
      { id: 'files', side: 'left', lines: files },
    ],
    checks: [{ id: 'checks', side: 'left', lines: sealed ? [] : checksLines(results, left, sign) }],
    help: [
      { id: 'hints', side: 'left', lines: hints },
      { id: 'solution', side: 'left', lines: solution },
    ],
  };
}

/** The task, then calls to try, each on a line of its own. */
function taskLines(task: string, columns: number): Line[] {
  const [text = '', ...calls] = task.split('\n');
  return [
    ...wrap([bold(text)], columns),
    ...(calls.length > 0 ? [blank] : []),
    ...calls.flatMap(each => wrap([piece(each)], columns, 2)),
  ];
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
    lines: failed && walk ? [line(failed.title, 'dim'), ...walkLines(walk, columns.right, look)] : [],
  };
}
