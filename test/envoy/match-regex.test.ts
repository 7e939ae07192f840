import { describe, expect, it } from 'vitest';
import { matchesRegex, regexSearch, replaceRegex } from '../../src/envoy/match-regex.ts';
import { cpuTime } from '../support/cpu-time.ts';

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
    ['[[:^alpha:]]+', '123', true],
    ['(?U)a+', 'aa', true],
    ['(?i)k', '\u212a', true],
    ['(?i)ä', 'Ä', true],
    ['.', '😀', true],
    // What RE2 refuses matches nothing.
    ['(?P<a>x)(?P<a>y)', 'xy', false],
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
    // A group that is not there: nothing is replaced. An escape that is none ends the substitution.
    ['/(a)', '/a/b', '\\2', '/a/b'],
    ['a', '/a/b', '1\\x2', '/1/b'],
    ['(a', '/a', 'b', '/a'],
    ['é*', 'aéé😀', '-', '-a-😀-'],
  ])('replaces %s in %s by %s: %s', (regex, text, substitution, expected) => {
    expect(replaceRegex(regex, text, substitution)).toBe(expected);
  });

  it('takes time by the length of the text, whatever the pattern', () => {
    const text = 'a'.repeat(5000);
    const started = cpuTime();
    for (const regex of ['(a+)+b', '(a|aa)+b', '(.*)(.*)(.*)(.*)b', '(a?){500}a{500}'])
      expect(matchesRegex(regex, text), regex).toBe(false);
    expect(replaceRegex('(a+)+b', text, 'x')).toBe(text);
    expect(cpuTime() - started).toBeLessThan(1000);
  });

  it('ends a replacement that reads the rest of the text once for each match', () => {
    const started = cpuTime();
    expect(replaceRegex('a*b|a', 'a'.repeat(60_000), 'x')).toMatch(/^x+a*$/);
    expect(cpuTime() - started).toBeLessThan(2000);
  });

  it.each([
    ['(a{1000}){1000}', false],
    ['(?:((a{100}){10})){10}', false],
    [`(?:${'a'.repeat(1000)}){1000}`, false],
    ['(?:[\\pL\\d]\\pL\\x{41}\\Qaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\\E){1000}', false],
    ['(?:(?:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa){1000})?', false],
    ['[{(1000)}]{1000}', true],
    ['\\{1000}a{0}(?i:b|c){0,1000}', true],
    ['(?P<name>[a-z]{1,63}\\.){1,10}', true],
  ])('refuses a program that is larger than Istio lets Envoy have: %s', (regex, fits) => {
    const started = cpuTime();
    expect(regexSearch(regex) !== null).toBe(fits);
    expect(cpuTime() - started).toBeLessThan(500);
  });
});
