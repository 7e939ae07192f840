/** What to copy into a second terminal. A long line is broken where a shell allows it, with a backslash. */
import type { LessonSnapshot } from '../../../lesson/state.ts';
import { shellPath } from '../../../shared/paths.ts';
import { blank, bold, type Line, line, piece } from '../../text/line.ts';
import { shellTexts } from '../../text/shell-texts.ts';
import { wrap } from '../../text/wrap.ts';

/** The commands of the pane, each whole; none without a cluster. */
export function kubectlCommands({ kubeconfig, kubectl }: LessonSnapshot): string[] {
  if (!kubeconfig) return [];
  return [`export KUBECONFIG=${shellPath(kubeconfig)}`, ...(kubectl ? [kubectl] : [])];
}

export function kubectlLines(snapshot: LessonSnapshot, columns: number): Line[] {
  if (!snapshot.kubeconfig)
    return [[bold('In a second terminal')], blank, line('There is no cluster yet: u brings one up.')];
  const { mesh, outside } = snapshot.namespaces;
  return [
    [bold('In a second terminal')],
    blank,
    ...kubectlCommands(snapshot).flatMap(text => shellLines(text, columns)),
    blank,
    ...wrap(
      [
        piece(
          `The lab's namespaces are ${mesh} and ${outside}. What you apply there counts here as well.`,
          'dim',
        ),
      ],
      columns,
    ),
  ];
}

/** They begin at the left edge, so that no spaces are copied along. */
const shellLines = (text: string, columns: number): Line[] =>
  shellTexts(text, columns).map(one => line(one, 'accent'));
