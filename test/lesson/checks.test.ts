import { describe, expect, it } from 'vitest';
import { type Expectation, expectation } from '../../src/course/schema.ts';
import { interval } from '../../src/lesson/checks/binomial.ts';
import { evaluate } from '../../src/lesson/checks/evaluate.ts';
import { proveOption } from '../../src/lesson/checks/predict.ts';
import { apiLine, evidence, logLine, transfer } from '../support/evidence.ts';

/** The verdict in one line, as a learner reads it. */
function verdict(expect: Expectation, found: Parameters<typeof evaluate>[1]): string {
  const result = evaluate(expectation.parse(expect), found);
  if (result.state === 'failed') return `expected ${result.expected} | found ${result.found}`;
  return result.state === 'could-not-check' ? `could not check: ${result.why}` : result.state;
}

describe('the binomial interval', () => {
  it('is what chance allows once in 100,000', () => {
    expect(interval(200, 0.1)).toEqual({ low: 4, high: 41 });
    expect(interval(100, 0.5)).toEqual({ low: 28, high: 72 });
  });

  it('is exact at both ends', () => {
    expect(interval(200, 0)).toEqual({ low: 0, high: 0 });
    expect(interval(200, 1)).toEqual({ low: 200, high: 200 });
  });

  it('leaves out no more than half the risk at each end', () => {
    for (const [n, p] of [
      [20, 0.3],
      [1000, 0.9],
      [50, 0.02],
    ] as const) {
      const { low, high } = interval(n, p);
      const mass = binomial(n, p);
      const sum = (from: number, to: number) => mass.slice(from, to).reduce((a, b) => a + b, 0);
      expect(sum(0, low)).toBeLessThan(0.5e-5);
      expect(sum(0, low + 1)).toBeGreaterThanOrEqual(0.5e-5);
      expect(sum(high + 1, n + 1)).toBeLessThan(0.5e-5);
      expect(sum(high, n + 1)).toBeGreaterThanOrEqual(0.5e-5);
    }
  });
});

/** By Pascal's rule, to compare with the formula. */
function binomial(n: number, p: number): number[] {
  let row = [1];
  for (let i = 0; i < n; i++) {
    row = Array.from({ length: row.length + 1 }, (_, k) => (row[k] ?? 0) * (1 - p) + (row[k - 1] ?? 0) * p);
  }
  return row;
}

