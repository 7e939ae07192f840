/** Two texts beside each other, line by line: what both have stands at the same height. Pure. */
import { diffLines as compare } from 'diff';

export interface Pair {
  /** null: this side has no such line. */
  readonly left: string | null;
  readonly right: string | null;
  readonly same: boolean;
}

export function pairedLines(left: string, right: string): Pair[] {
  const pairs: Pair[] = [];
  let removed: string[] = [];
  const added: string[] = [];
  const flush = () => {
    const { length } = removed.length > added.length ? removed : added;
    for (let at = 0; at < length; at++)
      pairs.push({ left: removed[at] ?? null, right: added[at] ?? null, same: false });
    removed = [];
    added.length = 0;
  };
  for (const part of compare(ended(left), ended(right))) {
    const lines = part.value.replace(/\n$/, '').split('\n');
    if (part.removed) removed.push(...lines);
    else if (part.added) added.push(...lines);
    else {
      flush();
      pairs.push(...lines.map(text => ({ left: text, right: text, same: true })));
    }
  }
  flush();
  return pairs;
}

/** A last line without its end is no difference, and neither are spaces that nobody sees. */
const ended = (text: string): string =>
  text.trim() === '' ? '' : `${text.replace(/[ \t]+$/gm, '').replace(/\n+$/, '')}\n`;
