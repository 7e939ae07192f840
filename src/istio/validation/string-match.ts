/** Source: pkg/config/validation/validation.go (validateStringMatch, validateStringRegexp). */
import { goQuote } from '../go-text.ts';
import type { StringMatch } from '../types.ts';
import { regexpError } from './go-regexp.ts';
import type { ProblemText } from './report.ts';

/** `where` is the field's name in the message. An empty prefix would match everything and is refused. */
export function stringMatchProblem(match: StringMatch | undefined, where: string): ProblemText {
  if (match?.prefix === '') return `${goQuote(where)}: prefix string match should not be empty`;
  return regexMatchProblem(match, where);
}

/** For uri, where the prefix may be empty. */
export function regexMatchProblem(match: StringMatch | undefined, where: string): ProblemText {
  const regex = match?.regex;
  if (regex === undefined) return null;
  if (regex === '') return `${goQuote(where)}: regex string match should not be empty`;
  return regexProblem(regex, where);
}

export function regexProblem(regex: string, where: string): ProblemText {
  if (Buffer.byteLength(regex) > 1024) {
    return `${goQuote(where)}: regex is too large, max length allowed is 1024`;
  }
  const error = regexpError(regex);
  if (error === null) return null;
  return `${goQuote(where)}: ${error}; Istio uses RE2 style regex-based match (https://github.com/google/re2/wiki/Syntax)`;
}
