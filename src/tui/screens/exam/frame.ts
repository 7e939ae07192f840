/** The exam's own frames: its questions, its pause, its grading, its report. Pure. */
import { WEIGHTS } from '../../../exam/domain-weights.ts';
import type { ExamQuestion, ExamSnapshot } from '../../../exam/exam.ts';
import { clockText } from '../../../exam/exam-clock.ts';
import { leftText, questionText, questionTitle, unreadableText } from '../../../exam/question-text.ts';
import {
  checkText,
  factLines,
  pauseText,
  pointsText,
  solutionDiff,
  timeText,
  verdictText,
} from '../../../exam/report-markdown.ts';
import type { ExamReport, QuestionReport } from '../../../exam/report-schema.ts';
import { headerLine, ruleLine, scrollNote, withNote } from '../../components/frame-lines.ts';
import { type KeyLabel, keyBarLine } from '../../components/key-bar/key-bar-lines.ts';
import { keyLabel } from '../../keys.ts';
import { markdownLines } from '../../markdown/markdown-lines.ts';
import { offsetFor, type Window, windowOn } from '../../state/scroll.ts';
import type { Size } from '../../terminal/window-size.ts';
import { blank, bold, clickable, indent, type Line, line, piece, spread } from '../../text/line.ts';
import { wrap } from '../../text/wrap.ts';
import { type Look, type Signs, signs } from '../../theme.ts';
import { helpLines } from '../panes/help-lines.ts';
import type { ExamView } from './state.ts';

export interface ExamFrameInput {
  readonly snapshot: ExamSnapshot;
  readonly view: ExamView;
  /** The screen's own; the exam's notice is the other kind. */
  readonly remark: string | null;
  readonly size: Size;
  readonly look: Look;
}

/** '1:23:45 left'; what the header of every screen of a running exam says. */
export function clockLine({ left, standing, phase }: ExamSnapshot): string {
  const stands = standing || phase === 'paused' ? 'clock stands, ' : '';
  return `${stands}${clockText(left)} left`;
}

/** The exam's own frame of the moment; for a question that is open, that it is not ready yet. */
export function examFrame(input: ExamFrameInput): Line[] {
  const { phase, report, questions, at } = input.snapshot;
  if (report !== null && phase === 'ended') return reportFrame(input, report);
  if (phase === 'grading') return gradingFrame(input);
  if (phase === 'paused') return pauseFrame(input);
  const open = questions.find(each => each.number === at);
  if (open === undefined && input.view.keys) return keysFrame(input);
  return open === undefined ? questionsFrame(input) : waitFrame(input, open);
}

function questionsFrame(input: ExamFrameInput): Line[] {
  const { snapshot, view, size, look } = input;
  const room = roomOf(size);
  const { questions, state } = snapshot;
  const sign = signs(look);
  const verdicts = state.training ? 'verdicts at once' : 'no verdicts before';
  const terms = `Any order. What is in effect at the end counts; ${verdicts}. ${state.passMark} % pass.`;
  const said = view.asks ? [bold(endText(snapshot))] : [piece(terms, 'dim')];
  const head: Line[] = [blank, ...wrap(said, room), blank];
  const rows = questions.flatMap((each, at) =>
    clickable([questionRow(each, { here: at === view.listAt, training: state.training }, room, sign)], {
      row: at,
    }),
  );
  const here = questions[view.listAt];
  const trouble = troubleText(here);
  const why = trouble === '' ? [] : [blank, ...wrap([piece(trouble, 'bad')], room, 3)];
  const body = [...head, ...rows, ...why];
  const asks: KeyLabel[] = [keyLabel('yes', 'confirm', 'end and grade'), keyLabel('no', 'confirm', 'go on')];
  const keys = (['choose', 'flag', 'end-exam', 'pause-exam', 'notes', 'quit', 'keys'] as const).map(each =>
    keyLabel(each, 'exam', each === 'choose' && here?.ready === 'failed' ? 'try again' : undefined),
  );
  // What is asked stands at the top: it must be in sight wherever the pointer is.
  return view.asks ? framed(input, body, 0, asks) : framed(input, body, head.length + view.listAt, keys);
}

