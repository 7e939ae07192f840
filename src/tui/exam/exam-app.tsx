/**
 * An exam on a terminal: the list of questions, and each question in the lessons' own screen with the clock above it.
 * Drawing is pure (exam-frames.ts); what the exam is, it is without a screen (exam/exam.ts).
 */
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import type { Exam } from '../../exam/exam.ts';
import type { Snapshot } from '../../lesson/state.ts';
import { userEnvironment } from '../../shared/environment.ts';
import { headerLine } from '../components/frame-lines.ts';
import { Lines } from '../components/lines.tsx';
import { lessonScreen } from '../screens/lesson/lesson-screen.ts';
import { NEEDED, tooSmallFrame } from '../screens/start/start-frame.ts';
import { followChanges } from '../state/follow-changes.ts';
import { createStore, type Store } from '../state/store.ts';
import { reduceUi, START, type Ui, type UiAction } from '../state/ui.ts';
import { useLog } from '../state/use-log.ts';
import { useSnapshot } from '../state/use-snapshot.ts';
import { useTime } from '../state/use-time.ts';
import { onTerminal, type ScreenPorts, type TerminalDeps } from '../terminal/on-terminal.tsx';
import { type Size, useWindowSize } from '../terminal/window-size.ts';
import type { Line } from '../text/line.ts';
import type { Look } from '../theme.ts';
import { usePresses } from '../use-presses.ts';
import {
  clockLine,
  gradingFrame,
  pauseFrame,
  questionsFrame,
  reportEnd,
  reportFrame,
  waitFrame,
} from './exam-frames.ts';
import { pressInExam, pressInQuestion } from './exam-press.ts';
import { EXAM_START, type ExamAction, type ExamView, reduceExamView } from './exam-view.ts';

/**
 * Runs until the candidate quits, in the middle or after the report. Throws Interrupted after a signal. A screen reader
 * gets an exam line by line (cli/plain/exam.ts): a clock that is redrawn every second would be read every second.
 */
export async function examOnScreen(exam: Exam, options: { color: boolean; ascii: boolean }): Promise<void> {
  const { color, ascii } = options;
  const { stdin, stdout, stderr } = process;
  const env = userEnvironment;
  await runExam(exam, { stdin, stdout, stderr, env, look: { color, ascii, screenReader: false } });
}

/** The same on any terminal. */
export async function runExam(exam: Exam, terminal: TerminalDeps): Promise<void> {
  const { look } = terminal;
  const ui = createStore(reduceUi, START);
  const view = createStore(reduceExamView, EXAM_START);
  const stopFollowing = followQuestions(exam, view, ui);
  await onTerminal(terminal, {
    element: ports => <ExamScreen exam={exam} view={view} ui={ui} look={look} {...ports} />,
    folder: () => view.get().engine?.getSnapshot().folder ?? null,
    remark: text => ui.dispatch({ type: 'remark', text }),
    begin: async () => {},
    end: async () => stopFollowing(),
  });
}

/** The engine of whichever question is open and ready, into the view. */
function followQuestions(exam: Exam, view: Store<ExamView, ExamAction>, ui: Store<Ui, UiAction>): () => void {
  let opening: number | null = null;
  let stop = () => {};
  const follow = () => {
    const { at, questions } = exam.getSnapshot();
    const ready = questions.some(each => each.number === at && each.ready === 'ready');
    const wanted = ready ? at : null;
    if (wanted === opening) return;
    opening = wanted;
    stop();
    stop = () => {};
    view.dispatch({ type: 'engine', engine: null, of: null });
    if (wanted === null) return;
    void exam.engine(wanted).then(engine => {
      if (opening !== wanted) return;
      ui.dispatch({ type: 'step' });
      stop = followChanges(engine, ui);
      view.dispatch({ type: 'engine', engine, of: wanted });
    });
  };
  const off = exam.subscribe(follow);
  follow();
  return () => {
    off();
    stop();
  };
}

interface Props extends Pick<ScreenPorts, 'edit' | 'quit' | 'suspend'> {
  readonly exam: Exam;
  readonly view: Store<ExamView, ExamAction>;
  readonly ui: Store<Ui, UiAction>;
  readonly look: Look;
}

function ExamScreen(props: Props) {
  const { exam, look, edit, quit, suspend } = props;
  const size = useWindowSize();
  const subscribe = useCallback((listener: () => void) => exam.subscribe(listener), [exam]);
  const snapshot = useSyncExternalStore(subscribe, () => exam.getSnapshot());
  const view = useSyncExternalStore(props.view.subscribe, props.view.get);
  const ui = useSyncExternalStore(props.ui.subscribe, props.ui.get);
  const question = useSnapshot(view.engine);
  const time = useTime(question?.busy != null, Date.now);
  useLog(view.engine, props.ui, theLesson, ui.pane === 'log');
  const small = size.columns < NEEDED.columns || size.rows < NEEDED.rows;

  usePresses(press => {
    const now = exam.getSnapshot();
    const ports = {
      ...{ exam, view: props.view, ui: props.ui, quit },
      page: Math.max(1, size.rows - 7),
      reportEnd: now.report === null ? 0 : reportEnd(now.report, size, look),
    };
    const { engine } = props.view.get();
    if (now.at === null || now.phase !== 'running') pressInExam(press, ports);
    else if (pressInQuestion(press, ports)) return;
    else if (engine !== null) {
      const draw = () => viewOf(engine.getSnapshot(), props.ui.get(), { size, look, now: Date.now() });
      lessonScreen.press(press, { engine, ui: props.ui, view: draw, edit, bringUp: () => {}, quit });
    } else if (press.ctrl && press.name === 'c') quit();
  }, suspend);

  const lines = useMemo((): readonly Line[] => {
    const input = { snapshot, view, size, look };
    if (small) return tooSmallFrame(size);
    if (snapshot.report !== null && snapshot.phase === 'ended') return reportFrame(input, snapshot.report);
    if (snapshot.phase === 'grading') return gradingFrame(input);
    if (snapshot.phase === 'paused') return pauseFrame(input);
    const open = snapshot.questions.find(each => each.number === snapshot.at);
    if (open === undefined) return questionsFrame(input);
    if (question === null || view.engineOf !== open.number) return waitFrame(input, open);
    const { lines: drawn } = viewOf(question, ui, { size, look, now: time });
    const place = `${open.number}/${snapshot.questions.length}${open.flagged ? ' !' : ''}`;
    return [headerLine(open.drill.title, place, clockLine(snapshot), size.columns, look), ...drawn.slice(1)];
  }, [small, snapshot, view, ui, question, size, look, time]);
  return <Lines lines={lines} columns={size.columns} look={look} />;
}

const theLesson = () => lessonScreen;

function viewOf(snapshot: Snapshot, ui: Ui, on: { size: Size; look: Look; now: number }) {
  return lessonScreen.view({ snapshot, ui, ...on });
}
