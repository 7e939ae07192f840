/** The log pane: the learner's own calls decoded, or every line as it is. */
import { logRows, rawRows } from '../../../probe/log-rows.ts';
import type { Ui } from '../../state/ui.ts';
import { blank, bold, type Line, line, piece } from '../../text/line.ts';
import { chop, wrap } from '../../text/wrap.ts';

const NONE = 'No line yet. The sidecar writes one when a call has ended, at most a second later.';

export function logLines({ log, raw }: Pick<Ui, 'log' | 'raw'>, columns: number): Line[] {
  const how = raw ? 'as it is' : 'your own calls';
  const head: Line[] = [[bold("The sidecar's access log"), piece(`   ${how}, newest last`, 'dim')], blank];
  if (log === null) return [...head, line('reading it', 'dim')];
  if (typeof log === 'string') return [...head, ...wrap([piece(log)], columns)];
  if (log.length === 0) return [...head, ...wrap([piece(NONE, 'dim')], columns)];
  const rows = raw ? rawRows(log) : logRows(log);
  return [...head, ...rows.flatMap(row => (row.raw ? chop : wrap)(row.spans, columns, row.hang))];
}
