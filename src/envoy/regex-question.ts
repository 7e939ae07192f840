/** Questions about regular expressions, as plain values: they are sent to another thread and back. */
import { matchesRegex, regexSearch, replaceRegex } from './match-regex.ts';
import { MAX_PROGRAM_SIZE, programSize } from './regex-size.ts';

export type RegexQuestion =
  | { readonly kind: 'match'; readonly regex: string; readonly text: string }
  | { readonly kind: 'replace'; readonly regex: string; readonly text: string; readonly by: string }
  /** In which of the lines of `text` it is found. */
  | { readonly kind: 'search'; readonly regex: string; readonly text: string };

/** A text for 'replace'; null for a search: not a regular expression. */
export type RegexAnswer = boolean | string | readonly boolean[] | null;

export function answerRegex(question: RegexQuestion): RegexAnswer {
  const { kind, regex, text } = question;
  if (kind === 'match') return matchesRegex(regex, text);
  if (kind === 'replace') return replaceRegex(regex, text, question.by);
  const fits = regexSearch(regex);
  return fits && text.split('\n').map(fits);
}

/** Compiling a program costs about as much as running it over this many letters. */
const COMPILING = 100;

/** Steps times letters, at worst: a replacement may read all the rest once for each match. */
export function costOf({ kind, regex, text }: RegexQuestion): number {
  const steps = programSize(regex);
  // Refused without being compiled.
  if (steps > MAX_PROGRAM_SIZE) return 0;
  const letters = kind === 'replace' ? text.length * (1 + text.length / COMPILING) : text.length;
  return steps * (letters + COMPILING);
}
