/**
 * The lesson screen as one thing to load: its drawing, its keys, its words. It brings along Markdown, YAML and the
 * diff, for which the first frame does not wait (app.tsx loads it beside the course).
 */
import type { Engine } from '../../../lesson/state.ts';
import type { Press } from '../../press.ts';
import type { Canvas, Hands, Screen } from '../../screen.ts';
import type { UiStore } from '../../state/store.ts';
import { isAwaited, type Ui, type UiAction } from '../../state/ui.ts';
import { lessonView } from './frame.ts';
import { clickInLesson, pressInLesson } from './press.ts';
import { lessonSpeech } from './speech.ts';
import { releasePresses } from './waiting-presses.ts';

export interface LessonScreenPorts {
  /** A lesson is open in it. */
  readonly engine: Engine;
  readonly ui: UiStore<Ui, UiAction>;
  /** `u`, where there is no cluster to be brought back. */
  bringUp(): void;
}

export function lessonScreen(ports: LessonScreenPorts): Screen {
  const { engine, ui } = ports;
  const view = (on: Canvas) => lessonView({ snapshot: engine.getSnapshot(), ui: ui.get(), ...on });
  const obey = (press: Press, on: Canvas, hands: Hands) => pressInLesson(press, portsOn(on, hands));
  const portsOn = (on: Canvas, hands: Hands) => ({ ...ports, ...hands, now: on.now, view: () => view(on) });
  return {
    name: 'lesson',
    engine,
    frame: on => view(on).lines,
    press: obey,
    click: (row, on, hands) => clickInLesson(row, portsOn(on, hands)),
    release: (on, hands) => releasePresses(engine, ui, hands, (press, own) => obey(press, on, own)),
    speech: ({ look, size }) => lessonSpeech(engine.getSnapshot(), ui.get(), look, size.columns),
    runs: () => engine.getSnapshot().busy !== null || isAwaited(ui.get()),
  };
}
