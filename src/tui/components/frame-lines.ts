/** What every screen has: a header, a rule, and a rule with a remark and the place in a long text. */
import stringWidth from 'string-width';
import { bold, type Line, piece, spread, truncate, widthOf } from '../text/line.ts';
import { wrap } from '../text/wrap.ts';
import { type Look, signs } from '../theme.ts';

export function ruleLine(columns: number, look: Look): Line {
  return [piece(` ${signs(look).rule.repeat(Math.max(0, columns - 2))}`, 'dim')];
}

interface Drawn {
  /** What is out of sight. */
  readonly aside: string | null;
}

/**
 * A body of `height` rows, as `draw` draws it, and below it the lower rule with a remark. One that the rule has no room
 * for stands above the rule, broken between words, and the body gives way.
 */
export function withNote<Body extends Drawn>(
  height: number,
  note: string | null,
  { columns, look }: { readonly columns: number; readonly look: Look },
  draw: (height: number) => Body,
): { readonly body: Body; readonly below: readonly Line[] } {
  const whole = draw(height);
  if (note === null || fits(note, whole.aside, columns)) {
    return { body: whole, below: [noteRule(note, whole.aside, columns, look)] };
  }
  const told = wrap([piece(' '), piece(note)], columns - 1, 3).slice(0, Math.max(1, height - LEAST));
  const body = draw(height - told.length);
  return { body, below: [...told, noteRule(null, body.aside, columns, look)] };
}

/** Rows of a body that no remark takes. */
const LEAST = 2;

const fits = (note: string, aside: string | null, columns: number) =>
  stringWidth(note) + 2 <= columns - 4 - widthOf(asidePieces(aside, '-'));

const asidePieces = (aside: string | null, rule: string): Line =>
  aside ? [piece(` ${aside} `, 'accent'), piece(rule, 'dim')] : [];

/** The lower rule, with a remark at its left and what is out of sight at its right. */
export function noteRule(note: string | null, aside: string | null, columns: number, look: Look): Line {
  const { rule, ellipsis } = signs(look);
  const right = asidePieces(aside, rule);
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
