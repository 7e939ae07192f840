/** The sidecar's log in a component: while its pane is open, its lines keep coming. */
import { useEffect } from 'react';
import type { Engine } from '../../lesson/state.ts';
import { readLogPane } from './read-log.ts';
import type { UiStore } from './store.ts';
import type { Ui, UiAction } from './ui.ts';

const LOG_MS = 1000;

export function useLog(engine: Engine | null, ui: UiStore<Ui, UiAction>, open: boolean): void {
  useEffect(() => {
    if (!open || !engine) return;
    const timer = setInterval(() => readLogPane(engine, ui), LOG_MS);
    return () => clearInterval(timer);
  }, [engine, ui, open]);
}
