/** The window's size as a React hook, which Ink 6 lacks. Draws again when the window changes. */
import { useStdout } from 'ink';
import { useCallback, useRef, useSyncExternalStore } from 'react';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The size now; 80x24 where the terminal does not say. */
function sizeOf(stdout: Pick<NodeJS.WriteStream, 'columns' | 'rows'>): Size {
  return { columns: stdout.columns || 80, rows: stdout.rows || 24 };
}

export function useWindowSize(): Size {
  const { stdout } = useStdout();
  const last = useRef<Size>(sizeOf(stdout));
  const subscribe = useCallback(
    (listener: () => void) => {
      stdout.on('resize', listener);
      return () => {
        stdout.off('resize', listener);
      };
    },
    [stdout],
  );
  const read = useCallback(() => {
    const now = sizeOf(stdout);
    if (now.columns !== last.current.columns || now.rows !== last.current.rows) last.current = now;
    return last.current;
  }, [stdout]);
  return useSyncExternalStore(subscribe, read);
}
