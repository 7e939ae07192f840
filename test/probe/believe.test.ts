import { describe, expect, it } from 'vitest';
import { arrived, believed, missingApiLines } from '../../src/probe/believe.ts';
import type { ApiLine, CurlSide, Transfer } from '../../src/probe/evidence.ts';
import { apiLine, evidence, logLine, transfer } from '../support/evidence.ts';

function call(...transfers: Transfer[]): CurlSide {
  return { argv: [], exit: 0, transfers, message: '', seconds: 0.01 };
}

/** Who has answered each transfer, as far as it is believed. */
function answered(transfers: readonly Transfer[], lines: readonly ApiLine[]): (string | undefined)[] {
  return believed(call(...transfers), lines).transfers.map(({ body }) => body.api?.version);
}

describe('an answer', () => {
  const stable = () => transfer({ api: {} });

  it('is believed when the log of the server that it names has the request', () => {
    expect(answered([stable(), stable()], [apiLine('stable'), apiLine('stable')])).toEqual([
      'stable',
      'stable',
    ]);
  });

  it('needs a line of its own', () => {
    expect(answered([stable(), stable()], [apiLine('stable')])).toEqual(['stable', undefined]);
  });

  it.each<[string, Partial<ApiLine>]>([
    ['server', { version: 'canary' }],
    ['scheme', { scheme: 'https' }],
    ['path', { path: '/other' }],
    ['Host', { host: 'other.example.org' }],
    ['SNI', { sni: 'api.safedata-zone.io' }],
    ['status', { status: 503 }],
    ['method', { method: 'POST' }],
  ])('is not, when the log tells of another %s', (_what, facts) => {
    expect(answered([stable()], [apiLine('stable', facts)])).toEqual([undefined]);
  });

  it('keeps its text, and says that no server has logged it', () => {
    const [first] = believed(call(stable()), []).transfers;
    expect(first?.body).toMatchObject({ unlogged: true, text: expect.stringContaining('"stable"') });
  });
});

describe('a line that is still to come', () => {
  const forged = transfer({ api: { version: 'canary' } });
  const missing = (api: readonly ApiLine[], upstreamHost: string) =>
    missingApiLines(call(forged), api, [logLine(forged, { upstreamHost })]);

  it('is that of an answer which came from an endpoint', () => {
    expect(missing([], '10.0.0.1:8080')).toBe(1);
    expect(missingApiLines(call(forged), [], [])).toBe(1);
    expect(missing([apiLine('canary')], '10.0.0.1:8080')).toBe(0);
  });

  it('is none where the sidecar has answered by itself', () => {
    expect(missing([], '-')).toBe(0);
  });

  it('is none where another server has called itself by this name', () => {
    expect(missing([apiLine('stable', { claims: 'canary' })], '10.0.0.1:8080')).toBe(0);
  });
});

describe('a request whose answer is not JSON', () => {
  const head = () => transfer({ method: 'HEAD' });

  it('has arrived when a line of its status is left for it', () => {
    const found = evidence(
      [transfer({ api: {} }), head(), head()],
      [],
      [apiLine('stable'), apiLine('stable')],
    );
    expect([0, 1, 2].map(index => arrived(found, index))).toEqual([true, true, false]);
  });

  it('has not, when only requests of another status are logged', () => {
    expect(arrived(evidence([head()], [], [apiLine('stable', { status: 503 })]), 0)).toBe(false);
  });
});
