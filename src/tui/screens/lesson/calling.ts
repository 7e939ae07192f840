/** The call that is typed: the line opens with `c`, takes keys, and is sent or left. */
import type { LessonSnapshot } from '../../../lesson/state.ts';
import { commandText, parseCommand } from '../../components/console/command-text.ts';
import { lineAction } from '../../components/line-editor/keys.ts';
import { textOfLine } from '../../components/line-editor/state.ts';
import type { Press } from '../../press.ts';
import type { Moment } from './moment.ts';
import { checksToPointAt, checkToTry, stepState } from './state.ts';

export function change(moment: Moment): void {
  moment.ui.dispatch({ type: 'edit', text: moment.state.unsent ?? ownText(moment) });
}

/** Leaves the line; what was changed in it is there again the next time. */
export function setAside(moment: Moment): void {
  const { state, ui } = moment;
  const text = state.editor ? textOfLine(state.editor) : '';
  const known = [ownText(moment), ...state.history].includes(text) || text.trim() === '';
  ui.dispatch({ type: 'set-aside', unsent: known ? null : text });
}

/** What the line begins with: the call of the check that is pointed at, the one that was sent last, or the step's. */
function ownText({ snapshot, state }: Moment): string {
  const argv = pointedCall(snapshot, state.optionAt) ?? stepState(snapshot)?.probe?.argv ?? callOf(snapshot);
  return argv ? commandText(argv) : 'curl ';
}

function pointedCall(snapshot: LessonSnapshot, pointer: number): readonly string[] | null {
  return checksToPointAt(snapshot)?.[pointer]?.call.curl ?? null;
}

function callOf(snapshot: LessonSnapshot): readonly string[] | null {
  const step = snapshot.lesson?.steps[snapshot.at];
  if (step?.kind === 'predict' || step?.kind === 'probe') return step.call.curl;
  return step?.kind === 'fix' && !snapshot.lesson?.exam
    ? (checkToTry(snapshot, step)?.call.curl ?? null)
    : null;
}

/** Keys of the line editor. */
export function type(press: Press, moment: Moment): void {
  const { ui } = moment;
  if (press.name === 'escape') setAside(moment);
  else if (press.name === 'enter') send(moment);
  else {
    const pasted = press.name === 'paste' ? oneLine(press.text) : null;
    const action =
      pasted === null
        ? lineAction(press)
        : ({ type: isWhole(pasted) ? 'replace' : 'insert', text: pasted } as const);
    if (action) ui.dispatch({ type: 'type', action });
  }
}

/** A call has one `curl`, at its beginning: what is pasted with one takes the place of the line. */
const isWhole = (pasted: string) => /^curl(\s|$)/.test(pasted);

/**
 * As a shell reads it, without the prompt of a page that it was copied from: neither a backslash at the end of a line
 * nor a control character is part of the command.
 */
const oneLine = (pasted: string) =>
  pasted
    .replace(/^\s*(\$ )?(?=curl\s)/, '')
    .replace(/[\r\n]+$/, '')
    .replace(/\\?[\r\n]+/g, ' ')
    .replace(/\p{Cc}/gu, ' ');

function send({ engine, ui, state, snapshot }: Moment): void {
  const text = state.editor ? textOfLine(state.editor) : '';
  const parsed = parseCommand(text);
  if ('error' in parsed) ui.dispatch({ type: 'type', action: { type: 'wrong', error: parsed.error } });
  else if (!snapshot.busy) {
    if (snapshot.problem) engine.dismiss();
    ui.dispatch({ type: 'sent', text });
    void engine.probe(parsed.argv);
  }
}
