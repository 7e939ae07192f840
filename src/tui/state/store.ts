/** A store for useSyncExternalStore over a pure reducer: it lives outside Ink and outlasts it. */
export interface UiStore<S, A> {
  subscribe(listener: () => void): () => void;
  get(): S;
  dispatch(action: A): void;
}

export function createStore<S, A>(reduce: (state: S, action: A) => S, start: S): UiStore<S, A> {
  let state = start;
  const listeners = new Set<() => void>();
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    get: () => state,
    dispatch(action) {
      const next = reduce(state, action);
      if (next === state) return;
      state = next;
      for (const listener of [...listeners]) listener();
    },
  };
}
