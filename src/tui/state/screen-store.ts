/** The screen of the moment as a store: chosen anew, and so drawn anew, after each change. */
import type { Screen, ScreenStore } from '../screen.ts';
import { createStore } from './store.ts';

export interface ChangingScreenStore extends ScreenStore {
  /** To be called after every change that a screen could show. */
  changed(): void;
}

/** `choose` reads what there is and returns the screen that shows it. */
export function createScreenStore(choose: () => Screen): ChangingScreenStore {
  const store = createStore<Screen, null>(choose, choose());
  return { subscribe: store.subscribe, screen: store.get, changed: () => store.dispatch(null) };
}
