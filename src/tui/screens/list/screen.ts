/** The list; empty as long as its course is being loaded. */
import type { Screen } from '../../screen.ts';
import type { StartUp } from '../../state/start-up.ts';
import type { UiStore } from '../../state/store.ts';
import type { Ui, UiAction } from '../../state/ui.ts';
import { listFrame } from './frame.ts';
import { clickInList, type ListPorts, pressInList, releaseInList } from './press.ts';

/** What the list asks of the program around it. */
export type ListDoors = Pick<ListPorts, 'turn' | 'takeExam'>;

export function listScreen(startUp: StartUp, ui: UiStore<Ui, UiAction>, doors: ListDoors): Screen {
  const { now: start } = startUp.store.get();
  const { tab } = ui.get();
  const engine = start.at === 'course' && (tab === 'exam' || tab === start.shelf) ? start.engine : null;
  const snapshot = engine?.getSnapshot() ?? null;
  const waiting = start.at === 'course' ? start.waiting : 'opening the lessons';
  const unreadable = start.at === 'course' ? start.unreadable : null;
  return {
    name: `course ${tab}`,
    frame: on => listFrame({ snapshot, ui: ui.get(), waiting, unreadable, ...on }),
    press: (press, _on, { quit, interrupt }) =>
      pressInList(press, { startUp, ui, quit, interrupt, ...doors }),
    click: (row, _on, { quit, interrupt }) => clickInList(row, { startUp, ui, quit, interrupt, ...doors }),
    release: (_on, { quit, interrupt }) => releaseInList({ startUp, ui, quit, interrupt, ...doors }),
    runs: () => snapshot === null || snapshot.busy !== null,
  };
}
