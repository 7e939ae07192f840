/** The sidecar's last access-log lines, into the log pane. */
import type { Engine } from '../../lesson/state.ts';
import type { UiStore } from './store.ts';
import type { Ui, UiAction } from './ui.ts';

/** Log lines that the pane keeps. */
const LOG_LINES = 100;

/** Where they cannot be read, the pane says why. Does nothing while the pane is closed. */
export function readLogPane(engine: Engine, ui: UiStore<Ui, UiAction>): void {
  if (ui.get().pane !== 'log') return;
  engine.sidecarLog(LOG_LINES).then(
    lines => ui.dispatch({ type: 'log', lines }),
    (error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      ui.dispatch({ type: 'log', lines: `It could not be read: ${why}` });
    },
  );
}
