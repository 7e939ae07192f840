/** What keys do in the list. */
import type { Engine } from '../../../lesson/state.ts';
import { lineAction } from '../../components/line-editor/keys.ts';
import { elsewhereText } from '../../elsewhere.ts';
import { type Command, commandOf, digitOf } from '../../keys.ts';
import type { Press } from '../../press.ts';
import type { UiStore } from '../../state/store.ts';
import type { Ui, UiAction } from '../../state/ui.ts';
import { holdForCourse, holdPress } from '../lesson/waiting-presses.ts';
import { type StartPorts, stopOrQuit } from '../start/press.ts';
import { nextOpen } from './find.ts';
import { pointedRow, shownRows } from './frame.ts';
import { nextTab, TABS, type Tab } from './tabs.ts';

export interface ListPorts extends StartPorts {
  readonly ui: UiStore<Ui, UiAction>;
  /** Another tab is opened: what it shows is fetched. */
  turn(tab: Tab): void;
  /** The exam takes the terminal, and gives it back when it is left. */
  takeExam(): void;
}

/** The ports, and the course that is shown. `engine` is null where it is not there yet, and in the exam's tab. */
interface Moment extends ListPorts {
  readonly engine: Engine | null;
  /** It is not known yet where the mesh runs. */
  readonly waiting: boolean;
}

export function pressInList(press: Press, ports: ListPorts): void {
  const state = ports.ui.get();
  const moment = momentOf(ports);
  if (press.ctrl && press.name === 'c') {
    // As in a lesson: it leaves a question and a line that is typed, not the program.
    if (state.asks === 'quit') ports.interrupt();
    else if (state.asks || state.editor) ports.ui.dispatch({ type: 'close' });
    else stopOrQuit(ports);
  } else if (moment !== null) {
    if (state.asks) answer(press, moment);
    else if (state.editor) finding(press, moment);
    else listing(press, moment);
  } else if (commandOf(press, 'wait') === 'quit') ports.quit();
  else if (ports.startUp.store.get().now.at === 'opening') holdForCourse(press, ports.ui);
}

/** The course of this tab is still being taken from the shelf. */
function isAwaited({ engine, ui, startUp }: Moment): boolean {
  const { now } = startUp.store.get();
  return engine === null && ui.get().tab !== 'exam' && now.at === 'course' && now.unreadable === null;
}

/** Obeys what was typed while a course was opened, for as long as it is the list's. */
export function releaseInList(ports: ListPorts): void {
  for (;;) {
    const moment = momentOf(ports);
    const [press, ...presses] = ports.ui.get().waiting;
    const engine = moment?.engine ?? null;
    if (press === undefined || engine === null) return;
    const { busy, lesson } = engine.getSnapshot();
    if (busy !== null || lesson !== null) return;
    ports.ui.dispatch({ type: 'waiting', presses, remark: null });
    pressInList(press, ports);
  }
}

/** On a row: points at it; on the one that is pointed at already, opens it. */
export function clickInList(row: number, ports: ListPorts): void {
  const moment = momentOf(ports);
  const { pane, asks } = ports.ui.get();
  if (moment === null || pane || asks || moment.engine?.getSnapshot().busy) return;
  if (pointed(moment).at === row) choose(moment);
  else point(row, moment);
}

/** Null: there is no course yet. */
function momentOf(ports: ListPorts): Moment | null {
  const { now } = ports.startUp.store.get();
  if (now.at !== 'course') return null;
  const here = ports.ui.get().tab === now.shelf;
  return { ...ports, engine: here ? now.engine : null, waiting: now.waiting !== null };
}

function listing(press: Press, moment: Moment): void {
  const { ui, engine, quit } = moment;
  const snapshot = engine?.getSnapshot();
  const command = commandOf(press, 'list');
  const digit = digitOf(press);
  const tab = digit === null ? undefined : TABS[digit];
  if (snapshot && holdPress(press, snapshot, ui)) return;
  if (isAwaited(moment) && holdForCourse(press, ui)) return;
  if (command === 'quit') {
    if (snapshot?.busy) ui.dispatch({ type: 'ask', question: 'quit' });
    else quit();
  } else if (ui.get().pane) {
    if (press.name === 'escape' || command === 'choose' || command === 'keys') ui.dispatch({ type: 'close' });
  } else if (snapshot?.problem && (command === 'choose' || press.name === 'escape')) engine?.dismiss();
  else if (snapshot?.busy) return;
  else if (tab !== undefined) moment.turn(tab.id);
  else if (command === 'next-tab') moment.turn(nextTab(ui.get().tab));
  else if (command !== null) run(command, moment);
  else ui.dispatch({ type: 'remark', text: elsewhereText(press, 'list') });
}

