/** A key that has no meaning in a place and has one in a place beside it: the sentence that says so. Pure. */
import { type Command, commandOf, type Place, SHORTCUTS, shown } from './keys.ts';
import type { Press } from './press.ts';

/** The places beside each, the nearest first. A menu or a question shows all that it takes. */
const BESIDE: Partial<Record<Place, readonly Place[]>> = {
  list: ['lesson', 'exam'],
  lesson: ['list', 'question', 'exam'],
  pane: ['lesson', 'list'],
  exam: ['question', 'lesson', 'list'],
  question: ['exam', 'list'],
  'exam-pause': ['exam', 'question', 'lesson'],
};

const NAMES: Partial<Record<Place, string>> = {
  list: 'the list of lessons',
  lesson: 'an open lesson',
  exam: "an exam's list of questions",
  question: 'a question of an exam',
};

/** The same seen from within an exam, where a lesson is a question. */
const IN_AN_EXAM: typeof NAMES = {
  ...NAMES,
  lesson: 'an open question',
  question: 'an open question',
  exam: 'the list of questions',
};

const IN_A_QUESTIONS_PANE: readonly Place[] = ['question', 'lesson', 'exam'];

const OF_AN_EXAM: ReadonlySet<Place> = new Set(['exam', 'question', 'exam-pause']);

/** Arrows and paging keys have nothing to say where nothing moves. */
const SILENT: ReadonlySet<Command> = new Set([
  'up', 'down', 'wheel-up', 'wheel-down', 'page-up', 'page-down', 'top', 'bottom', 'suspend', 'interrupt', 'close',
]); // biome-ignore format: a table

/** Null: the key means something here, or nothing anywhere beside. `inExam`: a pane may be one of a question's. */
export function elsewhereText(press: Press, place: Place, inExam = OF_AN_EXAM.has(place)): string | null {
  if (commandOf(press, place) !== null) return null;
  const names = inExam ? IN_AN_EXAM : NAMES;
  const places = inExam && place === 'pane' ? IN_A_QUESTIONS_PANE : (BESIDE[place] ?? []);
  for (const beside of places) {
    const command = commandOf(press, beside);
    if (command === null || SILENT.has(command)) continue;
    const long = SHORTCUTS.find(each => each.command === command && each.in.includes(beside))?.long ?? '';
    return `${shown(press.name)} is for ${names[beside]}: ${long}.`;
  }
  return null;
}
