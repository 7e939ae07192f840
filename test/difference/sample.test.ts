import { describe, expect, it } from 'vitest';
import { sampleOf } from '../../src/difference/sample.ts';
import { matchesRegex } from '../../src/envoy/match-regex.ts';

describe('samples of a regular expression', () => {
  it.each([
    ...['/v2/data', '/v[12]/.*', '/v\\d+/x', '^/api/(v1|v2)/items$', '/a?b*c+', '/(?:a|b)/c', '(?i)/Data'],
    ...['/x{3}', '/x{2,5}y', '/[^/]+/orders', '/\\w+\\.json', '.+', '.*', 'yes|no', '(?P<id>[a-f0-9]{8})-z'],
    ...[
      '[a-z]+@example\\.org',
      '/[\\d]{2}',
      '(a|b)(c|d)(e|f)',
      'curl/.*',
      '[]a]x',
      '[^\\d]x',
      '[^a-z]+',
      '[^x7-]',
      '[^\\w-]',
    ],
    ...[
      '\\D',
      '\\S+',
      '/\\W',
      'a{0}b',
      'a{0,3}b',
      '(a|b){2}',
      'x{,3}',
      '[[:alpha:]]+',
      '\\Qa.b\\E',
      '(?i:A)b',
      '\\x41',
    ],
  ])('%s: each matches', regex => {
    for (const sample of sampleOf(regex)) {
      expect(matchesRegex(regex, sample), `${regex} by ${JSON.stringify(sample)}`).toBe(true);
    }
  });

  it.each([
    ['yes|no', ['yes', 'no']],
    ['/v[12]/.*', ['/v1/x', '/v1/']],
    ['^/api/(v1|v2)$', ['/api/v1', '/api/v2']],
    ['a{0}b', ['b']],
    ['.*', ['x', '']],
    ['[^/]+/orders', ['x/orders']],
  ])('%s shows both sides', (regex, expected) => {
    expect(sampleOf(regex)).toEqual(expected);
  });

  it.each(['(', ')a', '[a', '(a', 'a)', '(?=a)b', '\\p{L}'])(
    '%s yields nothing that does not match',
    regex => {
      expect(sampleOf(regex).filter(each => !matchesRegex(regex, each))).toEqual([]);
    },
  );

  it('stays small for a large one', () => {
    expect(sampleOf('(a|b|c|d)'.repeat(200)).length).toBeLessThanOrEqual(4);
    expect(sampleOf('((((a{1000}){1000}){1000}){1000})').every(each => each.length < 10_000)).toBe(true);
  });
});
