import { describe, expect, it } from 'vitest';
import type { ApiLine, Evidence } from '../../src/probe/evidence.ts';
import { copies } from '../../src/probe/tallies.ts';

/** One call that stable answered at its third attempt, 503 twice before. */
function evidence(...lines: readonly [version: string, status: number][]): Evidence {
  const request = { method: 'GET', path: '/data', host: 'api', scheme: 'http', sni: '' } as const;
  const headers = { 'x-envoy-attempt-count': '3' };
  const api = { ...request, version: 'stable', status: 200, clientCert: null, headers };
  const transfer = {
    exit: 0,
    code: 200,
    method: 'GET',
    url: 'http://api/data',
    body: { text: '{}', api },
    error: null,
    localPort: 40001,
    connects: 1,
    seconds: 0.1,
    redirectUrl: null,
    headers: {},
  };
  return {
    provider: 'kind',
    curl: { argv: [], exit: 0, transfers: [transfer], message: '', seconds: 0.1 },
    sidecar: { read: false, why: 'off' },
    api: {
      read: true,
      lines: lines.map(([version, status]): ApiLine => ({ ...request, version, status, ua: 'x' })),
    },
  };
}

describe('requests besides the answers', () => {
  it('are retries as far as Envoy counted attempts, and mirrored beyond', () => {
    const lines: [string, number][] = [
      ['canary', 200],
      ['stable', 503],
      ['stable', 503],
      ['stable', 200],
    ];
    expect(copies(evidence(...lines))).toEqual({
      mirrored: [{ label: 'canary', count: 1, of: 1 }],
      asked: 3,
    });
  });

  it('may be mirrored to the server that answered', () => {
    const lines: [string, number][] = [
      ['stable', 200],
      ['stable', 503],
      ['stable', 503],
      ['stable', 200],
    ];
    expect(copies(evidence(...lines))).toEqual({
      mirrored: [{ label: 'stable', count: 1, of: 1 }],
      asked: 3,
    });
  });

  it("are not told without the API's log", () => {
    const silent = { ...evidence(), api: { read: false, why: 'off' } } as const;
    expect(copies(silent)).toEqual({ mirrored: [], asked: 0 });
  });
});
