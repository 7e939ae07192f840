/** The list of lessons; empty as long as they are being loaded. */
import type { Screen } from '../../screen.ts';
import type { StartUp } from '../../state/start-up.ts';
import type { UiStore } from '../../state/store.ts';
import type { Ui, UiAction } from '../../state/ui.ts';
import { listFrame } from './frame.ts';
import { pressInList } from './press.ts';

export function listScreen(startUp: StartUp, ui: UiStore<Ui, UiAction>): Screen {
  const { now: start } = startUp.store.get();
  const snapshot = start.at === 'course' ? start.engine.getSnapshot() : null;
  const waiting = start.at === 'course' ? start.waiting : 'opening the lessons';
  return {
    name: 'course',
    frame: on => listFrame({ snapshot, ui: ui.get(), waiting, ...on }),
    press: (press, _on, { quit, interrupt }) => pressInList(press, { startUp, ui, quit, interrupt }),
    runs: () => snapshot === null || snapshot.busy !== null,
  };
}
