/** Moves the screen to what is new whenever an engine has something new. */
import type { Engine, LessonSnapshot } from '../../../lesson/state.ts';
import type { UiStore } from '../../state/store.ts';
import type { Ui, UiAction } from '../../state/ui.ts';
import { changeBetween } from './state.ts';

/** `onClose` is called when the lesson was left. Returns a function that stops it. */
export function followChanges(
  engine: Engine,
  ui: UiStore<Ui, UiAction>,
  onClose: (next: LessonSnapshot) => void = () => {},
): () => void {
  let last = engine.getSnapshot();
  return engine.subscribe(() => {
    const next = engine.getSnapshot();
    const change = changeBetween(last, next);
    if (last.lesson && !next.lesson) onClose(next);
    const begun = last.busy === null && next.busy !== null;
    const ended = last.busy !== null && next.busy === null;
    const { staleNotice } = ui.get();
    if (begun || ended) ui.dispatch({ type: 'work', notice: begun ? last.notice : staleNotice });
    last = next;
    if (change) ui.dispatch(change);
  });
}
