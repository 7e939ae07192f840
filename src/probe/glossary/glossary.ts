/** The glossary: Envoy's response flags, curl's exit codes, and the terms of the lessons. Pure. */
import type { Entry } from './entry.ts';
import { EXIT_ENTRIES } from './exits.ts';
import { FLAG_ENTRIES } from './flags.ts';
import { TERM_ENTRIES } from './terms.ts';

export type { Entry } from './entry.ts';

/** Terms first, then flags, then exit codes, each in the order in which one meets them. */
export const GLOSSARY: readonly Entry[] = [...TERM_ENTRIES, ...FLAG_ENTRIES, ...EXIT_ENTRIES];

/** As it may be typed: 'sni', 'SNI', 'filter-chain', 'filter chain', 'UF', 'exit 35', '35'. Null: there is none. */
export function entryOf(word: string): Entry | null {
  const id = word
    .trim()
    .toLowerCase()
    .replace(/^exit(?: code)? /, '')
    .replace(/\s+/g, '-');
  return GLOSSARY.find(each => each.id.toLowerCase() === id) ?? null;
}

/** The entries that a text gives reason to look up, in the glossary's order. */
export function entriesIn(text: string): Entry[] {
  return GLOSSARY.filter(each => each.finds.test(text));
}

/** The entry as Markdown. */
export function entryText({ title, kind, text, source }: Entry): string {
  return `# ${title}\n\n${kind === '' ? '' : `${kind}. `}${text}\n\nSource: ${source}\n`;
}
