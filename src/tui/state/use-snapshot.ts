/** An engine's snapshot in a component. useSyncExternalStore calls its functions by themselves; an engine needs its object. */
import { useCallback, useSyncExternalStore } from 'react';
import type { Engine, Snapshot } from '../../lesson/state.ts';

export function useSnapshot(engine: Engine | null): Snapshot | null {
  const subscribe = useCallback(
    (listener: () => void) => engine?.subscribe(listener) ?? (() => {}),
    [engine],
  );
  const read = useCallback(() => engine?.getSnapshot() ?? null, [engine]);
  return useSyncExternalStore(subscribe, read);
}
