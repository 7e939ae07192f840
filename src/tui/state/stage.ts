/** The screen of the moment as a store: chosen anew, and drawn anew, after each change. */
import type { Screen, Stage } from '../screen.ts';

export interface ChangingStage extends Stage {
  /** To be called after every change that a screen could show. */
  changed(): void;
}

/** `choose` reads what there is and says which screen shows it. */
export function createStage(choose: () => Screen): ChangingStage {
  let screen: Screen | null = null;
  const listeners = new Set<() => void>();
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    screen() {
      screen ??= choose();
      return screen;
    },
    changed() {
      screen = null;
      for (const listener of [...listeners]) listener();
    },
  };
}
