/**
 * How large the program of a regular expression becomes, read off its text: counts multiply, and (?:...){1000} of a
 * thousand letters would be compiled to a million steps only to be refused then.
 */

/** Istio's bootstrap sets re2.max_program_size.error_level to this; Envoy refuses what is larger. */
export const MAX_PROGRAM_SIZE = 32_768;

/** One thing that can be repeated: an escape, a quoted text, a class with its named classes, a count, one character. */
const TOKEN =
  /\\[pPx]\{\^?\w*\}|\\Q.*?(?:\\E|$)|\\.|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]?|\{(\d+)(?:(,)(\d*))?\}|\(\?(?:P?<\w*>|[imsU-]*:|[imsU-]*\))|./gs;

/** Counted as RE2 does, one for each letter, class or branch; a class or a dot is a single step here, too. */
export function programSize(regex: string): number {
  if (!regex.includes('{')) return regex.length;
  const outer: number[] = [];
  let sum = 0;
  let last = 0;
  for (const [token, least, comma, most] of regex.matchAll(TOKEN)) {
    if (least !== undefined) {
      const times = Math.max(Number(least) + (comma === undefined ? 0 : 1), Number(most ?? 0));
      sum += last * (Math.max(1, times) - 1);
      last *= Math.max(1, times);
    } else if (token.startsWith('(') && !/^\(\?[imsU-]*\)$/.test(token)) {
      outer.push(sum);
      sum = last = 0;
    } else if (token === ')') {
      last = sum + 1;
      sum = (outer.pop() ?? 0) + last;
    } else {
      last = token.startsWith('\\Q') ? token.length : 1;
      sum += last;
    }
  }
  return outer.reduce((all, each) => all + each, sum);
}

export function isTooLarge(regex: string): boolean {
  return programSize(regex) > MAX_PROGRAM_SIZE;
}
