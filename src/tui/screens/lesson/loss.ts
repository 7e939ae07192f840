/** What would be lost if the program were left now. Pure. */
import type { LessonSnapshot } from '../../../lesson/state.ts';
import type { Ui } from '../../state/ui.ts';

/** What is asked before the program is left; null: nothing would be lost. */
export function lossText(
  { busy }: Pick<LessonSnapshot, 'busy'>,
  { unsent }: Pick<Ui, 'unsent'>,
): string | null {
  if (busy?.prepares) return 'Quit while this is being prepared?';
  if (busy) return `Quit in the middle of this: ${busy.label}?`;
  return unsent === null ? null : 'Quit? The call that you changed has not been sent.';
}