describe('a check of one transfer', () => {
  const plain = transfer({ api: { scheme: 'http' } });
  const refused = transfer({ code: 400, text: 'Client sent an HTTP request to an HTTPS server.\n' });

  it('passes when everything it names holds', () => {
    const sealed = transfer({
      api: { scheme: 'https', sni: 'api.safedata-zone.io', clientCert: 'CN=client.mesh-network' },
    });
    const line = logLine(sealed, { cluster: 'outbound|443||api.safedata-zone.io', flags: '-' });
    expect(
      verdict(
        {
          exit: 0,
          code: [200, 201],
          body: { version: 'stable', scheme: 'https', sni: 'api.safedata-zone.io', clientCert: 'client' },
          log: { flags: '-', cluster: 'outbound|443||api.safedata-zone.io' },
          seconds: { max: 1 },
        },
        evidence([sealed], [line]),
      ),
    ).toBe('passed');
  });

  it('says what was expected and what was found', () => {
    expect(verdict({ body: { scheme: 'https' } }, evidence([plain]))).toBe(
      'expected scheme https at the API | found scheme http',
    );
    expect(verdict({ body: { scheme: 'https' } }, evidence([refused]))).toBe(
      'expected scheme https at the API | found 400 "Client sent an HTTP request to an HTTPS server."',
    );
    expect(verdict({ code: 200 }, evidence([transfer({ exit: 35, code: 0 })]))).toBe(
      'expected status 200 | found curl exit 35',
    );
    expect(verdict({ body: { version: 'canary' } }, evidence([plain]))).toBe(
      'expected an answer of canary | found 200 from stable, scheme http',
    );
    expect(verdict({ seconds: { max: 2 } }, evidence([transfer({ seconds: 5.01 })]))).toBe(
      'expected at most 2 s | found 5.0 s',
    );
  });

  it('reads headers on both sides, whatever their case, and their absence', () => {
    const both = transfer({ headers: { server: 'envoy' }, api: { headers: { 'x-tier': 'gold' } } });
    expect(
      verdict({ headers: { Server: 'envoy' }, body: { headers: { 'X-Tier': 'gold' } } }, evidence([both])),
    ).toBe('passed');
    expect(verdict({ body: { headers: { 'x-tier': null } } }, evidence([both]))).toBe(
      'expected no header at the API x-tier | found x-tier: gold',
    );
    expect(verdict({ headers: { 'x-other': 'a' } }, evidence([both]))).toBe(
      'expected answer header x-other: a | found not there',
    );
  });

  it('knows a client certificate from none', () => {
    expect(verdict({ body: { clientCert: null } }, evidence([plain]))).toBe('passed');
    expect(verdict({ body: { clientCert: 'client' } }, evidence([plain]))).toBe(
      'expected client certificate client at the API | found none',
    );
  });

  it('finds one flag among several', () => {
    const broken = transfer({ code: 503 });
    const line = logLine(broken, { flags: 'UF,URX', details: 'upstream_reset' });
    expect(verdict({ log: { flags: 'UF' } }, evidence([broken], [line]))).toBe('passed');
    expect(verdict({ log: { flags: 'UF,URX' } }, evidence([broken], [line]))).toBe('passed');
    expect(verdict({ log: { flags: '-' } }, evidence([broken], [line]))).toBe(
      'expected no response flag in the log | found UF,URX',
    );
    expect(verdict({ log: { flags: 'NR' } }, evidence([broken], [line]))).toBe(
      'expected flag NR in the log | found UF,URX',
    );
  });

  it('cannot be decided without the side it speaks of', () => {
    expect(verdict({ log: { flags: '-' } }, evidence([plain], null))).toBe(
      'could not check: the log could not be read',
    );
    expect(verdict({ requests: { stable: 1 } }, evidence([plain], [], null))).toBe(
      'could not check: the log could not be read',
    );
  });

  it('takes no success and no answer that the API has not logged', () => {
    const words = JSON.stringify(plain.body.api);
    const forged = { ...transfer({ text: words }), body: { text: words, unlogged: true as const } };
    const own = transfer({ text: 'ok' });
    const why = '200 with an answer that no server has logged';
    expect(verdict({ body: { version: 'stable' } }, evidence([forged]))).toBe(
      `expected an answer of stable | found ${why}`,
    );
    expect(verdict({ code: 200 }, evidence([forged]))).toBe(
      `expected an answer of the API itself | found ${why}`,
    );
    expect(verdict({ codes: { '200': 1 } }, evidence([own]))).toBe(
      'expected status 200: 1 times | found 0 times; 200 "ok"',
    );
    expect(verdict({ share: { stable: '100%' } }, evidence([forged]))).toBe(
      `expected 100% of 1 answered by stable (1) | found 0; ${why}`,
    );
    // Who looks at the sidecar's line, or for a text that is no API's, has said whose answer it is.
    expect(verdict({ code: 200, body: { text: 'ok' } }, evidence([own]))).toBe('passed');
    expect(
      verdict(
        { code: 200, log: { details: 'direct' } },
        evidence([own], [logLine(own, { details: 'direct' })]),
      ),
    ).toBe('passed');
  });

  it("cannot be decided while the API's log is not there, or lacks lines", () => {
    const part = evidence([plain]);
    const lacking = { ...part, api: { read: true as const, lines: [], missing: 'one is missing.' } };
    for (const expect_ of [
      { code: 200 },
      { body: { version: 'stable' as const } },
      { share: { stable: '100%' } },
    ]) {
      expect(verdict(expect_, evidence([plain], [], null))).toBe(
        'could not check: the log could not be read',
      );
      expect(verdict(expect_, lacking)).toBe('could not check: one is missing.');
    }
    expect(verdict({ code: 503 }, lacking)).toBe('expected status 503 | found 200 from stable, scheme http');
  });

  it('knows a call that REGISTRY_ONLY has kept in from one that ended otherwise', () => {
    const ended = transfer({ code: 502 });
    const closed = transfer({ exit: 35, code: 0 });
    const blocked = (of: typeof ended, facts: Parameters<typeof logLine>[1]) =>
      verdict({ blocked: true }, evidence([of], [logLine(of, facts)]));
    const none = { cluster: '-', upstreamHost: '-' };
    expect(blocked(ended, { ...none, details: 'direct_response', route: 'block_all' })).toBe('passed');
    expect(blocked(closed, { cluster: 'BlackHoleCluster', flags: 'UH', code: 0 })).toBe('passed');
    const missed = (found: string) => `expected blocked by REGISTRY_ONLY | found ${found}`;
    expect(blocked(ended, { ...none, flags: 'FI', details: 'fault_filter_abort', route: 'default' })).toBe(
      missed('502, empty'),
    );
    expect(blocked(closed, { cluster: 'PassthroughCluster' })).toBe(missed('curl exit 35'));
    expect(blocked(plain, {})).toBe(missed('200 from stable, scheme http'));
    expect(verdict({ blocked: true }, evidence([ended], null))).toBe(
      'could not check: the log could not be read',
    );
  });

  it('is failed all the same where curl alone refutes it', () => {
    expect(verdict({ code: 503, log: { flags: 'NR' } }, evidence([plain], null))).toBe(
      'expected status 503 | found 200 from stable, scheme http',
    );
  });

  it('fails when the sidecar wrote no line', () => {
    expect(verdict({ log: { cluster: 'x' } }, evidence([plain], []))).toBe(
      "expected a line in the sidecar's log | found none",
    );
  });
});

