/** The sidecar's log in a component: while its pane is open, its lines keep coming. */
import { useEffect } from 'react';
import type { Engine } from '../../lesson/state.ts';
import type { LessonScreen } from '../screens/lesson/lesson-screen.ts';
import type { Store } from './store.ts';
import type { Ui, UiAction } from './ui.ts';

const LOG_MS = 1000;

/** `lesson` is null while the screen is still being loaded. */
export function useLog(
  engine: Engine | null,
  ui: Store<Ui, UiAction>,
  lesson: () => LessonScreen | null,
  open: boolean,
): void {
  useEffect(() => {
    if (!open || !engine) return;
    const timer = setInterval(() => lesson()?.readLog({ engine, ui }), LOG_MS);
    return () => clearInterval(timer);
  }, [engine, ui, lesson, open]);
}
