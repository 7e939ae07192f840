/** What calls would notice of the diff above or beside it. */
import { beginsBlock, type PlanRow, planRows } from '../../../lesson/plan-text.ts';
import { spinnerText } from '../../components/key-bar/busy-line.ts';
import type { PlanPane } from '../../state/ui.ts';
import { blank, bold, type Line, type Piece, piece } from '../../text/line.ts';
import { wrap } from '../../text/wrap.ts';
import type { Look } from '../../theme.ts';

/** No spinner before: mostly it is known by then. */
const QUIET_MS = 1000;

/** No lines where there is nothing to plan. `now`: milliseconds since the epoch. */
export function planLines(pane: PlanPane | null, columns: number, now: number, look: Look): Line[] {
  if (pane === null) return [];
  const head = wrap([bold('What calls would notice'), piece('   nothing is applied for it', 'dim')], columns);
  if (pane.state === 'asked') return [...head, [piece(waitText(now - pane.since, look), 'dim')]];
  if (pane.plan === null) return [];
  const rows = planRows(pane.plan);
  return [
    ...head,
    ...rows.flatMap((row, at) => [...(at > 0 && beginsBlock(row) ? [blank] : []), ...drawn(row, columns)]),
  ];
}

function waitText(passed: number, look: Look): string {
  return passed < QUIET_MS || look.screenReader
    ? 'working it out'
    : `${spinnerText(passed, look)} working it out`;
}

function drawn({ kind, text }: PlanRow, columns: number): Line[] {
  const labelled = (label: string, one: Piece) => wrap([piece(`   ${label}`, 'dim'), one], columns, 10);
  switch (kind) {
    case 'head':
      return wrap([piece(text)], columns);
    case 'aside':
      return wrap([piece('!  ', 'accent'), piece(text)], columns, 3);
    case 'call':
      return wrap([bold(` ${text}`)], columns, 5);
    case 'today':
      return labelled('today  ', piece(text, 'bad'));
    case 'after':
      return labelled('then   ', piece(text, 'good'));
    case 'by':
      return labelled('       ', piece(text, 'dim'));
  }
}
