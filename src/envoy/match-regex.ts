/**
 * RE2's regular expressions (Envoy's safe_regex), by a port of RE2: JavaScript's own engine backtracks, and one pattern
 * like (a+)+b would hang the program. Texts are Unicode, patterns as they were written.
 * Left out: \C, and that RE2's dot does not match a byte that is not UTF-8.
 * Source: google/re2 re2/re2.cc; envoyproxy/envoy source/common/common/regex.cc.
 */
import { RE2JS } from 're2js';
import { matchesLong } from './long-match.ts';
import { isTooLarge, MAX_PROGRAM_SIZE, programSize } from './regex-size.ts';

/** The number of steps times letters from which on the states that re2js could cache no longer pay off. */
const LONG = 2_000_000;

/** Whether the whole of `text` matches. A pattern that Envoy would refuse matches nothing: Envoy never gets one. */
export function matchesRegex(regex: string, text: string): boolean {
  const pattern = compiled(regex);
  if (pattern === null) return false;
  const long = pattern.programSize() * text.length > LONG;
  return (long ? matchesLong(pattern, text) : null) ?? pattern.testExact(text);
}

/** Whether `regex` matches anywhere in a text; null: Envoy does not accept it. */
export function regexSearch(regex: string): ((text: string) => boolean) | null {
  const pattern = compiled(regex);
  return pattern && (text => pattern.test(text));
}

/** Null: Envoy accepts it. Otherwise its words. */
export function regexRefusal(regex: string): string | null {
  if (isTooLarge(regex)) {
    return (
      `regex '${regex}' RE2 program size of ${programSize(regex)} > max program size of ${MAX_PROGRAM_SIZE} set for ` +
      'the error level threshold. Increase configured max program size if necessary.'
    );
  }
  if (compiled(regex) !== null) return null;
  try {
    RE2JS.compile(regex);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error);
  }
}

/** Looking for the next match can mean reading all the rest, once for each match. */
const REPLACING_MS = 500;

/**
 * RE2::GlobalReplace: every match is replaced; in `substitution` \0 is the match, \1 to \9 are groups, \\ is a
 * backslash, and any other escape ends it. If the pattern does not have the group, nothing is replaced. What has not
 * been searched after half a second stays as it is.
 */
export function replaceRegex(regex: string, text: string, substitution: string): string {
  const pattern = compiled(regex);
  if (pattern === null) return text;
  const parts = rewriteParts(substitution);
  if (parts.some(part => typeof part === 'number' && part > pattern.groupCount())) return text;
  const matcher = pattern.matcher(text);
  const until = performance.now() + REPLACING_MS;
  let result = '';
  let from = 0;
  let lastEnd = -1;
  while (from <= text.length && performance.now() < until && matcher.find(from)) {
    const start = matcher.start();
    const end = matcher.end();
    result += text.slice(from, start);
    if (start === end && start === lastEnd) {
      // An empty match right after a match does not count: one character further.
      const next = String.fromCodePoint(text.codePointAt(start) ?? 0).length;
      result += text.slice(start, start + next);
      from = start + next;
      continue;
    }
    result += parts.map(part => (typeof part === 'string' ? part : (matcher.group(part) ?? ''))).join('');
    from = lastEnd = end;
  }
  return result + text.slice(from);
}

/** A substitution's literal texts and group numbers. */
function rewriteParts(substitution: string): (string | number)[] {
  const parts: (string | number)[] = [];
  for (const [whole, escaped] of substitution.matchAll(/[^\\]+|\\(.|$)/gs)) {
    if (escaped === undefined) parts.push(whole);
    else if (/\d/.test(escaped)) parts.push(Number(escaped));
    else if (escaped === '\\') parts.push(escaped);
    else break;
  }
  return parts;
}

/** Cached, as configurations have few patterns and many requests; the least recently used goes first. */
const programs = new Map<string, { readonly pattern: RE2JS | null; readonly size: number }>();
let totalSize = 0;
/** Each may hold a few megabytes of cached states. */
const MAX_PROGRAMS = 64;
const MAX_TOTAL_SIZE = 8 * MAX_PROGRAM_SIZE;

function compiled(regex: string): RE2JS | null {
  const known = programs.get(regex);
  if (known !== undefined) {
    programs.delete(regex);
    programs.set(regex, known);
    return known.pattern;
  }
  const pattern = compile(regex);
  const made = { pattern, size: pattern?.programSize() ?? 0 };
  programs.set(regex, made);
  totalSize += made.size;
  for (const [oldest, { size }] of programs) {
    if (programs.size <= MAX_PROGRAMS && totalSize <= MAX_TOTAL_SIZE) break;
    programs.delete(oldest);
    totalSize -= size;
  }
  return pattern;
}

function compile(regex: string): RE2JS | null {
  if (isTooLarge(regex)) return null;
  try {
    return RE2JS.compile(regex);
  } catch {
    return null;
  }
}
