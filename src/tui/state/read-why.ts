/** Why the last call of the step went where it went, into its pane. */
import type { Engine } from '../../lesson/state.ts';
import { asTutorError } from '../../shared/errors.ts';
import type { UiStore } from './store.ts';
import type { Ui, UiAction, WhyView } from './ui.ts';

/** Reads it anew; where it cannot be read, the pane says why. `now`: milliseconds since the epoch. */
export function readWhyPane(engine: Engine, ui: UiStore<Ui, UiAction>, now: number): void {
  const reading: WhyView = { state: 'reading', since: now };
  ui.dispatch({ type: 'why', view: reading });
  // What comes when another step is open, or another reading under way, is of no interest any more.
  const show = (view: WhyView) => {
    if (ui.get().why === reading) ui.dispatch({ type: 'why', view });
  };
  engine.why().then(
    why => show({ state: 'read', why }),
    (error: unknown) => show({ state: 'failed', problem: asTutorError(error).problem }),
  );
}
