import { RE2JS } from 're2js';
import { expect, it } from 'vitest';
import { Random } from '../../scripts/fuzz/random.ts';
import { matchesLong } from '../../src/envoy/long-match.ts';
import { matchesRegex } from '../../src/envoy/match-regex.ts';

const ATOMS = [
  'a',
  'b',
  '.',
  '[ab]',
  '[^a]',
  'é',
  '€',
  '(?i:A)',
  '(?s:.)',
  '\\d',
  '(?:)',
  '^',
  '$',
  '(ab|b)',
];
const AFTER = ['', '', '', '*', '+', '?', '{2}', '{1,3}', '*?', '+?'];
const LETTERS = ['a', 'b', 'A', 'é', '€', '😀', '\n', '7', '\ud800'];

function pattern(random: Random, depth = 0): string {
  const atom = depth < 2 && random.chance(0.25) ? `(${pattern(random, depth + 1)})` : random.pick(ATOMS);
  const first = `${atom}${/[$^)]$/.test(atom) && atom.length === 1 ? '' : random.pick(AFTER)}`;
  if (random.chance(0.25)) return first;
  return `${first}${random.chance(0.2) ? '|' : ''}${pattern(random, depth)}`;
}

it('agrees with re2js', () => {
  const random = new Random(7);
  const answers = { true: 0, false: 0 };
  for (let i = 0; i < 400; i++) {
    const regex = pattern(random);
    const compiled = RE2JS.compile(regex);
    const text = Array.from({ length: random.below(6) }, () => random.pick(LETTERS)).join('');
    const expected = compiled.testExact(text);
    answers[`${expected}`]++;
    expect({ regex, text, matches: matchesLong(compiled, text) }).toEqual({ regex, text, matches: expected });
  }
  expect(Math.min(...Object.values(answers))).toBeGreaterThan(50);
});

it('leaves lines and word boundaries to re2js', () => {
  const told = ['(?m)^a$', 'a\\b', '\\Ba'].map(regex => matchesLong(RE2JS.compile(regex), 'a'));
  expect(told).toEqual([null, null, null]);
});

it('has the answer to a long pattern against a long text in a fraction of the time', () => {
  const regex = 'a{1,500}[ab]{1,500}'.repeat(2);
  const time = (what: () => boolean) => {
    const begun = performance.now();
    expect(what()).toBe(true);
    return performance.now() - begun;
  };
  const text = 'a'.repeat(700);
  const compiled = RE2JS.compile(regex);
  matchesRegex(regex, 'a');
  expect(time(() => matchesRegex(regex, text))).toBeLessThan(time(() => compiled.testExact(text)) / 2);
});
