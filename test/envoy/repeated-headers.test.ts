import { describe, expect, it } from 'vitest';
import type { HeaderMatcher } from '../../src/envoy/config.ts';
import { headerMatches } from '../../src/envoy/match-route.ts';

// As recorded on Envoy 1.39: the values of a header that occurs twice are matched one by one.

const matches = (matcher: Omit<HeaderMatcher, 'name'>, ...values: string[]) =>
  headerMatches(
    { name: 'x-tier', ...matcher },
    { method: 'GET', path: '/', authority: 'a', scheme: 'http', headers: () => values },
  );

describe('a header that occurs twice', () => {
  it('matches with any of its values, and not with their list', () => {
    expect(matches({ string_match: { exact: 'gold' } }, 'gold', 'silver')).toBe(true);
    expect(matches({ string_match: { exact: 'silver' } }, 'gold', 'silver')).toBe(true);
    expect(matches({ string_match: { exact: 'gold,silver' } }, 'gold', 'silver')).toBe(false);
    expect(matches({ string_match: { safe_regex: { regex: 'gold,silver' } } }, 'gold,silver')).toBe(true);
  });

  it('fails an inverted match with any of them', () => {
    const without = { string_match: { exact: 'gold' }, invert_match: true };
    expect(matches(without, 'silver', 'gold')).toBe(false);
    expect(matches(without, 'silver', 'bronze')).toBe(true);
  });
});
