/**
 * Keys that are typed while a step is prepared, or a list is opened, wait until it is ready, in their order: an `e`
 * that was lost would send the `:wq` meant for the editor to the program, and its `q` would quit.
 */
import type { Engine, LessonSnapshot } from '../../../lesson/state.ts';
import { type Command, commandOf, digitOf, shown } from '../../keys.ts';
import type { Press } from '../../press.ts';
import type { Hands } from '../../screen.ts';
import type { UiStore } from '../../state/store.ts';
import type { Ui, UiAction } from '../../state/ui.ts';

/** These are obeyed even while the engine is at work. */
export const ALWAYS: ReadonlySet<Command | null> = new Set([
  'quit', 'keys', 'interrupt', 'up', 'down', 'wheel-up', 'wheel-down', 'page-up', 'page-down', 'top', 'bottom',
]); // biome-ignore format: a table

/** More than anybody types meanwhile: what a stuck key sends is not kept. */
const MOST = 50;

/** Returns whether the press waits now. Once one waits, all that follow do, Ctrl-C apart. */
export function holdPress(press: Press, { busy }: LessonSnapshot, ui: UiStore<Ui, UiAction>): boolean {
  const { waiting } = ui.get();
  if (busy?.prepares !== true || commandOf(press, 'lesson') === 'interrupt') return false;
  if (waiting.length === 0 && !isMeant(press)) return false;
  hold(press, ui, 'As soon as the step is ready');
  return true;
}

/** The same of the list, while its course is being opened. Tabs, `?` and `q` mean something without a course. */
export function holdForCourse(press: Press, ui: UiStore<Ui, UiAction>): boolean {
  const { waiting } = ui.get();
  if (waiting.length === 0 && !OF_A_LIST.has(commandOf(press, 'list'))) return false;
  hold(press, ui, 'As soon as the list is there');
  return true;
}

/** What needs rows. Enter alone does not wait: it would open what nobody has seen. */
const OF_A_LIST: ReadonlySet<Command | null> = new Set([
  'up', 'down', 'wheel-up', 'wheel-down', 'page-up', 'page-down', 'top', 'bottom', 'find', 'next-open', 'anew',
]); // biome-ignore format: a table

function hold(press: Press, ui: UiStore<Ui, UiAction>, until: string): void {
  const { waiting } = ui.get();
  if (waiting.length >= MOST) return;
  const presses = [...waiting, press];
  const names = presses.map(each => shown(each.name)).join(' ');
  ui.dispatch({ type: 'waiting', presses, remark: `${until}: ${names}` });
}

/** A second Enter of an impatient hand is not: it would answer a question that nobody has read. */
function isMeant(press: Press): boolean {
  const command = commandOf(press, 'lesson');
  if (command === null) return digitOf(press) !== null;
  return command !== 'next' && !ALWAYS.has(command);
}

/**
 * Gives what waits to `obey`, a press at a time, for as long as the engine is idle: what comes after one that begins
 * work waits for that, and what comes after `e` or `!` was for the editor or the shell.
 */
export function releasePresses(
  engine: Pick<Engine, 'getSnapshot'>,
  ui: UiStore<Ui, UiAction>,
  hands: Hands,
  obey: (press: Press, hands: Hands) => void,
): void {
  const forgetting = (give: () => void) => {
    ui.dispatch({ type: 'waiting', presses: [], remark: null });
    give();
  };
  const edit: Hands['edit'] = (name, line) => forgetting(() => hands.edit(name, line));
  const shell = () => forgetting(hands.shell);
  for (;;) {
    const [press, ...presses] = ui.get().waiting;
    if (press === undefined || engine.getSnapshot().busy !== null) return;
    ui.dispatch({ type: 'waiting', presses, remark: null });
    obey(press, { ...hands, edit, shell });
  }
}
