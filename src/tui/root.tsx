/** The one Ink component of size: reads the stores, draws the frame of the moment, hands keys on. */
import { Box, Static, Text, useInput } from 'ink';
import { Component, type ReactNode, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { Engine } from '../lesson/state.ts';
import { Lines } from './components/lines.tsx';
import { questionFrame } from './components/question-frame.ts';
import { presses } from './press.ts';
import type { LessonScreen } from './screens/lesson/lesson-screen.ts';
import { listFrame, TITLE } from './screens/list/list-frame.ts';
import { NEEDED, startFrame, tooSmallFrame } from './screens/start/start-frame.ts';
import { frameSpeech, type Said, unsaid } from './screens/transcript.ts';
import { pressBeforeLesson } from './state/perform-start.ts';
import type { StartUp } from './state/start-up.ts';
import type { Store } from './state/store.ts';
import type { Ui, UiAction } from './state/ui.ts';
import { useSnapshot } from './state/use-snapshot.ts';
import { useWindowSize } from './terminal/window-size.ts';
import type { Line } from './text/line.ts';
import { textOf } from './text/line.ts';
import { safeLine } from './text/safe.ts';
import type { Look } from './theme.ts';

interface Props {
  readonly startUp: StartUp;
  readonly ui: Store<Ui, UiAction>;
  readonly look: Look;
  /** null while it is being loaded. */
  lesson(): LessonScreen | null;
  now(): number;
  edit(name: string): void;
  quit(): void;
  crash(error: unknown): void;
}

export function Root(props: Props) {
  return (
    <CrashGuard crash={props.crash}>
      <Screen {...props} />
    </CrashGuard>
  );
}

/** An error in drawing ends the program in order, like any other crash. */
class CrashGuard extends Component<
  { crash(error: unknown): void; children: ReactNode },
  { broken: boolean }
> {
  override state = { broken: false };
  static getDerivedStateFromError() {
    return { broken: true };
  }
  override componentDidCatch(error: unknown) {
    this.props.crash(error);
  }
  override render() {
    return this.state.broken ? null : this.props.children;
  }
}

function Screen(props: Props) {
  const { startUp, look, now, edit, quit } = props;
  const lesson = props.lesson();
  const size = useWindowSize();
  const start = useSyncExternalStore(startUp.store.subscribe, startUp.store.get);
  const ui = useSyncExternalStore(props.ui.subscribe, props.ui.get);
  const engine: Engine | null = start.now.at === 'course' ? start.now.engine : null;
  const snapshot = useSnapshot(engine);
  const running = start.now.at === 'making' || start.now.at === 'opening' || snapshot?.busy != null;
  const time = useTime(running && !look.screenReader, now);
  useLog(engine, props, ui.pane === 'log');
  const small = !look.screenReader && (size.columns < NEEDED.columns || size.rows < NEEDED.rows);

  useInput((input, key) => {
    for (const press of presses(input, key)) {
      const { now: state, question } = startUp.store.get();
      const lessonEngine = state.at === 'course' && state.engine.getSnapshot().lesson ? state.engine : null;
      if (small) {
        if (press.name === 'q' || (press.ctrl && press.name === 'c')) quit();
      } else if (lesson && lessonEngine && !question)
        lesson.press(press, {
          engine: lessonEngine,
          ui: props.ui,
          view: () =>
            lesson.view({ snapshot: lessonEngine.getSnapshot(), ui: props.ui.get(), size, look, now: now() }),
          edit,
          bringUp: () => void startUp.bringUp(),
          quit,
        });
      else pressBeforeLesson(press, { startUp, ui: props.ui, quit });
    }
  });

  const frame = useMemo((): readonly Line[] => {
    if (small) return tooSmallFrame(size);
    if (start.question) return questionFrame(TITLE, start.question, size, look);
    if (start.now.at === 'opening')
      return listFrame({ snapshot: null, ui, size, look, now: time, waiting: 'opening the lessons' });
    if (start.now.at !== 'course') return startFrame({ state: start, size, look, now: time });
    if (lesson && snapshot?.lesson) return lesson.view({ snapshot, ui, size, look, now: time }).lines;
    return listFrame({
      snapshot,
      ui,
      size,
      look,
      now: time,
      waiting: start.now.waiting,
    });
  }, [lesson, small, size, start, ui, snapshot, look, time]);

  if (look.screenReader) {
    const speech =
      lesson && snapshot?.lesson && !start.question
        ? lesson.speech(snapshot, ui, look)
        : frameSpeech(start.now.at === 'opening' ? 'course' : start.now.at, frame, look);
    return <Transcript speech={speech} look={look} />;
  }
  return <Lines lines={frame} columns={size.columns} look={look} />;
}

/** Text that only grows: what is printed stays, and nothing is printed twice. */
function Transcript({ speech, look }: { speech: Said[]; look: Look }) {
  const said = useRef<ReadonlyMap<string, string>>(new Map());
  const [printed, setPrinted] = useState<string[]>([]);
  useEffect(() => {
    const { fresh, said: now } = unsaid(said.current, speech);
    said.current = now;
    if (fresh.length === 0) return;
    const texts = fresh.map(one => one.lines.map(line => textOf(safeLine(line, look.ascii))).join('\n'));
    setPrinted(before => [...before, ...texts]);
  }, [speech, look]);
  return (
    <Box>
      <Static items={printed}>{(text, at) => <Text key={at}>{text}</Text>}</Static>
    </Box>
  );
}

const TICK_MS = 100;

/** The time, moving only while something has to be seen moving. */
function useTime(running: boolean, now: () => number): number {
  const [time, setTime] = useState(now);
  useEffect(() => {
    if (!running) return;
    setTime(now());
    const timer = setInterval(() => setTime(now()), TICK_MS);
    return () => clearInterval(timer);
  }, [running, now]);
  return time;
}

const LOG_MS = 1000;

/** While the log's pane is open, its lines keep coming. */
function useLog(engine: Engine | null, { ui, lesson }: Props, open: boolean): void {
  useEffect(() => {
    if (!open || !engine) return;
    const timer = setInterval(() => lesson()?.readLog({ engine, ui }), LOG_MS);
    return () => clearInterval(timer);
  }, [engine, ui, lesson, open]);
}
