import { describe, expect, it } from 'vitest';
import type { Check } from '../../src/course/schema.ts';
import { argvOf, milliseconds } from '../../src/lesson/calls.ts';
import { runChecks } from '../../src/lesson/run-checks.ts';
import { evidence, transfer } from '../support/evidence.ts';
import { MemoryMesh, QuickClock } from '../support/memory-mesh.ts';

describe('a call', () => {
  it('is repeated by one curl, in a way that no server sees', () => {
    const argv = ['-H', 'referer: http://x/', '-x', 'http://proxy:1', '-e', 'https://y/', 'http://a/v2?b=1'];
    expect(argvOf({ curl: argv }, 200)).toEqual([...argv.slice(0, -1), 'http://a/v2?b=1#[1-200]']);
  });

  it.each([
    ['300ms', 300],
    ['4s', 4000],
    ['1.5s', 1500],
    ['2m', 120_000],
  ])('%s are %d milliseconds', (text, ms) => {
    expect(milliseconds(text)).toBe(ms);
  });
});

describe('checks', () => {
  const check = (id: string, expect: Check['expect'], more: Partial<Check> = {}): Check => ({
    id,
    title: id,
    call: { curl: [`http://${id}/`] },
    expect,
    ...more,
  });
  /** Answers 503 so often, then 200. */
  const setUp = (failures: number) => {
    const clock = new QuickClock();
    let left = failures;
    const mesh = new MemoryMesh(clock, () =>
      evidence([left-- > 0 ? transfer({ code: 503 }) : transfer({ api: {} })]),
    );
    return { on: { mesh, clock }, mesh, clock };
  };
  const verdict = (results: Awaited<ReturnType<typeof runChecks>>) =>
    results.map(r => `${r.id} ${r.verdict.state}`);

  it('are sent one after another, in their order, after their pauses', async () => {
    const { on, mesh, clock } = setUp(0);
    const since = clock.now();
    const results = await runChecks(on, [
      check('a', { code: 200 }),
      check('b', { code: 200 }, { call: { curl: ['http://b/'], pause: '2s' } }),
    ]);
    expect(verdict(results)).toEqual(['a passed', 'b passed']);
    expect(mesh.history).toEqual(['send http://a/', 'send http://b/']);
    expect(clock.now() - since).toBe(2000);
  });

  it('without `within` fail at the first failure', async () => {
    const { on } = setUp(1);
    expect(verdict(await runChecks(on, [check('a', { code: 200 })]))).toEqual(['a failed']);
  });

  it('with `within` are tried again until they hold, and no longer than that', async () => {
    const { on } = setUp(3);
    expect(verdict(await runChecks(on, [check('a', { code: 200, within: '5s' })]))).toEqual(['a passed']);
    const never = setUp(Number.POSITIVE_INFINITY);
    const since = never.clock.now();
    expect(verdict(await runChecks(never.on, [check('a', { code: 200, within: '5s' })]))).toEqual([
      'a failed',
    ]);
    expect(never.clock.now() - since).toBeLessThanOrEqual(5500);
  });

  it('get one more try when the configuration came into effect only now', async () => {
    const once = setUp(1);
    expect(verdict(await runChecks(once.on, [check('a', { code: 200 })], { settle: 400 }))).toEqual([
      'a passed',
    ]);
    const twice = setUp(2);
    expect(verdict(await runChecks(twice.on, [check('a', { code: 200 })], { settle: 400 }))).toEqual([
      'a failed',
    ]);
  });

  it('tell each verdict once, when it is certain', async () => {
    const { on } = setUp(1);
    const told: string[] = [];
    const onResult = (r: { id: string; verdict: { state: string } }) =>
      told.push(`${r.id} ${r.verdict.state}`);
    await runChecks(on, [check('a', { code: 200 }), check('b', { code: 200 })], { settle: 400, onResult });
    expect(told).toEqual(['b passed', 'a passed']);
  });
});
