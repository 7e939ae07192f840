/** All keys, from the one list of them. */
import { type Place, SHORTCUTS, shown } from '../../keys.ts';
import { bold, type Line, piece } from '../../text/line.ts';
import { wrap } from '../../text/wrap.ts';

const MOVING = new Set(['up', 'down', 'page-up', 'page-down', 'top', 'bottom']);

export function helpLines(place: Place, columns: number): Line[] {
  const here = SHORTCUTS.filter(one => one.in.includes(place) && !MOVING.has(one.command));
  const rows = here.flatMap(one => row(one.keys.map(shown).join(' '), one.long, columns));
  const moving =
    place === 'list'
      ? [...row('up down', 'move; a digit opens that lesson', columns)]
      : [
          ...row('up down', 'scroll, or move the pointer of a question; a digit chooses an answer', columns),
          ...row('space pgup', 'a screen down, a screen up', columns),
        ];
  return [[bold('Keys')], ...rows, ...moving];
}

function row(keys: string, text: string, columns: number): Line[] {
  return wrap([piece('  '), piece(keys.padEnd(11), 'accent'), piece(text)], columns, 13);
}
