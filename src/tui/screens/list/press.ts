/** What keys do in the list of lessons. */
import type { Engine } from '../../../lesson/state.ts';
import { elsewhereText } from '../../elsewhere.ts';
import { commandOf, digitOf } from '../../keys.ts';
import type { Press } from '../../press.ts';
import { clamp } from '../../state/scroll.ts';
import type { UiStore } from '../../state/store.ts';
import type { Ui, UiAction } from '../../state/ui.ts';
import { holdPress } from '../lesson/waiting-presses.ts';
import { type StartPorts, stopOrQuit } from '../start/press.ts';

export interface ListPorts extends StartPorts {
  readonly ui: UiStore<Ui, UiAction>;
}

export function pressInList(press: Press, ports: ListPorts): void {
  const { now } = ports.startUp.store.get();
  if (press.ctrl && press.name === 'c') stopOrQuit(ports);
  else if (now.at === 'course') listing(press, ports, now.engine, now.waiting !== null);
  else if (commandOf(press, 'wait') === 'quit') ports.quit();
}

/** `waiting`: it is not known yet where the mesh runs. */
function listing(press: Press, ports: ListPorts, engine: Engine, waiting: boolean): void {
  const { ui } = ports;
  const snapshot = engine.getSnapshot();
  const command = commandOf(press, 'list');
  const { listAt, pane } = ui.get();
  const point = (at: number) =>
    ui.dispatch({ type: 'point', what: 'list', at: clamp(at, 0, snapshot.lessons.length - 1) });
  const digit = digitOf(press);
  if (holdPress(press, snapshot, ui)) return;
  if (command === 'quit') ports.quit();
  else if (pane) {
    if (press.name === 'escape' || command === 'choose' || command === 'keys') ui.dispatch({ type: 'close' });
  } else if (snapshot.problem && (command === 'choose' || press.name === 'escape')) engine.dismiss();
  else if (snapshot.busy) return;
  else if (digit !== null) open(digit, ports, engine, waiting);
  else if (command === 'choose') open(listAt, ports, engine, waiting);
  else if (command === 'up') point(listAt - 1);
  else if (command === 'down') point(listAt + 1);
  else if (command === 'top') point(0);
  else if (command === 'bottom') point(snapshot.lessons.length - 1);
  else if (command === 'keys') ui.dispatch({ type: 'open', pane: 'keys' });
  else if (command === 'where' && !waiting) void ports.startUp.elsewhere();
  else if (command === 'bring-back' && !waiting)
    void (snapshot.kubeconfig !== null ? engine.bringBack() : ports.startUp.bringUp());
  else ui.dispatch({ type: 'remark', text: command === null ? elsewhereText(press, 'list') : NOT_YET });
}

/** Of `w` and `u`. */
const NOT_YET = 'The places where the mesh can run are still being looked for.';

function open(at: number, { startUp, ui }: ListPorts, engine: Engine, waiting: boolean): void {
  const lesson = engine.getSnapshot().lessons[at];
  if (!lesson) return;
  ui.dispatch({ type: 'point', what: 'list', at });
  if (!waiting) void engine.open(lesson.id);
  else {
    startUp.wish({ lesson: lesson.id });
    const text = `Lesson ${lesson.number} opens as soon as it is known where the mesh runs.`;
    ui.dispatch({ type: 'remark', text });
  }
}
