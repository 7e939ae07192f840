/** Which keys the bar offers while a pane is open, and while something is typed or asked. */
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

export function paneKeys(pane: Pane, ui: Ui, snapshot: LessonSnapshot): KeyLabel[] {
  if (isMenu(pane)) return [keyLabel('choose', 'menu', CHOICES[pane]), keyLabel('close', 'menu')];
  const label = (command: Command, word?: string) => keyLabel(command, 'pane', word);
  const close = label('close');
  const glossary = label('glossary');
  switch (pane) {
    case 'why':
      return [
        ...(whyPlaces(ui).length > 1 ? [['up down', 'choose'] as const] : []),
        ...(whyPlaces(ui).length > 0 ? [label('open-file')] : []),
        ...[glossary, close, label('log'), label('keys')],
      ];
    case 'log':
      return [close, label('raw', ui.raw ? 'decoded' : 'raw'), glossary, label('why'), label('keys')];
    case 'solution':
      return [
        ...[close, ...(snapshot.connected ? [label('take-solution')] : [])],
        ...[label('diff'), label('reference'), label('keys')],
      ];
    case 'keys':
    case 'term':
      return [close, glossary, label('why'), label('log'), label('keys')];
    default:
      return [
        ...[close, ...(pane === 'kubectl' ? [label('copy')] : []), label('diff'), label('log')],
        ...(snapshot.connected ? [label('why')] : []),
        ...[label('kubectl'), label('reference'), label('keys')],
      ];
  }
}
