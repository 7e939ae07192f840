/**
 * Leaving the program from a lesson: `q` asks first where something would be lost, and Ctrl-C always leaves in the end.
 */
import { setAside } from './calling.ts';
import { lossText } from './loss.ts';
import { type Moment, remark } from './moment.ts';
import { asking } from './state.ts';

export function quit({ snapshot, state, ui, quit: leave }: Moment): void {
  if (lossText(snapshot, state) === null) leave();
  else ui.dispatch({ type: 'ask', question: 'quit' });
}

/**
 * Ctrl-C stops what is under way, or leaves a question, an answer that is chosen or a line; a second one leaves the
 * program.
 */
export function interrupt(moment: Moment): void {
  const { engine, ui, snapshot, state, interrupt: leave } = moment;
  if (state.asks === 'quit' || (snapshot.busy && state.stopping)) leave();
  else if (snapshot.busy) {
    ui.dispatch({ type: 'stopping' });
    engine.interrupt();
  } else if (state.editor) setAside(moment);
  else if (state.asks) ui.dispatch({ type: 'close' });
  else if (asking(snapshot) && state.optionAt >= 0) {
    ui.dispatch({ type: 'point', what: 'option', at: -1 });
    remark(moment, 'Nothing is chosen now; ctrl-c once more quits.');
  } else leave();
}
