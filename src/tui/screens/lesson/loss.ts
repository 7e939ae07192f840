/** What would be lost if the program were left now. Pure. */
import type { LessonSnapshot } from '../../../lesson/state.ts';
import type { Ui } from '../../state/ui.ts';

/** Where the learner is; the list has no such place. */
type Place = 'lesson' | 'at' | 'steps';

/** What is asked before the program is left; null: nothing would be lost. */
export function lossText(
  snapshot: Pick<LessonSnapshot, 'busy'> & Partial<Pick<LessonSnapshot, Place>>,
  { unsent }: Pick<Ui, 'unsent'>,
): string | null {
  const { busy } = snapshot;
  if (busy?.prepares) return 'Quit while this is being prepared?';
  if (busy) return `Quit in the middle of this: ${busy.label}?`;
  if (unsent !== null) return 'Quit? The call that you changed has not been sent.';
  return isBegunDrill(snapshot) ? "Quit? Your files stay; hints and kubectl's changes are lost." : null;
}

/** It begins in its first state when it is opened again; nobody has to hear that who has only looked at it. */
function isBegunDrill({ lesson, at, steps }: Partial<Pick<LessonSnapshot, Place>>): boolean {
  const state = steps?.[lesson?.steps[at ?? 0]?.id ?? ''];
  if (lesson?.drill === undefined || lesson.exam !== undefined || state?.phase === 'done') return false;
  return (state?.hints ?? 0) > 0 || state?.apply !== undefined || state?.checks !== undefined;
}