describe('a check of many transfers', () => {
  const from = (version: string) => transfer({ api: { version } });
  const calls = [
    ...Array.from({ length: 180 }, () => from('stable')),
    ...Array.from({ length: 20 }, () => from('canary')),
  ];

  it('wants what it says of one to hold for each', () => {
    expect(verdict({ body: { version: 'stable' }, repeat: 200 }, evidence(calls))).toBe(
      'expected an answer of stable | found call 181 of 200: 200 from canary, scheme http',
    );
  });

  it('takes a share for right within chance, and not beyond it', () => {
    expect(verdict({ share: { canary: '10%', stable: '90%' } }, evidence(calls))).toBe('passed');
    expect(verdict({ share: { canary: '50%' } }, evidence(calls))).toBe(
      'expected 50% of 200 answered by canary (69 to 131) | found 20; stable 180, canary 20',
    );
    expect(verdict({ share: { canary: '0%' } }, evidence(calls))).toBe(
      'expected 0% of 200 answered by canary (0) | found 20; stable 180, canary 20',
    );
  });

  it('wants of each server what is said of its answers, and that it has answered', () => {
    const named = (version: string, host: string) => transfer({ api: { version, host } });
    const split = {
      answers: { stable: { host: 'api.safedata-zone.io' }, canary: { host: 'canary.safedata-zone.io' } },
    };
    const old = named('stable', 'api.safedata-zone.io');
    const moved = named('canary', 'canary.safedata-zone.io');
    expect(verdict(split, evidence([old, moved, old]))).toBe('passed');
    expect(verdict(split, evidence([old, moved, named('canary', 'api.safedata-zone.io')]))).toBe(
      'expected host canary.safedata-zone.io at the API | found call 3 of 3: host api.safedata-zone.io',
    );
    expect(verdict(split, evidence([named('stable', 'canary.safedata-zone.io'), moved]))).toBe(
      'expected host api.safedata-zone.io at the API | found call 1 of 2: host canary.safedata-zone.io',
    );
    expect(verdict(split, evidence([old, old]))).toBe('expected an answer of canary | found stable 2');
  });

  it('counts as mirrored only what the caller did not get', () => {
    const stable = calls.slice(0, 100);
    const seen = [
      ...stable.map(() => apiLine('stable')),
      ...Array.from({ length: 12 }, () => apiLine('canary')),
    ];
    expect(verdict({ mirrored: { canary: '10%' } }, evidence(stable, [], seen))).toBe('passed');
    expect(verdict({ mirrored: { canary: '100%' } }, evidence(stable, [], seen))).toBe(
      'expected 100% of 100 mirrored to canary (100) | found 12',
    );
    expect(verdict({ mirrored: { stable: '0%' } }, evidence(stable, [], seen))).toBe('passed');
  });

  it('says of a check that holds what the servers got beside the answers', () => {
    const seen = [apiLine('stable'), apiLine('stable'), apiLine('canary'), apiLine('canary')];
    const found = evidence(calls.slice(0, 2), [], seen);
    expect(evaluate({ mirrored: { canary: '100%' }, requests: { stable: 2 } }, found)).toEqual({
      state: 'passed',
      found: 'stable 2; 2 of 2 copied to canary; stable saw 2 requests',
    });
    expect(evaluate({ share: { canary: '10%', stable: '90%' } }, evidence(calls))).toEqual({
      state: 'passed',
      found: 'stable 180, canary 20; 20 of 200 from canary (4 to 41 is chance)',
    });
  });

  it('counts statuses, flags and requests', () => {
    const some = [transfer({ code: 200, api: {} }), transfer({ code: 503 }), transfer({ code: 503 })];
    const lines = some.map((t, i) => logLine(t, { flags: i === 0 ? '-' : 'UO' }));
    const found = evidence(some, lines, [apiLine('stable')]);
    expect(
      verdict(
        {
          codes: { '200': 1, '503': { min: 2, max: 3 } },
          flags: { UO: { min: 2 } },
          requests: { stable: 1 },
        },
        found,
      ),
    ).toBe('passed');
    expect(verdict({ codes: { '503': { max: 1 } } }, found)).toBe(
      'expected status 503: at most 1 times | found 2 times; 503 UO 2, stable 1',
    );
    expect(verdict({ flags: { UH: 1 } }, found)).toBe('expected flag UH: 1 times in the log | found 0 times');
    expect(verdict({ requests: { stable: 4 } }, found)).toBe('expected 4 requests at stable | found 1');
  });

  it('compares a sequence one by one', () => {
    const some = [transfer({ code: 503 }), transfer({ code: 200, api: {} })];
    expect(verdict({ sequence: [{ code: 503 }, { code: 200 }] }, evidence(some))).toBe('passed');
    expect(verdict({ sequence: [{ code: 503 }, { code: 503 }] }, evidence(some))).toBe(
      'expected status 503 | found call 2 of 2: 200 from stable, scheme http',
    );
    expect(verdict({ sequence: [{ code: 503 }, { code: 200 }, {}] }, evidence(some))).toBe(
      'expected 3 transfers | found 2',
    );
  });
});

