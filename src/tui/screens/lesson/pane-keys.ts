/** Which keys the bar offers while a pane is open, and while something is typed or asked. */
import { shownFiles } from '../../../lesson/shown-files.ts';
import type { LessonSnapshot } from '../../../lesson/state.ts';
import type { KeyLabel } from '../../components/key-bar/key-bar-lines.ts';
import { type Command, keyLabel } from '../../keys.ts';
import { isMenu, type Pane, type Ui } from '../../state/ui.ts';
import { whyPlaces } from '../panes/why-lines.ts';

const CHOICES: Partial<Record<Pane, string>> = {
  files: 'edit',
  steps: 'go there',
  calls: 'send',
  terms: 'read',
};

/** The key that opens a pane closes it again, for which esc stands in its bar. */
const OWN: Partial<Record<Pane, Command>> = {
  ...{ diff: 'diff', log: 'log', kubectl: 'kubectl', reference: 'reference', why: 'why' },
};

/** Without a cluster they can only say that they need one. */
const NEED_A_CLUSTER: ReadonlySet<Command> = new Set(['log', 'why', 'take-solution']);

export function paneKeys(pane: Pane, ui: Ui, snapshot: LessonSnapshot): KeyLabel[] {
  if (isMenu(pane)) return [keyLabel('choose', 'menu', CHOICES[pane]), keyLabel('close', 'menu')];
  const step = snapshot.lesson?.steps[snapshot.at];
  const isIdle = (command: Command) =>
    command === OWN[pane] ||
    (NEED_A_CLUSTER.has(command) && !snapshot.connected) ||
    (command === 'diff' && (step === undefined || shownFiles(snapshot, step).length === 0));
  const labels = (...commands: readonly Command[]) =>
    commands.filter(each => !isIdle(each)).map(each => keyLabel(each, 'pane'));
  const places = whyPlaces(ui).length;
  switch (pane) {
    case 'why':
      return [
        ...(places > 1 ? [['up down', 'choose'] as const] : []),
        ...(places > 0 ? labels('open-file') : []),
        ...labels('glossary', 'close', 'log', 'keys'),
      ];
    case 'log':
      return [
        ...labels('close'),
        keyLabel('raw', 'pane', ui.raw ? 'decoded' : 'raw'),
        ...labels('glossary', 'why', 'keys'),
      ];
    case 'solution':
      return labels('close', 'take-solution', 'diff', 'reference', 'keys');
    case 'keys':
      return labels('close', 'glossary', 'why', 'log');
    case 'term':
      return labels('close', 'glossary', 'why', 'log', 'keys');
    default:
      return [
        ...labels('close', ...(pane === 'kubectl' ? (['copy'] as const) : [])),
        ...labels('diff', 'log', 'why', 'kubectl', 'reference', 'keys'),
      ];
  }
}
