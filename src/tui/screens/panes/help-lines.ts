/** All keys, from the one list of them. */
import { type Command, type Place, SHORTCUTS, type Shortcut, shown } from '../../keys.ts';
import { bold, type Line, piece } from '../../text/line.ts';
import { wrap } from '../../text/wrap.ts';

const MOVING = new Set(['up', 'down', 'wheel-up', 'wheel-down', 'page-up', 'page-down', 'top', 'bottom']);

/** Keys of a lesson that a question of an exam, or the playground, does not have. */
const OF_LESSONS: Readonly<Record<'question' | 'playground', ReadonlySet<Command>>> = {
  question: new Set(['hint', 'solution', 'steps', 'close', 'back', 'article']),
  playground: new Set(['hint', 'solution', 'steps', 'back', 'article']),
};

/** Of what is shown as a lesson is: its own keys, then those of a lesson that it has and that mean nothing else here. */
export function besideHelpLines(place: 'question' | 'playground', columns: number): Line[] {
  const own = SHORTCUTS.filter(one => one.in.includes(place));
  const taken = new Set(own.flatMap(one => one.keys));
  const others = SHORTCUTS.filter(one => one.in.includes('lesson') && !OF_LESSONS[place].has(one.command));
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
      ? [...row('up down', 'move; so do k and j', columns)]
      : place === 'exam'
        ? [...row('up down', 'move to a question; so do k and j', columns)]
        : [
            ...row(
              'up down',
              'scroll, or move the pointer of a question; so do k and j; a digit chooses an answer, or a check to see its call',
              columns,
            ),
            ...row('space pgup', 'a screen down, a screen up', columns),
          ];
  return [[bold('Keys')], ...rows, ...moving];
}

function row(keys: string, text: string, columns: number): Line[] {
  return wrap([piece('  '), piece(keys.padEnd(11), 'accent'), piece(text)], columns, 13);
}
