/** What every screen has: a header, a rule, and a rule with a remark and the place in a long text. */
import { bold, type Line, piece, spread, truncate, widthOf } from '../text/line.ts';
import { type Look, signs } from '../theme.ts';

export function ruleLine(columns: number, look: Look): Line {
  return [piece(` ${signs(look).rule.repeat(Math.max(0, columns - 2))}`, 'dim')];
}

/** The lower rule, with a remark at its left and what is out of sight at its right. */
export function noteRule(note: string | null, aside: string | null, columns: number, look: Look): Line {
  const { rule, ellipsis } = signs(look);
  const right: Line = aside ? [piece(` ${aside} `, 'accent'), piece(rule, 'dim')] : [];
  const room = columns - 4 - widthOf(right);
  const left: Line = note ? truncate([piece(` ${note} `)], room, ellipsis) : [];
  const fill = Math.max(0, columns - 2 - widthOf(left) - widthOf(right) - (note ? 2 : 0));
  return [piece(` ${note ? rule.repeat(2) : ''}`, 'dim'), ...left, piece(rule.repeat(fill), 'dim'), ...right];
}

/** ' 3  Step 2: DestinationRule ····· 4/11          kind, Istio 1.31' */
export function headerLine(left: string, place: string, right: string, columns: number, look: Look): Line {
  const { leader, ellipsis } = signs(look);
  const room = place === '' ? columns - left.length - 6 : Math.floor(columns * 0.42);
  const tail: Line = [...truncate([piece(right, 'dim')], room, ellipsis), piece(' ')];
  if (place === '') return spread([piece(' '), bold(left)], tail, columns, ellipsis);
  const middle = Math.min(Math.floor(columns * 0.68), columns - widthOf(tail) - 3);
  const name = truncate([piece(' '), bold(left)], middle - place.length - 4, ellipsis);
  const dots = leader.repeat(Math.max(1, middle - widthOf(name) - place.length - 2));
  return spread([...name, piece(` ${dots} `, 'dim'), piece(place)], tail, columns, ellipsis);
}

/** '↓ 12 more', '↑ 4 above', or both; null when all is in sight. */
export function scrollNote(above: number, below: number, look: Look): string | null {
  const { up, down } = signs(look);
  const parts = [
    above > 0 ? `${up} ${above} above` : '',
    below > 0 ? `${down} ${below} more: space` : '',
  ].filter(one => one !== '');
  return parts.length === 0 ? null : parts.join('  ');
}
