/** Verdicts and texts of Go 1.26's regexp.Compile. */
import { expect, it } from 'vitest';
import { regexpError } from '../../../src/istio/validation/go-regexp.ts';

it.each([
  '(?i)^/v[12]/.*$',
  '(?i-s:a)|(?P<n>b)|(?<m>c)',
  'a{2,3}?b{,3}{x',
  '[]a-]|[^]\\d-]',
  '\\p{Greek}\\pL\\p{^Lu}\\p{Lowercase_Letter}',
  '[[:alpha:]\\]]\\Q(\\E+',
  '((a{100})*|b{11}){2}(c{2}){500}(?:d{1000}){0}e{1000}\\Qf\\E{1000}(?:g{0,}){1000}',
  '\\x41\\x{1F600}\\012\\A\\z\\b',
])('%s compiles', expression => {
  expect(regexpError(expression)).toBeNull();
});

it.each([
  ['(?=a)', 'invalid or unsupported Perl syntax: `(?=`'],
  ['(?!a)', 'invalid or unsupported Perl syntax: `(?!`'],
  ['(?<=a)b', 'invalid named capture: `(?<=a)b`'],
  ['(a)\\1', 'invalid escape sequence: `\\1`'],
  ['a++', 'invalid nested repetition operator: `++`'],
  ['|*', 'missing argument to repetition operator: `*`'],
  ['a{3,2}', 'invalid repeat count: `{3,2}`'],
  ['(a{1000}){1000}', 'invalid repeat count: `{1000}`'],
  ['((a{100})*|b{11}){2}(?:(c{2}){3}){167}?', 'invalid repeat count: `{167}?`'],
  ['(a|b', 'missing closing ): `(a|b`'],
  ['a)', 'unexpected ): `a)`'],
  ['x[a', 'missing closing ]: `[a`'],
  ['[a-\\d]', 'invalid escape sequence: `\\d`'],
  ['[[:word]]:]', 'invalid character class range: `[:word]]:]`'],
  ['[[:nope:]]', 'invalid character class range: `[:nope:]`'],
  ['\\p{Alphabetic}', 'invalid character class range: `\\p{Alphabetic}`'],
  ['\\Z', 'invalid escape sequence: `\\Z`'],
  ['a\\', 'trailing backslash at end of expression: ``'],
])('%s', (expression, problem) => {
  expect(regexpError(expression)).toBe(`error parsing regexp: ${problem}`);
});
