/** Leaving the program from a lesson: `q` asks first where something would be lost, and Ctrl-C always leaves in the end. */
import { setAside } from './calling.ts';
import { lossText } from './loss.ts';
import type { Moment } from './moment.ts';

export function quit({ snapshot, state, ui, quit: leave }: Moment): void {
  if (lossText(snapshot, state) === null) leave();
  else ui.dispatch({ type: 'ask', question: 'quit' });
}

/** Ctrl-C stops what is under way, or leaves a question or a line; a second one leaves the program. */
export function interrupt(moment: Moment): void {
  const { engine, ui, snapshot, state, interrupt: leave } = moment;
  if (state.asks === 'quit' || (snapshot.busy && state.stopping)) leave();
  else if (snapshot.busy) {
    ui.dispatch({ type: 'stopping' });
    engine.interrupt();
  } else if (state.editor) setAside(moment);
  else if (state.asks) ui.dispatch({ type: 'close' });
  else leave();
}
