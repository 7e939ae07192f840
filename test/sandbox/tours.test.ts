import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withMarkedPart } from '../../scripts/marked-part.ts';
import { compare, share } from '../../scripts/tours/compare.ts';
import { normalized } from '../../scripts/tours/normalized.ts';
import { pageText } from '../../scripts/tours/page.ts';
import { readReasons } from '../../scripts/tours/reasons.ts';
import { kept } from '../../scripts/tours/record.ts';
import { runTour } from '../../scripts/tours/run-tour.ts';
import { readTour, TOURS } from '../../scripts/tours/tour.ts';
import { hasIstioctl, hasKubectl } from '../support/istioctl.ts';
import { type SandboxWorld, sandboxWorld } from '../support/sandbox-world.ts';

const RECORD = join(import.meta.dirname, '../fixtures/tours');

/** What a tool says depends on its version, so a tour is taken with the one that it was recorded with. */
function isRecorded(tool: string, args: readonly string[], version: string): boolean {
  return execFileSync(tool, args, { encoding: 'utf8' }).includes(version);
}
const hasTools =
  hasKubectl &&
  hasIstioctl &&
  isRecorded('kubectl', ['version', '--client'], 'v1.34.') &&
  isRecorded('istioctl', ['version', '--remote=false'], '1.31');

describe.skipIf(!hasTools)('the sandbox', () => {
  let world: SandboxWorld;
  beforeAll(async () => {
    world = await sandboxWorld();
  });
  afterAll(() => world.end());

  it.each(TOURS)(
    'says what a cluster said to %s, or something else for a reason',
    { timeout: 180_000 },
    async name => {
      const found = await runTour(readTour(name), world.cluster.kubeconfig.path, { quick: true });
      const { commands, differences, needless } = compare(kept(RECORD, name), found, readReasons(name));
      expect(commands).toBeGreaterThan(20);
      expect(differences.filter(each => each.reason === undefined)).toEqual([]);
      expect(needless).toEqual([]);
    },
  );
});

describe('a comparison', () => {
  const said = (out: string, exit = 0) => ({ command: 'c', exit, out, err: '' });
  const reason = (commands: [string, ...string[]], means_the_same = true) => ({
    ...{ because: 'words', means_the_same, commands },
  });

  it('wants a reason for each difference, and no other', () => {
    const real = { a: said('1'), b: said('2'), c: said('3') };
    const found = { a: said('1'), b: said('two'), c: said('three') };
    const { equal, differences, needless } = compare(real, found, [reason(['a', 'b', 'gone'])]);
    expect(equal).toEqual(['a']);
    expect(differences.map(each => [each.name, each.reason?.because])).toEqual([
      ['b', 'words'],
      ['c', undefined],
    ]);
    expect(needless).toEqual(['a', 'gone']);
  });

  it('lets nothing mean the same that ends with another exit code', () => {
    const compared = (means: boolean) =>
      compare({ a: said('1'), b: said('2') }, { a: said('1'), b: said('2', 1) }, [reason(['b'], means)]);
    expect(compared(true).differences[0]?.reason).toBeUndefined();
    expect(compared(false).differences[0]?.reason?.because).toBe('words');
    expect(share(compared(false))).toBe(50);
  });

  it('is told in the page, between its marks', () => {
    const found = compare({ a: said('1'), b: said('2') }, { a: said('1'), b: said('two') }, [reason(['b'])]);
    const page = withMarkedPart(
      'before\n<!-- tours -->\nold\n<!-- /tours -->\nafter',
      'tours',
      pageText(new Map([['kubectl', found]])),
    );
    expect(page).toContain('| kubectl | 2 | 1 | 1 | 0 | 100.0 % |');
    expect(page).toContain('- words (the same meaning): `b`');
    expect(page).not.toContain('old');
    expect(page).toMatch(/^before\n[\s\S]*\nafter$/);
  });
});

describe('a text', () => {
  it.each([
    ['pod/client-866f8c795b-shzss   2/2   Running   0   79m', 'pod/client-HASH-POD 2/2 Running 0 AGE'],
    ['node/s3-control-plane cordoned', 'node/NODE cordoned'],
    ['Server Version: v1.34.4+istio-tutor-sandbox', 'Server Version: VERSION'],
    ['Forwarding from 127.0.0.1:37795 -> 8080', 'Forwarding from LOOPBACK:PORT -> 8080'],
    ["Warning: the sandbox's nodes can only be read", "Warning: the sandbox's nodes can only be read"],
    ['"creationTimestamp": "2026-11-29T19:25:01Z"', '"creationTimestamp": "TIME"'],
  ])('is compared without what no two clusters have in common: %s', (text, expected) => {
    expect(normalized(text)).toBe(expected);
  });
});
