/** Finding in the list: which rows hold what is typed. Pure. */
import type { LessonProgress } from '../../../lesson/state.ts';

/** Rows of the list by their places, from 0. Every word that is typed must be in the row: '/ tls hard'. */
export function matching(rows: readonly LessonProgress[], typed: string): readonly number[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.flatMap((row, at) => (words.every(word => textOf(row).includes(word)) ? [at] : []));
}

const textOf = ({ id, number, title, summary, drill }: LessonProgress) =>
  [number, id, title, summary, drill?.domain, drill?.level].join(' ').toLowerCase();

/** The row after `at` that is not done yet, round about; null: all are done. */
export function nextOpen(rows: readonly LessonProgress[], at: number): number | null {
  const isOpen = (row: number) => (rows[row]?.done ?? 0) < (rows[row]?.steps ?? 0);
  const inTurn = rows.map((_, i) => (at + 1 + i) % rows.length);
  return inTurn.find(isOpen) ?? null;
}
