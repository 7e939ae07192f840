/** What keys do on the screens before the list of lessons, and while a question stands. */
import { type Command, commandOf, digitOf } from '../../keys.ts';
import type { Press } from '../../press.ts';
import { clamp } from '../../state/scroll.ts';
import type { StartUp } from '../../state/start-up.ts';
import { READ_ONLY } from './frame.ts';
import type { Offer } from './state.ts';

export interface StartPorts {
  readonly startUp: StartUp;
  quit(): void;
  interrupt(): void;
}

export function pressAtStart(press: Press, ports: StartPorts): void {
  const { startUp, quit } = ports;
  const { now, question } = startUp.store.get();
  if (press.ctrl && press.name === 'c') stopOrQuit(ports);
  else if (question) answer(press, startUp);
  else if (now.at === 'choose') choosing(press, ports, [...now.offers, READ_ONLY], now.pointer);
  else if (now.at === 'trouble') troubled(commandOf(press, 'trouble'), ports, now);
  else if (commandOf(press, 'wait') === 'quit') quit();
}

/** Ctrl-C, here and in the list: stops what is under way; where nothing is, it quits. */
export function stopOrQuit({ startUp, interrupt }: StartPorts): void {
  const { now, question } = startUp.store.get();
  const engine = now.at === 'course' ? now.engine : null;
  if (question) startUp.answer(false);
  if (engine?.getSnapshot().busy) engine.interrupt();
  else if (!startUp.stop() && !question) interrupt();
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