function run(command: Command, moment: Moment): void {
  const { ui, engine, waiting, startUp } = moment;
  const rows = engine?.getSnapshot().lessons ?? [];
  const { tab } = ui.get();
  if (command === 'choose') choose(moment);
  else if (command in MOVES) move(command as keyof typeof MOVES, moment);
  else if (command === 'keys') ui.dispatch({ type: 'open', pane: 'keys' });
  else if (command === 'find' && rows.length > 0) ui.dispatch({ type: 'find' });
  else if (command === 'next-open' && rows.length > 0) {
    const next = nextOpen(rows, ui.get().listAt);
    if (next === null) remark(moment, 'All of these are done.');
    else point(next, moment);
  } else if (command === 'anew') {
    if (tab === 'exam') remark(moment, 'istio-tutor exam --discard gives an exam up; the next one is new.');
    else if (rows.length > 0) ui.dispatch({ type: 'ask', question: 'anew' });
  } else if (command === 'where' || command === 'bring-back') {
    if (waiting) remark(moment, NOT_YET);
    else if (command === 'where') void startUp.elsewhere();
    else bringUp(moment);
  }
}

/** Of `w` and `u`. */
const NOT_YET = 'The places where the mesh can run are still being looked for.';

function bringUp({ engine, startUp }: Moment): void {
  if (engine !== null && engine.getSnapshot().kubeconfig !== null) void engine.bringBack();
  else void startUp.bringUp();
}

const remark = ({ ui }: Moment, text: string) => ui.dispatch({ type: 'remark', text });
const point = (at: number, { ui }: Moment) => ui.dispatch({ type: 'point', what: 'list', at });

/** By how many rows, of those that are shown. */
const MOVES = {
  ...{ up: -1, down: 1, 'page-up': -10, 'page-down': 10 },
  ...{ top: Number.NEGATIVE_INFINITY, bottom: Number.POSITIVE_INFINITY },
};

function move(command: keyof typeof MOVES, moment: Moment): void {
  const { shown, at } = pointed(moment);
  const index = Math.max(0, shown.indexOf(at ?? 0)) + MOVES[command];
  const next = shown[Math.min(shown.length - 1, Math.max(0, index))];
  if (next !== undefined) point(next, moment);
}

function pointed({ engine, ui }: Moment) {
  const shown = shownRows(engine?.getSnapshot().lessons ?? [], ui.get());
  return { shown, at: pointedRow(shown, ui.get().listAt) };
}

/** Keys while something is looked for: what is typed narrows the list. */
function finding(press: Press, moment: Moment): void {
  const { ui } = moment;
  if (press.name === 'escape') ui.dispatch({ type: 'close' });
  else if (press.name === 'enter') choose(moment);
  else if (press.name === 'up' || press.name === 'down') move(press.name, moment);
  else {
    const action = lineAction(press);
    if (action !== null && action.type !== 'history') ui.dispatch({ type: 'type', action });
  }
}

function answer(press: Press, moment: Moment): void {
  const { ui, engine, quit } = moment;
  const { asks } = ui.get();
  const command = commandOf(press, 'confirm');
  if (command === null) return;
  ui.dispatch({ type: 'close' });
  if (asks === 'quit') {
    if (command === 'yes') quit();
    return;
  }
  const { at } = pointed(moment);
  const row = engine?.getSnapshot().lessons[at ?? -1];
  if (command === 'yes' && row !== undefined) void engine?.startAnew(row.id);
}

function choose(moment: Moment): void {
  const { ui, engine, waiting, startUp } = moment;
  const { tab } = ui.get();
  if (tab === 'exam') {
    if (waiting) remark(moment, NOT_YET);
    else if (ui.get().exam !== null) moment.takeExam();
    return;
  }
  const { at } = pointed(moment);
  const row = at === undefined ? undefined : engine?.getSnapshot().lessons[at];
  if (at === undefined || row === undefined) return;
  ui.dispatch({ type: 'close' });
  point(at, moment);
  if (!waiting) void engine?.open(row.id);
  else {
    // The step that was typed on the command line is still meant.
    if (startUp.wished()?.lesson !== row.id) startUp.wish({ lesson: row.id });
    remark(moment, `"${row.title}" opens as soon as it is known where the mesh runs.`);
  }
}
