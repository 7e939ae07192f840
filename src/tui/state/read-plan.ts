/** What calls would notice, into the pane of the diff. */
import type { Engine } from '../../lesson/state.ts';
import type { UiStore } from './store.ts';
import type { PlanPane, Ui, UiAction } from './ui.ts';

/** An answer to an earlier question, or of a step that was left, is dropped. `now`: milliseconds since the epoch. */
export function readPlanPane(engine: Engine, ui: UiStore<Ui, UiAction>, now: number): void {
  const { connected, lesson, at } = engine.getSnapshot();
  const kind = lesson?.steps[at]?.kind;
  const plans = connected && (kind === 'apply' || kind === 'fix');
  const asked: PlanPane | null = plans ? { state: 'asked', since: now } : null;
  ui.dispatch({ type: 'plan', plan: asked });
  if (asked === null) return;
  void engine.plan().then(plan => {
    if (ui.get().plan === asked) ui.dispatch({ type: 'plan', plan: { state: 'told', plan } });
  });
}
