/** All keys, from the one list of them. */
import { type Command, type Place, SHORTCUTS, type Shortcut, shown } from '../../keys.ts';
import { bold, type Line, piece } from '../../text/line.ts';
import { wrap } from '../../text/wrap.ts';

const MOVING = new Set(['up', 'down', 'page-up', 'page-down', 'top', 'bottom']);

/** Keys of a lesson that a question of an exam does not have. */
const NOT_IN_AN_EXAM: ReadonlySet<Command> = new Set(['hint', 'solution', 'steps', 'close', 'back']);

/** For a question of an exam: the exam's own keys, then those of a lesson that it has and that mean nothing else here. */
export function questionHelpLines(columns: number): Line[] {
  const own = SHORTCUTS.filter(one => one.in.includes('question'));
  const taken = new Set(own.flatMap(one => one.keys));
  const others = SHORTCUTS.filter(one => one.in.includes('lesson') && !NOT_IN_AN_EXAM.has(one.command));
  return linesOf('lesson', columns, [...own, ...others.filter(one => !one.keys.some(key => taken.has(key)))]);
}

export function helpLines(place: Place, columns: number): Line[] {
  const here = SHORTCUTS.filter(one => one.in.includes(place));
  return linesOf(place, columns, here);
}

function linesOf(place: Place, columns: number, shortcuts: readonly Shortcut[]): Line[] {
  const here = shortcuts.filter(one => !MOVING.has(one.command));
  const rows = here.flatMap(one => row(one.keys.map(shown).join(' '), one.long, columns));
  const moving =
    place === 'list'
      ? [...row('up down', 'move', columns)]
      : place === 'exam'
        ? [...row('up down', 'move to a question', columns)]
        : [
            ...row(
              'up down',
              'scroll, or move the pointer of a question; a digit chooses an answer',
              columns,
            ),
            ...row('space pgup', 'a screen down, a screen up', columns),
          ];
  return [[bold('Keys')], ...rows, ...moving];
}

function row(keys: string, text: string, columns: number): Line[] {
  return wrap([piece('  '), piece(keys.padEnd(11), 'accent'), piece(text)], columns, 13);
}
