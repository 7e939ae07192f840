/** The glossary from within a pane: a menu of what occurs there, and the entry that is chosen. */
import { entriesIn, GLOSSARY } from '../../../probe/glossary/glossary.ts';
import type { UiStore } from '../../state/store.ts';
import type { Ui, UiAction } from '../../state/ui.ts';
import { type Line, textOf } from '../../text/line.ts';

/** Offers what occurs in `lines`, those of the open pane; where nothing does, and in the list of keys, everything. */
export function offerTerms(ui: UiStore<Ui, UiAction>, lines: readonly Line[]): void {
  const { pane, terms } = ui.get();
  if (pane === null) return;
  // A term may stand where the line was broken.
  const text = lines.map(textOf).join(' ').replace(/\s+/g, ' ');
  const found = pane === 'keys' ? [] : entriesIn(text);
  const ids = (found.length > 0 ? found : GLOSSARY).map(each => each.id);
  const from = pane === 'term' ? (terms?.from ?? pane) : pane;
  ui.dispatch({ type: 'terms', view: { ids, from, open: null } });
  ui.dispatch({ type: 'open', pane: 'terms' });
}

export function openTerm(ui: UiStore<Ui, UiAction>): void {
  const { terms, menuAt } = ui.get();
  if (terms === null) return;
  ui.dispatch({ type: 'terms', view: { ...terms, open: terms.ids[menuAt] ?? null } });
  ui.dispatch({ type: 'open', pane: 'term' });
}

/** Back to the pane from which something was looked up. */
export function closeTerms(ui: UiStore<Ui, UiAction>): void {
  const { terms } = ui.get();
  ui.dispatch(terms === null ? { type: 'close' } : { type: 'open', pane: terms.from });
}