describe('an expectation', () => {
  it('must be able to fail', () => {
    expect(expectation.safeParse({ within: '5s' }).error?.issues[0]?.message).toContain('cannot fail');
    expect(expectation.safeParse({ repeat: 5 }).success).toBe(false);
  });
});

describe('a prediction', () => {
  const options = [
    { say: 'yes', expect: { code: 200 } },
    { say: 'no', expect: { code: 503, log: { flags: 'UH' } } },
    { say: 'something else' },
  ];

  it('is proven by the evidence, and none of the others when all are refuted', () => {
    const prove = (code: number) =>
      proveOption(options, evidence([transfer({ code, ...(code === 200 ? { api: {} } : {}) })], []));
    expect(prove(200)).toEqual({ proven: 0, holds: [0] });
    expect(prove(404)).toEqual({ proven: 2, holds: [2] });
  });

  it('proves nothing while a side is missing that could decide', () => {
    expect(proveOption(options, evidence([transfer({ code: 503 })], null))).toEqual({
      proven: null,
      holds: [],
      unclear: 'the log could not be read',
    });
  });

  it('tells when a question has two right answers', () => {
    const both = [
      { say: 'a', expect: { code: 200 } },
      { say: 'b', expect: { exit: 0 } },
    ];
    expect(proveOption(both, evidence([transfer({ api: {} })])).holds).toEqual([0, 1]);
  });
});