function endText(snapshot: ExamSnapshot): string {
  const left = leftText(snapshot);
  return left === ''
    ? 'End the exam now?'
    : `End the exam now? ${left.charAt(0).toUpperCase()}${left.slice(1)}.`;
}

function keysFrame(input: ExamFrameInput): Line[] {
  const body = helpLines('exam', roomOf(input.size));
  return framed(input, body, 0, [keyLabel('close', 'exam-keys')]);
}

/** Why the question cannot be worked on, or why one of its files does not count. */
function troubleText(question: ExamQuestion | undefined): string {
  const { problem, unreadable } = question ?? {};
  if (problem !== undefined) return [problem.what, problem.why ?? ''].join(' ').trim();
  return unreadable === undefined ? '' : unreadableText(unreadable);
}

/** In a column; what is wrong is said below the list. */
function shortText(question: ExamQuestion): string {
  return question.ready === 'failed' ? 'unavailable' : questionText(question).slice(0, 16);
}

function questionRow(
  question: ExamQuestion,
  { here, training }: { readonly here: boolean; readonly training: boolean },
  columns: number,
  sign: Signs,
): Line {
  const { number, drill, flagged } = question;
  const title = questionTitle(drill, training);
  return spread(
    [
      piece(here ? ` ${sign.pointer} ` : '   ', 'accent'),
      piece(flagged ? '! ' : '  ', 'bad'),
      piece(`${String(number).padStart(2)}  `, here ? 'accent' : 'dim'),
      here ? bold(title) : piece(title),
    ],
    [
      piece(shortText(question).padEnd(16), troubleText(question) === '' ? 'dim' : 'bad'),
      piece(`${drill.points} points`.padStart(9), 'dim'),
    ],
    columns,
    sign.ellipsis,
  );
}

function pauseFrame(input: ExamFrameInput): Line[] {
  const { snapshot } = input;
  const body: Line[] = [
    blank,
    [bold('The clock stands.')],
    blank,
    ...snapshot.state.pauses.map(each => line(`Pause ${pauseText(each)}`, 'dim')),
    line('This pause is counted, and shown in the report.', 'dim'),
  ];
  return framed(input, body, 0, [keyLabel('pause-exam', 'exam-pause'), keyLabel('quit', 'exam-pause')]);
}

/** The open question's world is not there yet, or could not be made. */
function waitFrame(input: ExamFrameInput, question: ExamQuestion): Line[] {
  const room = roomOf(input.size);
  const opening = question.ready === 'ready';
  const head = opening ? 'Opening' : `Not ready, ${questionText(question)}:`;
  const why = 'The clock stands until it is there. The others can be worked on meanwhile.';
  const body: Line[] = [
    blank,
    [bold(`${head} question ${question.number}`)],
    ...(opening ? [] : [blank, ...wrap([piece(why, 'dim')], room)]),
  ];
  return framed(input, body, 0, [keyLabel('next-question', 'question'), keyLabel('questions', 'question')]);
}

function gradingFrame(input: ExamFrameInput): Line[] {
  const { graded, questions } = input.snapshot;
  const { full, empty } = signs(input.look);
  const cells = Math.round((graded / questions.length) * 40);
  const body: Line[] = [
    blank,
    [bold('Grading: every check is made on what was in effect at the end')],
    blank,
    [
      piece(full.repeat(cells), 'accent'),
      piece(empty.repeat(40 - cells), 'dim'),
      piece(`  ${graded} of ${questions.length}`),
    ],
  ];
  return framed(input, body, 0, [keyLabel('interrupt', 'report')]);
}

function reportFrame(input: ExamFrameInput, report: ExamReport): Line[] {
  const { size, look, view } = input;
  const seen = (height: number) => windowOn(reportBody(report, size, look), view.scrolled, height);
  const keys = [
    keyLabel('page-down', 'report'),
    keyLabel('quit', 'report', 'quit; istio-tutor exam --report prints it'),
  ];
  const header = headerLine(`Exam ${report.id}`, '', report.provider, size.columns, look);
  return frameOf(input, header, seen, null, keys);
}

