/** What `s` shows: the learner's file and the solution, beside each other or one after the other, changes marked. Pure. */
import { type Pair, pairedLines } from '../../../course/paired-lines.ts';
import { shownFiles } from '../../../lesson/shown-files.ts';
import type { LessonSnapshot } from '../../../lesson/state.ts';
import { baseName } from '../../../lesson/state-of.ts';
import { yamlPieces } from '../../components/manifest/yaml-lines.ts';
import { blank, bold, type Line, line, piece } from '../../text/line.ts';
import { chop, wrap } from '../../text/wrap.ts';

interface Compared {
  readonly name: string;
  readonly pairs: readonly Pair[];
}

interface Widths {
  readonly left: number;
  readonly right: number;
}

/** Two columns of the same height. */
export function solutionColumns(snapshot: LessonSnapshot, columns: Widths): { left: Line[]; right: Line[] } {
  const left: Line[] = [];
  const right: Line[] = [];
  for (const { name, pairs } of compared(snapshot)) {
    left.push([bold('Mine'), piece(`   ${name}`, 'dim')]);
    right.push([bold('The solution'), piece(`   ${name}`, 'dim')]);
    for (const pair of pairs) {
      const [mine, theirs] = [sideLines(pair, 'left', columns.left), sideLines(pair, 'right', columns.right)];
      const height = Math.max(mine.length, theirs.length);
      left.push(...filled(mine, height));
      right.push(...filled(theirs, height));
    }
    left.push(blank);
    right.push(blank);
  }
  const notes = noteLines(snapshot, columns.right);
  return { left: [...left, ...notes.map(() => blank)], right: [...right, ...notes] };
}

/** Mine first, then the solution, a file at a time. */
export function solutionLines(snapshot: LessonSnapshot, columns: number): Line[] {
  const files = compared(snapshot).flatMap(({ name, pairs }): Line[] => [
    [bold('Mine'), piece(`   ${name}`, 'dim')],
    ...pairs.flatMap(pair => sideLines(pair, 'left', columns)),
    blank,
    [bold('The solution'), piece(`   ${name}`, 'dim')],
    ...pairs.flatMap(pair => sideLines(pair, 'right', columns)),
    blank,
  ]);
  return [...files, ...noteLines(snapshot, columns)];
}

function compared(snapshot: LessonSnapshot): Compared[] {
  const step = snapshot.lesson?.steps[snapshot.at];
  if (step?.kind !== 'fix') return [];
  const mine = new Map(shownFiles(snapshot, step).map(({ name, text }) => [name, text]));
  return step.solution.map(path => {
    const name = baseName(path);
    return { name, pairs: pairedLines(mine.get(name) ?? '', snapshot.lesson?.files[path] ?? '') };
  });
}

const SIDES = { left: { sign: '-', role: 'bad' }, right: { sign: '+', role: 'good' } } as const;

function sideLines(pair: Pair, side: 'left' | 'right', columns: number): Line[] {
  const text = pair[side];
  if (text === null) return [];
  const { sign, role } = SIDES[side];
  if (!pair.same) return chop([piece(` ${sign} ${text}`, role)], columns, 5);
  return chop([piece('   '), ...yamlPieces(text)], columns, 5);
}

const filled = (lines: readonly Line[], height: number): Line[] =>
  Array.from({ length: height }, (_, at) => lines[at] ?? blank);

function noteLines(snapshot: LessonSnapshot, columns: number): Line[] {
  const step = snapshot.lesson?.steps[snapshot.at];
  if (step?.kind !== 'fix') return [];
  const equal = compared(snapshot).every(({ pairs }) => pairs.every(each => each.same));
  return [
    ...(step.remove ?? []).flatMap(({ kind, name }) =>
      wrap([piece(`The solution also removes ${kind} ${name}.`)], columns),
    ),
    ...(equal ? [line('Your files are the solution, line by line.', 'dim')] : []),
  ];
}
