import { describe, expect, it } from 'vitest';
import { matchesRegex, replaceRegex } from '../../src/envoy/match-regex.ts';

describe("RE2's regular expressions", () => {
  it.each([
    // The whole text must match, never a part of it.
    ['/v[12]/.*', '/v1/data', true],
    ['/v[12]', '/v1/data', false],
    ['v1', '/v1', false],
    ['a|b', 'ab', false],
    // Flags: for all of it, or for a group only.
    ['(?i)/DATA', '/data', true],
    ['(?i:/DA)ta', '/data', true],
    ['(?i:/DA)TA', '/data', false],
    ['/(?i)data', '/DaTa', true],
    ['(?i)[a-c]+', 'ABC', true],
    ['(?i)[^a]', 'A', false],
    ['a.b', 'a\nb', false],
    ['(?s)a.b', 'a\nb', true],
    ['(?-s:a.b)', 'a\nb', false],
    ['a$', 'a\n', false],
    ['(?m)a$(?s:.)b', 'a\nb', true],
    // What JavaScript spells in another way.
    ['\\A/data\\z', '/data', true],
    ['\\Q/a.b+\\E[0-9]', '/a.b+7', true],
    ['\\Q/a.b+\\E', '/axb+', false],
    ['(?P<version>v[0-9]+)', 'v12', true],
    ['[[:alpha:]]+[[:digit:]]*', 'abc123', true],
    ['\\x{2f}data', '/data', true],
    ['\\pL+', 'äö', true],
    ['[\\p{Greek}-]+', 'α-β', true],
    ['[]a]+', ']a', true],
    ['[a\\]b]+', 'a]b', true],
    ['\\/a\\-b\\_c', '/a-b_c', true],
    ['\\d{2,3}', '1234', false],
    // What RE2 refuses matches nothing.
    ['(a)\\1', 'aa', false],
    ['a(?!b)', 'a', false],
    ['[a', '[a', false],
  ])('%s on %j: %s', (regex, text, expected) => {
    expect(matchesRegex(regex, text)).toBe(expected);
  });

  it.each([
    ['^/v2(/.*)?$', '/v2/data', '/api\\1', '/api/data'],
    ['/(\\w+)/(\\w+)', '/a/b/c/d', '/\\2/\\1', '/b/a/d/c'],
    ['^/service/([^/]+)(/.*)$', '/service/foo/v1/api', '\\2/instance/\\1', '/v1/api/instance/foo'],
    ['o', '/foo', '[\\0]\\\\', '/f[o]\\[o]\\'],
    ['a*', 'baac', 'X', 'XbXcX'],
    ['x', '/foo', 'y', '/foo'],
  ])('replaces %s in %s by %s: %s', (regex, text, substitution, expected) => {
    expect(replaceRegex(regex, text, substitution)).toBe(expected);
  });
});
