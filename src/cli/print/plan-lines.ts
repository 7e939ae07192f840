/** A plan's rows (lesson/plan-text.ts) as lines of text, two columns in. */
import { beginsBlock, type PlanRow } from '../../lesson/plan-text.ts';
import { wrapHelp } from '../help-text.ts';
import { type PrintLook, paint } from './paint.ts';

const COLUMNS = 80;

/** Before what a caller notices today, and once it is applied. */
interface PlanSigns {
  readonly today: string;
  readonly after: string;
}

const SIGNS: PlanSigns = { today: '-', after: '+' };

export function planLines(rows: readonly PlanRow[], look: PrintLook, signs = SIGNS): string[] {
  return rows.flatMap((row, at) => [
    ...(at > 0 && beginsBlock(row) ? [''] : []),
    ...linesOf(row, look, signs),
  ]);
}

function linesOf({ kind, text }: PlanRow, look: PrintLook, signs: PlanSigns): string[] {
  switch (kind) {
    case 'head':
      return [`  ${text}`];
    case 'aside': {
      const [first = '', ...rest] = wrapHelp(text, COLUMNS - 4, 0);
      return [`  ${paint(look, 'yellow', '!')} ${first}`, ...rest.map(each => `    ${each}`)];
    }
    case 'call':
      return [`    ${paint(look, 'bold', text)}`];
    case 'today':
      return [`      ${paint(look, 'red', signs.today)} ${text}`];
    case 'after':
      return [`      ${paint(look, 'green', signs.after)} ${text}`];
    case 'by':
      return [`        ${paint(look, 'dim', text)}`];
  }
}
