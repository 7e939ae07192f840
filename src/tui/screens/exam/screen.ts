/**
 * An exam as a screen: its list of questions, its pause, its grading, its report, and each question in the lesson's own
 * frame with the clock above it.
 */
import type { Exam, ExamQuestion } from '../../../exam/exam.ts';
import { questionTitle } from '../../../exam/question-text.ts';
import type { Engine } from '../../../lesson/state.ts';
import { headerLine } from '../../components/frame-lines.ts';
import { frameSpeech, type Said } from '../../components/transcript/said.ts';
import type { Press } from '../../press.ts';
import type { Canvas, Hands, Screen } from '../../screen.ts';
import type { UiStore } from '../../state/store.ts';
import { isAwaited, type Ui, type UiAction } from '../../state/ui.ts';
import { type Line, line } from '../../text/line.ts';
import { lessonView } from '../lesson/frame.ts';
import { clickInLesson, pressInLesson } from '../lesson/press.ts';
import { lessonSpeech } from '../lesson/speech.ts';
import { releasePresses } from '../lesson/waiting-presses.ts';
import { clockLine, examFrame, reportEnd } from './frame.ts';
import { clickInExam, pressInExam, pressInQuestion } from './press.ts';
import type { ExamAction, ExamView } from './state.ts';

export interface ExamScreenPorts {
  readonly exam: Exam;
  readonly view: UiStore<ExamView, ExamAction>;
  readonly ui: UiStore<Ui, UiAction>;
  /** The path of the candidate's notepad. */
  readonly notes: string;
}

export function examScreen(ports: ExamScreenPorts): Screen {
  const { exam, view, ui, notes } = ports;
  const snapshot = exam.getSnapshot();
  const question = openQuestion(ports);
  // Ctrl-C is one more way to stop an exam's clock, as `q` is: nothing is broken off.
  const portsOf = (engine: Engine, on: Canvas, { edit, shell, quit, copy }: ExamHands) => ({
    ...{ engine, ui, edit, shell, quit, copy, interrupt: quit, now: on.now },
    view: () => lessonViewOf(engine, ui, on),
    bringUp: () => {},
  });
  const obey = (engine: Engine, press: Press, on: Canvas, hands: ExamHands) =>
    pressInLesson(press, portsOf(engine, on, hands));
  return {
    name: `exam ${snapshot.phase}`,
    engine: question?.engine,
    frame: on =>
      question === null
        ? examFrame({ snapshot, view: view.get(), remark: ui.get().remark, ...on })
        : questionFrame(question, ports, on),
    press(press, on, { edit, shell, quit, copy }) {
      const { report } = snapshot;
      const end = report === null ? 0 : reportEnd(report, on.size, on.look);
      const page = Math.max(1, on.size.rows - 7);
      const exams = { exam, view, ui, quit, page, reportEnd: end, takeNotes: () => edit(notes) };
      if (snapshot.at === null || snapshot.phase !== 'running') pressInExam(press, exams);
      else if (pressInQuestion(press, exams)) return;
      else if (question !== null) obey(question.engine, press, on, { edit, shell, quit, copy });
      else if (press.ctrl && press.name === 'c') quit();
    },
    click(row, on, hands) {
      if (question !== null) clickInLesson(row, portsOf(question.engine, on, hands));
      else clickInExam(row, { exam, view });
    },
    release: (on, hands) =>
      question === null
        ? undefined
        : releasePresses(question.engine, ui, hands, (press, own) => obey(question.engine, press, on, own)),
    speech: on => examSpeech(question, ports, on),
    runs: () => question !== null && (question.engine.getSnapshot().busy !== null || isAwaited(ui.get())),
  };
}

type ExamHands = Omit<Hands, 'interrupt'>;

interface OpenQuestion {
  readonly asked: ExamQuestion;
  readonly engine: Engine;
}

/** The question that is worked on now; null: one of the exam's own frames is there. */
function openQuestion({ exam, view }: ExamScreenPorts): OpenQuestion | null {
  const { phase, at, questions } = exam.getSnapshot();
  const { engine, engineOf } = view.get();
  const asked = questions.find(each => each.number === at);
  if (phase !== 'running' || asked === undefined || engine === null || engineOf !== asked.number) return null;
  return { asked, engine };
}

function questionFrame({ asked, engine }: OpenQuestion, { exam, ui }: ExamScreenPorts, on: Canvas): Line[] {
  const snapshot = exam.getSnapshot();
  const { number, drill, flagged } = asked;
  const title = questionTitle(drill, snapshot.state.training);
  const place = `${number}/${snapshot.questions.length}${flagged ? ' !' : ''}`;
  const header = headerLine(title, place, clockLine(snapshot), on.size.columns, on.look);
  return [header, ...lessonViewOf(engine, ui, on).lines.slice(1)];
}

const lessonViewOf = (engine: Engine, ui: UiStore<Ui, UiAction>, on: Canvas) =>
  lessonView({ snapshot: engine.getSnapshot(), ui: ui.get(), ...on });

/** Without the clock, which would be told every second; its warnings are told. */
function examSpeech(
  question: OpenQuestion | null,
  { exam, view, ui }: ExamScreenPorts,
  on: Canvas,
): readonly Said[] {
  const snapshot = exam.getSnapshot();
  if (question === null) {
    const [, ...rows] = examFrame({ snapshot, view: view.get(), remark: ui.get().remark, ...on });
    return frameSpeech(`exam ${snapshot.phase}`, rows, on.look);
  }
  const { notice } = snapshot;
  return [
    ...lessonSpeech(question.engine.getSnapshot(), ui.get(), on.look, on.size.columns),
    ...(notice === null ? [] : [{ id: 'exam notice', lines: [line(notice)] }]),
  ];
}
