/** The one Ink component of size: reads the stores, draws the frame of the moment, hands keys on. */
import { Box, Static, Text } from 'ink';
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { Engine } from '../lesson/state.ts';
import { Lines } from './components/lines.tsx';
import { questionFrame } from './components/question-frame.ts';
import type { LessonScreen } from './screens/lesson/screen.ts';
import { listFrame, TITLE } from './screens/list/frame.ts';
import { NEEDED, startFrame, tooSmallFrame } from './screens/start/frame.ts';
import { pressBeforeLesson } from './screens/start/press.ts';
import { frameSpeech, type Said, unsaid } from './screens/transcript.ts';
import type { StartUp } from './state/start-up.ts';
import type { Store } from './state/store.ts';
import type { Ui, UiAction } from './state/ui.ts';
import { useLog } from './state/use-log.ts';
import { useSnapshot } from './state/use-snapshot.ts';
import { useTime } from './state/use-time.ts';
import { useWindowSize } from './terminal/window-size.ts';
import type { Line } from './text/line.ts';
import { textOf } from './text/line.ts';
import { safeLine } from './text/safe.ts';
import type { Look } from './theme.ts';
import { usePresses } from './use-presses.ts';

interface Props {
  readonly startUp: StartUp;
  readonly ui: Store<Ui, UiAction>;
  readonly look: Look;
  /** null while it is being loaded. */
  lesson(): LessonScreen | null;
  now(): number;
  edit(name: string): void;
  quit(): void;
  suspend(): void;
}

export function Root(props: Props) {
  const { startUp, look, now, edit, quit, suspend } = props;
  const lesson = props.lesson();
  const size = useWindowSize();
  const start = useSyncExternalStore(startUp.store.subscribe, startUp.store.get);
  const ui = useSyncExternalStore(props.ui.subscribe, props.ui.get);
  const engine: Engine | null = start.now.at === 'course' ? start.now.engine : null;
  const snapshot = useSnapshot(engine);
  const running = start.now.at === 'making' || start.now.at === 'opening' || snapshot?.busy != null;
  const time = useTime(running && !look.screenReader, now);
  useLog(engine, props.ui, ui.pane === 'log');
  const small = !look.screenReader && (size.columns < NEEDED.columns || size.rows < NEEDED.rows);

  usePresses(press => {
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
  }, suspend);

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
