/**
 * How large the program of a regular expression becomes, estimated from its text: counts multiply, and (?:...){1000}
 * around a thousand letters would be compiled to a million steps only to be refused.
 */

/** Istio's bootstrap sets re2.max_program_size.error_level to this; Envoy refuses anything larger. */
export const MAX_PROGRAM_SIZE = 32_768;

/** One thing that can be repeated: an escape, quoted text, a class with its named classes, a count, one character. */
const TOKEN =
  /\\[pPx]\{\^?\w*\}|\\Q.*?(?:\\E|$)|\\.|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]?|\{(\d+)(?:(,)(\d*))?\}|\(\?(?:P?<\w*>|[imsU-]*:|[imsU-]*\))|./gs;

/** Steps for an escape or a dot in UTF-8, as RE2 counts them; anything not listed takes one. */
const STEPS: Readonly<Record<string, number>> = {
  '.': 2,
  '\\w': 3,
  '\\s': 3,
  '\\D': 2,
  '\\W': 5,
  '\\S': 4,
};

/** Steps that every program has, for its beginning and end. */
const FRAME = 4;

/**
 * Counted like RE2, except for what it shares between the branches of an alternation and the ranges of a class: one
 * step for each byte of a letter and for a class, two for a capturing group.
 */
export function programSize(regex: string): number {
  const outer: { sum: number; captures: number }[] = [];
  let sum = 0;
  let last = 0;
  for (const [token, least, comma, most] of regex.matchAll(TOKEN)) {
    if (least !== undefined) {
      const times = Math.max(Number(least) + (comma === undefined ? 0 : 1), Number(most ?? 0));
      // Each optional repetition takes one more step.
      const optional = most ? Math.max(0, Number(most) - Number(least)) : 0;
      sum += last * (Math.max(1, times) - 1) + optional;
      last = last * Math.max(1, times) + optional;
    } else if (token.startsWith('(') && !/^\(\?[imsU-]*\)$/.test(token)) {
      outer.push({ sum, captures: token === '(' || token.includes('<') ? 2 : 0 });
      sum = last = 0;
    } else if (token === ')') {
      const { sum: before = 0, captures = 0 } = outer.pop() ?? {};
      last = sum + captures;
      sum = before + last;
    } else if (token === '+' || token === '?') {
      sum += 1;
      last += 1;
    } else if (token !== '*' && token !== '|') {
      last = stepsOf(token);
      sum += last;
    }
  }
  return outer.reduce((all, each) => all + each.sum, sum) + FRAME;
}

function stepsOf(token: string): number {
  if (token.startsWith('\\Q')) return token.length;
  if (token.startsWith('[^')) return 2;
  if (token.startsWith('[')) return 1;
  return STEPS[token] ?? (token.startsWith('\\') ? 1 : Buffer.byteLength(token));
}

export function isTooLarge(regex: string): boolean {
  return programSize(regex) > MAX_PROGRAM_SIZE;
}
