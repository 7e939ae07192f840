/** What a screen reader hears of a lesson: its sections in words, what is chosen, typed and asked. Pure. */
import { choicesOf } from '../../../lesson/asked.ts';
import { callOf } from '../../../lesson/calls.ts';
import type { LessonSnapshot } from '../../../lesson/state.ts';
import { commandText } from '../../components/console/command-text.ts';
import { keyBarLine } from '../../components/key-bar/key-bar-lines.ts';
import { textOfLine } from '../../components/line-editor/state.ts';
import { problemLines } from '../../components/problem/problem-lines.ts';
import type { Said } from '../../components/transcript/said.ts';
import { isMenu, type Ui } from '../../state/ui.ts';
import { type Line, line, textOf } from '../../text/line.ts';
import { type Look, signs } from '../../theme.ts';
import { paneLines } from '../panes/pane-lines.ts';
import { planLines } from '../panes/plan-lines.ts';
import { whyPlaces } from '../panes/why-lines.ts';
import { questionLines } from './frame.ts';
import { lessonKeys } from './key-labels.ts';
import { paneKeys } from './pane-keys.ts';
import { lessonSections } from './sections.ts';
import { asking, checksToPointAt } from './state.ts';

const WIDEST = 78;

/** `columns`: of the window, so that lines that are heard are also lines that are seen. */
export function lessonSpeech(snapshot: LessonSnapshot, ui: Ui, look: Look, columns = WIDEST): Said[] {
  const width = Math.min(WIDEST, columns);
  const { lesson } = snapshot;
  if (!lesson) return [];
  const step = lesson.steps[snapshot.at];
  const where = `${lesson.id} ${step?.id}`;
  const said = (id: string, lines: readonly Line[]): Said[] =>
    lines.length === 0 ? [] : [{ id: `${where} ${id}`, lines }];
  const place =
    lesson.playground !== undefined
      ? `Playground, ${lesson.title}.`
      : lesson.exam === undefined
        ? `Lesson ${lesson.number}, ${lesson.title}. Step ${snapshot.at + 1} of ${lesson.steps.length}.`
        : `Question ${lesson.number}, ${lesson.title}.`;
  const head = line(`${place} ${snapshot.provider}.`);
  const sections = lessonSections({
    snapshot,
    ui: { optionAt: snapshot.connected ? -1 : ui.optionAt, fresh: ui.fresh },
    look,
    columns: { left: width, right: width, two: false, brief: false },
  });
  const asked = asking(snapshot);
  const option = asked ? choicesOf(asked)[ui.optionAt] : undefined;
  const check = checksToPointAt(snapshot)?.[ui.optionAt];
  const question = questionLines(ui, snapshot);
  const chosen = whyPlaces(ui)[ui.menuAt];
  return [
    ...said('head', [head]),
    ...sections.flatMap(section => said(section.id, section.lines)),
    ...(snapshot.problem ? said('problem', problemLines(snapshot.problem, width, signs(look))) : []),
    ...(ui.pane
      ? [
          ...said(
            `pane ${ui.pane}${isMenu(ui.pane) ? ` ${ui.menuAt}` : ''}`,
            paneLines(ui.pane, snapshot, ui.pane === 'why' ? { ...ui, menuAt: -1 } : ui, width, look, 0),
          ),
          ...said('pane keys', [
            line(`Keys: ${textOf(keyBarLine(paneKeys(ui.pane, ui, snapshot), 1000)).trim()}`),
          ]),
        ]
      : []),
    ...(ui.pane === 'diff'
      ? said('plan', planLines(ui.plan, width, 0, { ...look, screenReader: true }))
      : []),
    ...(chosen && ui.pane === 'why' ? said('pointer', [line(`Chosen: ${chosen.file}:${chosen.line}`)]) : []),
    ...(option ? said('pointer', [line(`Chosen: ${ui.optionAt + 1}, ${option}`)]) : []),
    ...(check
      ? said('pointer', [
          line(`Chosen: check ${ui.optionAt + 1}, ${check.title}: ${commandText(callOf(check).curl)}`),
        ])
      : []),
    ...(question ? said('asks', [line(question)]) : []),
    ...(ui.editor
      ? said('editor', [
          line(`Typing: ${textOfLine(ui.editor)}`),
          ...(ui.editor.error ? [line(ui.editor.error)] : []),
        ])
      : []),
    ...(snapshot.busy ? said('busy', [line(snapshot.busy.label)]) : []),
    ...(ui.remark ? said('remark', [line(ui.remark)]) : []),
    ...(snapshot.notice && snapshot.notice !== ui.staleNotice ? said('notice', [line(snapshot.notice)]) : []),
    ...(snapshot.busy || ui.pane || ui.editor
      ? []
      : said('keys', [
          line(`Keys: ${textOf(keyBarLine(lessonKeys(snapshot, false, ui.optionAt), 1000)).trim()}`),
        ])),
  ];
}
