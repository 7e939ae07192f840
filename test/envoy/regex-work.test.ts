import { describe, expect, it } from 'vitest';
import { matchRoute } from '../../src/envoy/match-route.ts';
import type { RegexAnswer, RegexQuestion } from '../../src/envoy/regex-question.ts';
import { askThread } from '../../src/envoy/regex-thread.ts';
import { afterRegexes, matchesRegex, searchRegex, withRegexes } from '../../src/envoy/regex-work.ts';

// Some hundred milliseconds on one thread; the larger ones that Envoy takes need half a minute.
const DEAR = `${'a{1,1000}'.repeat(2)}b`;
const LETTERS = 'a'.repeat(1500);

/** How often this thread got a turn before `work` was done. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let turns = 0;
  const ticking = setInterval(() => turns++, 10);
  await work.finally(() => clearInterval(ticking));
  return turns;
}

describe('a dear regular expression', () => {
  it('is answered truly, and others get their turn meanwhile', async () => {
    let fits: unknown;
    const dearer = `${'a{1,1000}'.repeat(8)}b`;
    const asking = withRegexes(() => [matchesRegex(dearer, LETTERS), matchesRegex(dearer, `${LETTERS}b`)]);
    const turns = await turnsDuring(asking.then(answer => (fits = answer)));
    expect(fits).toEqual([false, true]);
    expect(turns).toBeGreaterThan(3);
  });

  it('holds nobody up either as many small ones in one table of routes', async () => {
    const regexes = Array.from({ length: 40 }, (_, index) => `(((a{1,30}){1,10}))[b-z]{1,${index + 1}}`);
    const routes = [...regexes, '(?:a+b?){1,3}'].map((regex, index) => ({
      name: String(index),
      match: { prefix: '/', headers: [{ name: 'x', string_match: { safe_regex: { regex } } }] },
    }));
    const request = {
      ...{ method: 'GET', path: '/', authority: 'catalog', scheme: 'http' },
      headers: new Map([['x', 'a'.repeat(1000)]]),
    };
    let name: string | undefined;
    const host = { name: 'catalog', domains: ['*'], routes };
    const looking = withRegexes(() => matchRoute(host, request)).then(route => (name = route?.name));
    expect(await turnsDuring(looking)).toBeGreaterThan(3);
    expect(name).toBe('40');
  });

  it('is given up when nobody waits for it, and the next is answered', async () => {
    const answered: string[] = [];
    const huge = `${'a{1,1000}'.repeat(15)}b`;
    const end = afterRegexes(
      () => matchesRegex(huge, 'a'.repeat(5000)),
      () => answered.push('first'),
    );
    const second = withRegexes(() => searchRegex(DEAR, ['b', `${LETTERS}b`, LETTERS]));
    end();
    expect(await second).toEqual([false, true, false]);
    expect(answered).toEqual([]);
  });

  it('is not needed for an everyday look, which is had at once', () => {
    let fits: boolean | null = null;
    afterRegexes(
      () => matchesRegex('/v[12]/.*', '/v1/data'),
      seen => (fits = seen),
    );
    expect(fits).toBe(true);
  });

  it('that is none is told as none', async () => {
    expect(await withRegexes(() => searchRegex('(a', ['a'.repeat(60_000)]))).toBeNull();
  });

  it('that the thread dies of ends nobody else, and the next one is answered', async () => {
    const ask = (questions: readonly RegexQuestion[]) =>
      new Promise<readonly RegexAnswer[]>(resolve => askThread(questions, resolve));
    expect(await ask([null as unknown as RegexQuestion])).toEqual([]);
    expect(await ask([{ kind: 'match', regex: 'a+', text: 'aa' }])).toEqual([true]);
  });
});
