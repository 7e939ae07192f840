/** A page of the reference, into its pane. */
import { type ReferenceKind, readReference } from '../../course/reference.ts';
import type { UiStore } from './store.ts';
import type { Ui, UiAction } from './ui.ts';

/** Where it cannot be read, the pane says why. */
export function readReferencePane(kind: ReferenceKind, ui: UiStore<Ui, UiAction>): void {
  readReference(kind).then(
    text => ui.dispatch({ type: 'reference', page: { kind, text } }),
    (error: Error) =>
      ui.dispatch({ type: 'reference', page: { kind, text: `It could not be read: ${error.message}` } }),
  );
}
