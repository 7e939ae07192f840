/** The tabs of the list: what there is to do, and the line that names them. Pure. */
import { bold, type Line, piece, spread } from '../../text/line.ts';
import type { Shelf } from '../start/state.ts';

export type Tab = Shelf | 'exam';

/** In their order; the digit that opens each is its place, from 1. */
export const TABS: readonly { readonly id: Tab; readonly title: string }[] = [
  { id: 'lessons', title: 'Lessons' },
  { id: 'drills', title: 'Drills' },
  { id: 'exam', title: 'Exam' },
  { id: 'playground', title: 'Playground' },
];

/** The one after `tab`, round about. */
export function nextTab(tab: Tab): Tab {
  const at = TABS.findIndex(each => each.id === tab);
  return TABS[(at + 1) % TABS.length]?.id ?? tab;
}

/** All tabs, the open one in brackets: without colour it must be told as well. */
export function tabsLine(open: Tab, columns: number): Line {
  const names = TABS.map(({ id, title }, at) => ({
    ...(id === open ? bold(`[${title}]`, 'accent') : piece(` ${title} `, 'dim')),
    click: { key: String(at + 1) },
  }));
  const keys = [piece('tab', 'accent'), piece(` or 1 to ${TABS.length}`, 'dim')];
  return spread(
    names.flatMap(each => [each, piece(' ')]),
    keys,
    columns,
  );
}
