/**
 * The screen-reader mode: no frame that is drawn again and again, but a text that only grows. Each section
 * is said once, and again only when its words have changed. Pure.
 */
import type { Snapshot } from '../../lesson/state.ts';
import { keyBarLine } from '../components/key-bar/key-bar-lines.ts';
import { textOfLine } from '../components/line-editor/state.ts';
import { problemLines } from '../components/problem/problem-lines.ts';
import type { Ui } from '../state/ui.ts';
import { type Line, line, textOf } from '../text/line.ts';
import { type Look, signs } from '../theme.ts';
import { lessonKeys } from './lesson/key-labels.ts';
import { questionText } from './lesson/lesson-frame.ts';
import { lessonSections } from './lesson/sections.ts';
import { paneLines } from './panes/pane-lines.ts';

export interface Said {
  /** What has a name is said again only when its text changes. */
  readonly id: string;
  readonly lines: readonly Line[];
}

const WIDTH = 78;

export function lessonSpeech(snapshot: Snapshot, ui: Ui, look: Look): Said[] {
  const { lesson } = snapshot;
  if (!lesson) return [];
  const step = lesson.steps[snapshot.at];
  const where = `${lesson.id} ${step?.id}`;
  const said = (id: string, lines: readonly Line[]): Said[] =>
    lines.length === 0 ? [] : [{ id: `${where} ${id}`, lines }];
  const head = line(
    `Lesson ${lesson.number}, ${lesson.title}. Step ${snapshot.at + 1} of ${lesson.steps.length}. ${snapshot.provider}.`,
  );
  const sections = lessonSections({
    snapshot,
    ui: { optionAt: -1 },
    look,
    columns: { left: WIDTH, right: WIDTH },
  });
  const option = step?.kind === 'predict' ? step.options[ui.optionAt]?.say : undefined;
  const asked = snapshot.steps[step?.id ?? '']?.said === undefined;
  const question = questionText(ui);
  return [
    ...said('head', [head]),
    ...sections.flatMap(section => said(section.id, section.lines)),
    ...(snapshot.problem ? said('problem', problemLines(snapshot.problem, WIDTH, signs(look))) : []),
    ...(ui.pane
      ? said(`pane ${ui.pane} ${ui.menuAt}`, paneLines(ui.pane, snapshot, ui, WIDTH, signs(look)))
      : []),
    ...(option && asked ? said('pointer', [line(`Chosen: ${ui.optionAt + 1}, ${option}`)]) : []),
    ...(question ? said('asks', [line(question)]) : []),
    ...(ui.editor
      ? said('editor', [
          line(`Typing: ${textOfLine(ui.editor)}`),
          ...(ui.editor.error ? [line(ui.editor.error)] : []),
        ])
      : []),
    ...(snapshot.busy ? said('busy', [line(snapshot.busy.label)]) : []),
    ...(ui.remark ? said('remark', [line(ui.remark)]) : []),
    ...(snapshot.notice ? said('notice', [line(snapshot.notice)]) : []),
    ...(snapshot.busy || ui.pane || ui.editor
      ? []
      : said('keys', [line(`Keys: ${textOf(keyBarLine(lessonKeys(snapshot, false), 1000)).trim()}`)])),
  ];
}

/** A frame of another screen, row by row, without rules and empty rows; where the pointer is comes last. */
export function frameSpeech(id: string, frame: readonly Line[], look: Look): Said[] {
  const { pointer } = signs(look);
  const rows = frame.map(textOf);
  const said = rows.flatMap((text, at): Said[] =>
    /[\p{L}\p{N}]/u.test(text)
      ? [{ id: `${id} ${at}`, lines: [line(squeezed(text.replace(pointer, ' ')))] }]
      : [],
  );
  const chosen = rows.find(text => text.trimStart().startsWith(pointer));
  return chosen
    ? [...said, { id: 'pointer', lines: [line(`Chosen: ${squeezed(chosen.replace(pointer, ' '))}`)] }]
    : said;
}

/** Without what only the eye needs: columns and bars. */
const squeezed = (text: string) =>
  text
    .replace(/[━─#.·]{4,}/g, ' ')
    .trim()
    .replace(/ {2,}/g, '  ');

/** What of `now` has not been said: new names, and names whose words have changed. */
export function unsaid(
  before: ReadonlyMap<string, string>,
  now: readonly Said[],
): { fresh: Said[]; said: Map<string, string> } {
  const said = new Map<string, string>();
  const fresh: Said[] = [];
  for (const one of now) {
    const text = one.lines.map(textOf).join('\n');
    if (before.get(one.id) !== text) fresh.push(one);
    said.set(one.id, text);
  }
  return { fresh, said };
}
