/** What each key does in an exam, outside its questions; and the exam's few keys in a question, beside the lesson's. */
import type { Exam } from '../../../exam/exam.ts';
import { nextQuestion } from '../../../exam/question-text.ts';
import { elsewhereText } from '../../elsewhere.ts';
import { type Command, commandOf } from '../../keys.ts';
import type { Press } from '../../press.ts';
import type { UiStore } from '../../state/store.ts';
import type { Ui, UiAction } from '../../state/ui.ts';
import { WHEEL } from '../lesson/move.ts';
import type { ExamAction, ExamView } from './state.ts';

export interface ExamPorts {
  readonly exam: Exam;
  readonly view: UiStore<ExamView, ExamAction>;
  readonly ui: UiStore<Ui, UiAction>;
  /** How many rows a page of the report has, and how far it can be scrolled. */
  readonly page: number;
  readonly reportEnd: number;
  /** Opens the notepad in the candidate's editor. */
  takeNotes(): void;
  quit(): void;
}

export function pressInExam(press: Press, ports: ExamPorts): void {
  const { exam, view, ui, quit } = ports;
  const { phase } = exam.getSnapshot();
  if (phase === 'grading') {
    if (commandOf(press, 'exam') === 'interrupt') quit();
  } else if (phase === 'ended') pressInReport(press, ports);
  else if (phase === 'paused') {
    const command = commandOf(press, 'exam-pause');
    ui.dispatch({ type: 'remark', text: elsewhereText(press, 'exam-pause') });
    if (command === 'pause-exam') exam.resume();
    else if (command !== null) quit();
  } else if (view.get().asks) {
    const command = commandOf(press, 'confirm');
    if (command === 'yes') void exam.end();
    if (command !== null) view.dispatch({ type: 'ask', asks: false });
  } else if (view.get().keys) {
    const command = commandOf(press, 'exam-keys');
    if (command === 'interrupt') quit();
    else if (command !== null) view.dispatch({ type: 'keys', shown: false });
  } else pressInList(press, ports);
}

function pressInList(press: Press, { exam, view, ui, quit, takeNotes }: ExamPorts): void {
  const { questions } = exam.getSnapshot();
  const { listAt } = view.get();
  const here = questions[listAt];
  const point = (at: number) =>
    view.dispatch({ type: 'point', at: Math.max(0, Math.min(questions.length - 1, at)) });
  const commands: Commands = {
    up: () => point(listAt - 1),
    down: () => point(listAt + 1),
    top: () => point(0),
    bottom: () => point(questions.length - 1),
    choose: () => open(exam, listAt),
    flag: () => here !== undefined && exam.flag(here.number),
    'pause-exam': () => exam.pause(),
    notes: takeNotes,
    keys: () => view.dispatch({ type: 'keys', shown: true }),
    'end-exam': () => view.dispatch({ type: 'ask', asks: true }),
    quit,
    interrupt: quit,
  };
  // Before the command: the editor may have something to say itself.
  ui.dispatch({ type: 'remark', text: elsewhereText(press, 'exam') });
  obey(commands, commandOf(press, 'exam'));
}

function open(exam: Exam, at: number): void {
  const here = exam.getSnapshot().questions[at];
  if (here?.ready === 'failed') void exam.again(here.number);
  else if (here !== undefined) void exam.open(here.number);
}

/** On a question: points at it; on the one that is pointed at already, opens it. */
export function clickInExam(row: number, { exam, view }: Pick<ExamPorts, 'exam' | 'view'>): void {
  const { asks, keys, listAt } = view.get();
  if (exam.getSnapshot().phase !== 'running' || asks || keys) return;
  if (listAt === row) open(exam, row);
  else view.dispatch({ type: 'point', at: row });
}

type Commands = Partial<Record<Command, () => unknown>>;

function obey(commands: Commands, command: Command | null): void {
  if (command !== null) commands[command]?.();
}

function pressInReport(press: Press, { view, page, reportEnd, quit }: ExamPorts): void {
  const { scrolled } = view.get();
  const scroll = (to: number) => view.dispatch({ type: 'scroll', to: Math.max(0, Math.min(reportEnd, to)) });
  const commands: Commands = {
    up: () => scroll(scrolled - 1),
    down: () => scroll(scrolled + 1),
    'wheel-up': () => scroll(scrolled - WHEEL),
    'wheel-down': () => scroll(scrolled + WHEEL),
    'page-up': () => scroll(scrolled - page),
    'page-down': () => scroll(scrolled + page),
    top: () => scroll(0),
    bottom: () => scroll(reportEnd),
    quit,
    interrupt: quit,
  };
  obey(commands, commandOf(press, 'report'));
}

/** Returns whether the exam took the key; one that it did not take is for the lesson's screen. */
export function pressInQuestion(press: Press, { exam, ui, view, takeNotes }: ExamPorts): boolean {
  const state = ui.get();
  if (state.editor || state.pane || state.asks) return false;
  const { at, questions } = exam.getSnapshot();
  if (at === null) return false;
  switch (commandOf(press, 'question')) {
    case 'flag':
      exam.flag(at);
      return true;
    case 'notes':
      takeNotes();
      return true;
    case 'pause-exam':
      exam.pause();
      return true;
    case 'next-question': {
      const next = nextQuestion({ at, questions });
      view.dispatch({ type: 'point', at: next - 1 });
      void exam.open(next);
      return true;
    }
    case 'questions':
      ui.dispatch({ type: 'remark', text: null });
      void exam.open(null);
      return true;
    default:
      return false;
  }
}
