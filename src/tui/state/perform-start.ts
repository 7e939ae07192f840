/** What keys do in the list of lessons and on the screens before it. */
import type { Engine } from '../../lesson/state.ts';
import { type Command, commandOf, digitOf } from '../keys.ts';
import type { Press } from '../press.ts';
import { READ_ONLY } from '../screens/start/start-frame.ts';
import type { Offer } from '../screens/start/start-state.ts';
import { clamp } from './scroll.ts';
import type { StartUp } from './start-up.ts';
import type { Store } from './store.ts';
import type { Ui, UiAction } from './ui.ts';

export interface StartPorts {
  readonly startUp: StartUp;
  readonly ui: Store<Ui, UiAction>;
  quit(): void;
}

export function pressBeforeLesson(press: Press, ports: StartPorts): void {
  const { startUp, quit } = ports;
  const { now, question } = startUp.store.get();
  if (press.ctrl && press.name === 'c') interrupt(ports);
  else if (question) answer(press, startUp);
  else if (now.at === 'choose') choosing(press, ports, [...now.offers, READ_ONLY], now.pointer);
  else if (now.at === 'trouble') troubled(commandOf(press, 'trouble'), ports, now);
  else if (now.at === 'course') listing(press, ports, now.engine, now.waiting !== null);
  else if (commandOf(press, 'wait') === 'quit') quit();
}

/** Stops what is being made; in the list, and where nothing is under way, it quits. */
function interrupt({ startUp, quit }: StartPorts): void {
  const { now, question } = startUp.store.get();
  const engine = now.at === 'course' ? now.engine : null;
  if (question) startUp.answer(false);
  if (engine?.getSnapshot().busy) engine.interrupt();
  else if (!startUp.stop() && !question) quit();
}

function answer(press: Press, startUp: StartUp): void {
  const command = commandOf(press, 'confirm');
  if (command === 'yes') startUp.answer(true);
  else if (command === 'no' || command === 'close') startUp.answer(false);
}

function choosing(press: Press, ports: StartPorts, offers: readonly Offer[], pointer: number): void {
  const { startUp, quit } = ports;
  const point = (at: number) =>
    startUp.store.dispatch({ type: 'point', at: clamp(at, 0, offers.length - 1) });
  const digit = digitOf(press);
  const command = commandOf(press, 'menu');
  const offer = offers[pointer];
  if (digit !== null) point(digit);
  else if (command === 'up') point(pointer - 1);
  else if (command === 'down') point(pointer + 1);
  else if (command === 'choose' && offer) void startUp.choose(offer);
  else if (command === 'close') void startUp.readOnly();
  else if (command === 'quit') quit();
}

const PAGE = 10;

function troubled(
  command: Command | null,
  { startUp, quit }: StartPorts,
  now: { readonly canRead: boolean; readonly scrolled: number },
): void {
  const by = { up: -1, down: 1, 'page-up': -PAGE, 'page-down': PAGE, top: -now.scrolled }[command as 'up'];
  if (by !== undefined) startUp.store.dispatch({ type: 'scroll', to: Math.max(0, now.scrolled + by) });
  else if (command === 'bring-back') void startUp.bringUp();
  else if (command === 'where' || command === 'close') void startUp.elsewhere();
  else if (command === 'read' && now.canRead) void startUp.readOnly();
  else if (command === 'quit') quit();
}

function listing(press: Press, ports: StartPorts, engine: Engine, waiting: boolean): void {
  const { ui } = ports;
  const snapshot = engine.getSnapshot();
  const command = commandOf(press, 'list');
  const { listAt, pane } = ui.get();
  const point = (at: number) =>
    ui.dispatch({ type: 'point', what: 'list', at: clamp(at, 0, snapshot.lessons.length - 1) });
  const digit = digitOf(press);
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
}

function open(at: number, { startUp, ui }: StartPorts, engine: Engine, waiting: boolean): void {
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