/** How far the report can be scrolled. */
export function reportEnd(report: ExamReport, size: Size, look: Look): number {
  return Math.max(0, reportBody(report, size, look).length - heightOf(size));
}

function reportBody(report: ExamReport, size: Size, look: Look): Line[] {
  return reportLines(report, roomOf(size), signs(look));
}

/** Rows between the rules, and columns of the text. */
const heightOf = (size: Size) => Math.max(3, size.rows - 5);
const roomOf = (size: Size) => Math.min(size.columns - 2, 100);

function reportLines(report: ExamReport, room: number, sign: Signs): Line[] {
  const { passed, domains, questions, pauses } = report;
  return [
    blank,
    [bold(verdictText(report), passed === null ? 'plain' : passed ? 'good' : 'bad')],
    ...factLines(report).flatMap(text => wrap([piece(text.replaceAll('`', ''), 'dim')], room)),
    ...pauses.map(each => line(`Pause ${pauseText(each)}`, 'dim')),
    blank,
    ...domains.map(({ domain, points, of }) => [
      piece(`  ${domain.padEnd(12)}`),
      piece(`${points} of ${of}`.padStart(9)),
      piece(`${Math.round((100 * points) / of)} %`.padStart(7), 'dim'),
      piece(`weight ${WEIGHTS[domain]} %`.padStart(15), 'dim'),
    ]),
    ...questions.flatMap(each => questionLines(each, room, sign)),
  ];
}

function questionLines(question: QuestionReport, room: number, sign: Signs): Line[] {
  const { number, title, checks, explanation, seconds } = question;
  const whole = question.points === question.of;
  const mark = {
    passed: piece(`${sign.good} `, 'good'),
    failed: piece(`${sign.bad} `, 'bad'),
    'could-not-check': piece('? ', 'accent'),
  };
  const diff = solutionDiff(question)
    .slice(2)
    .map(text => line(`  ${text}`, text.startsWith('+') ? 'good' : text.startsWith('-') ? 'bad' : 'dim'));
  return [
    blank,
    spread(
      [bold(`${number}  ${title}`, 'accent')],
      [piece(`${pointsText(question)} points  ${timeText(seconds)}`, whole ? 'good' : 'plain')],
      room,
      sign.ellipsis,
    ),
    ...checks.flatMap(check => wrap([piece('  '), mark[check.state], piece(checkText(check))], room, 4)),
    ...(explanation === '' ? [] : [blank, ...markdownLines(explanation, room, sign)]),
    ...(diff.length === 0 || whole
      ? []
      : [blank, line('From what was in effect to one answer that works:', 'dim'), ...diff]),
  ];
}

function framed(
  input: ExamFrameInput,
  body: readonly Line[],
  pointer: number,
  keys: readonly KeyLabel[],
): Line[] {
  const { snapshot, remark, size, look } = input;
  const title = `Exam, ${snapshot.questions.length} questions${snapshot.state.training ? ', training' : ''}`;
  const header = headerLine(title, '', clockLine(snapshot), size.columns, look);
  const seen = (height: number) => windowOn(body, offsetFor(pointer, 0, height - 1), height);
  return frameOf(input, header, seen, remark ?? snapshot.notice, keys);
}

function frameOf(
  { size, look }: ExamFrameInput,
  header: Line,
  windowOf: (height: number) => Window,
  note: string | null,
  keys: readonly KeyLabel[],
): Line[] {
  const { body, below } = withNote(heightOf(size), note, { columns: size.columns, look }, height => {
    const seen = windowOf(height);
    const rows = Array.from({ length: height }, (_, at) => indent(seen.lines[at] ?? [], 1));
    return { rows, aside: scrollNote(seen.above, seen.below, look) };
  });
  return [header, ruleLine(size.columns, look), ...body.rows, ...below, keyBarLine(keys, size.columns)];
}
