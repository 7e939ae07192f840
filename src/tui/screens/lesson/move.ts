/** Scrolling, and pointers: what the arrows and the paging keys do in a lesson. */
import type { Again } from '../../../course/schema.ts';
import type { Engine, LessonSnapshot } from '../../../lesson/state.ts';
import type { Command } from '../../keys.ts';
import { clamp } from '../../state/scroll.ts';
import type { UiStore } from '../../state/store.ts';
import { isMenu, type Ui, type UiAction } from '../../state/ui.ts';
import { callsMenu, filesMenu, stepsMenu, termsMenu } from '../panes/steps-menu.ts';
import { whyPlaces } from '../panes/why-lines.ts';
import type { LessonView } from './frame.ts';
import { asking, checksToPointAt, checkToSend } from './state.ts';

/** Lines that a notch of the wheel scrolls. */
export const WHEEL = 3;
const FAR = 1_000_000;

interface Ports {
  readonly engine: Engine;
  readonly ui: UiStore<Ui, UiAction>;
  /** What is on the screen now. */
  view(): LessonView;
}

export function move(command: Command, ports: Ports): void {
  const snapshot = ports.engine.getSnapshot();
  const { pane } = ports.ui.get();
  const asked = asking(snapshot);
  const by = distance(command, ports.view().page);
  if (by === 0) return;
  if (isMenu(pane)) pointInMenu(by, snapshot, ports);
  else if (pane === 'why' && Math.abs(by) === 1) pointAtPlace(by, ports);
  else if (pane) scrollPane(by, ports);
  else if (snapshot.problem) scrollProblem(by, ports);
  else if (Math.abs(by) === 1 && asked) pointAtOption(by, asked, ports);
  else if (Math.abs(by) === 1 && pointAtCheck(by, snapshot, ports)) return;
  else scrollBy(by, ports);
}

function distance(command: Command, page: number): number {
  switch (command) {
    case 'up':
      return -1;
    case 'down':
      return 1;
    case 'wheel-up':
      return -WHEEL;
    case 'wheel-down':
      return WHEEL;
    case 'page-up':
      return -page;
    case 'page-down':
      return page;
    case 'top':
      return -FAR;
    case 'bottom':
      return FAR;
    default:
      return 0;
  }
}

function pointInMenu(by: number, snapshot: LessonSnapshot, { ui }: Ports): void {
  const { pane, menuAt, terms } = ui.get();
  const { rows } =
    pane === 'terms'
      ? termsMenu(terms)
      : (pane === 'steps' ? stepsMenu : pane === 'calls' ? callsMenu : filesMenu)(snapshot);
  ui.dispatch({ type: 'point', what: 'menu', at: clamp(menuAt + by, 0, Math.max(0, rows.length - 1)) });
}

/**
 * The pointer moves only while it can be seen; otherwise the question is brought into sight first. While nothing is
 * chosen, down begins with the first answer, and up with the last.
 */
function pointAtOption(by: number, options: Again['options'], { ui, view }: Ports): void {
  const { layout } = view();
  const { optionAt } = ui.get();
  const last = options.length;
  const at = optionAt < 0 && by < 0 ? last : clamp(optionAt + by, 0, last);
  if (!layout.shows('question')) ui.dispatch({ type: 'scroll', to: layout.scrollTo('question') });
  else ui.dispatch({ type: 'point', what: 'option', at });
}

/**
 * From one check to the next, beginning with the one that `p` sends. False, and the screen scrolls: at either end, where
 * they are out of sight, and where there are none.
 */
function pointAtCheck(by: number, snapshot: LessonSnapshot, { ui, view }: Ports): boolean {
  const step = snapshot.lesson?.steps[snapshot.at];
  const checks = checksToPointAt(snapshot);
  if (checks === null || step?.kind !== 'fix' || !view().layout.shows('checks')) return false;
  const { optionAt } = ui.get();
  const first = checks.findIndex(each => each.id === checkToSend(snapshot, step, -1)?.id);
  const at = optionAt < 0 ? first : optionAt + by;
  if (checks[at] === undefined) return false;
  ui.dispatch({ type: 'point', what: 'option', at });
  return true;
}

/** From one line of YAML to the next; at the last, and where there is none, the pane scrolls. */
function pointAtPlace(by: number, ports: Ports): void {
  const { ui } = ports;
  const { menuAt } = ui.get();
  const to = clamp(menuAt + by, 0, whyPlaces(ui.get()).length - 1);
  if (to === menuAt || to < 0) scrollPane(by, ports);
  else {
    ui.dispatch({ type: 'point', what: 'menu', at: to });
    ui.dispatch({ type: 'scroll-pane', to: 0 });
  }
}

export function scrollBy(by: number, { ui, view }: Ports): void {
  const { layout } = view();
  const from = clamp(ui.get().scrolled, layout.least, layout.most);
  ui.dispatch({ type: 'scroll', to: clamp(from + by, layout.least, layout.most) });
}

function scrollProblem(by: number, { ui, view }: Ports): void {
  ui.dispatch({ type: 'scroll', to: clamp(ui.get().scrolled + by, 0, view().paneEnd) });
}

/** The log is scrolled back from its end, since its newest line is what one looks for. */
function scrollPane(by: number, { ui, view }: Ports): void {
  const { paneEnd } = view();
  const { pane, paneScrolled } = ui.get();
  const [least, most] = pane === 'log' ? [-paneEnd, 0] : [0, paneEnd];
  ui.dispatch({ type: 'scroll-pane', to: clamp(paneScrolled + by, least, most) });
}
