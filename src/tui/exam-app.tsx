/** An exam on a terminal. What the exam is, it is without a screen (exam/exam.ts). */
import type { Exam } from '../exam/exam.ts';
import { steadyNow } from '../shared/clock.ts';
import { userEnvironment } from '../shared/environment.ts';
import { Root } from './root.tsx';
import { examScreen } from './screens/exam/screen.ts';
import { EXAM_START, type ExamAction, type ExamView, reduceExamView } from './screens/exam/state.ts';
import { followChanges } from './screens/lesson/follow-changes.ts';
import { createScreenStore } from './state/screen-store.ts';
import { createStore, type UiStore } from './state/store.ts';
import { reduceUi, START, type Ui, type UiAction } from './state/ui.ts';
import { withLinks } from './terminal/hyperlinks.ts';
import { onTerminal, type TerminalDeps } from './terminal/on-terminal.ts';

/**
 * Runs until the candidate quits, in the middle or after the report. Throws Interrupted after a signal. A screen reader
 * gets an exam line by line (cli/plain/exam.ts): a clock that is redrawn every second would be read every second.
 */
export async function examOnScreen(
  exam: Exam,
  options: { color: boolean; ascii: boolean; mouse: boolean },
  notes: string,
): Promise<void> {
  const { color, ascii, mouse } = options;
  const { stdin, stdout, stderr } = process;
  const env = userEnvironment;
  const look = { color, ascii, screenReader: false };
  await showExam(exam, { stdin, stdout, stderr, env, look, mouse }, notes);
}

/** The same on any terminal. `notes` is the path of the candidate's notepad. */
export async function showExam(exam: Exam, terminal: TerminalDeps, notes: string): Promise<void> {
  const look = withLinks(terminal.look, terminal.env);
  const ui = createStore(reduceUi, START);
  const view = createStore(reduceExamView, EXAM_START);
  const screens = createScreenStore(() => examScreen({ exam, view, ui, notes }));
  const stops = [
    followQuestions(exam, view, ui, screens.changed),
    exam.subscribe(screens.changed),
    view.subscribe(screens.changed),
    ui.subscribe(screens.changed),
  ];
  await onTerminal(terminal, {
    element: ports => <Root screens={screens} ui={ui} look={look} now={steadyNow} ports={ports} />,
    engine: () => view.get().engine,
    remark: text => ui.dispatch({ type: 'remark', text }),
    begin: async () => {},
    async end() {
      for (const stop of stops) stop();
    },
  });
}

/** Keeps the engine of whichever question is open and ready in the view; calls `changed` when it has something new. */
function followQuestions(
  exam: Exam,
  view: UiStore<ExamView, ExamAction>,
  ui: UiStore<Ui, UiAction>,
  changed: () => void,
): () => void {
  let opening: number | null = null;
  let stops: (() => void)[] = [];
  const stop = () => {
    for (const each of stops) each();
    stops = [];
  };
  const follow = () => {
    const { at, questions } = exam.getSnapshot();
    const ready = questions.some(each => each.number === at && each.ready === 'ready');
    const wanted = ready ? at : null;
    if (wanted === opening) return;
    opening = wanted;
    stop();
    view.dispatch({ type: 'engine', engine: null, of: null });
    if (wanted === null) return;
    void exam.engine(wanted).then(engine => {
      if (opening !== wanted) return;
      ui.dispatch({ type: 'step' });
      stops = [followChanges(engine, ui), engine.subscribe(changed)];
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
