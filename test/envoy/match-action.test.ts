import { describe, expect, it } from 'vitest';
import type { RedirectAction, RouteAction, RouteMatch } from '../../src/envoy/config.ts';
import {
  fraction,
  pickCluster,
  redirectLocation,
  rewrittenPath,
  seconds,
} from '../../src/envoy/match-action.ts';

describe('the cluster of an action', () => {
  const action: RouteAction = {
    weighted_clusters: {
      clusters: [{ name: 'none' }, { name: 'stable', weight: 90 }, { name: 'canary', weight: 10 }],
    },
  };
  it.each([
    [0, 'stable'],
    [0.899, 'stable'],
    [0.9, 'canary'],
    [0.9999, 'canary'],
  ])('at %d is %s', (random, name) => {
    expect(pickCluster(action, random)).toBe(name);
  });
  it('is the one that it names', () => {
    expect(pickCluster({ cluster: 'one' }, 0.5)).toBe('one');
  });
});

describe('the rewritten path', () => {
  it.each<[RouteAction, RouteMatch, string, string | null]>([
    [{ prefix_rewrite: '/data' }, { prefix: '/v2/data' }, '/v2/data?a=1', '/data?a=1'],
    [{ prefix_rewrite: '/data' }, { prefix: '/v2/data' }, '/v2/database', '/database'],
    [{ prefix_rewrite: '/' }, { prefix: '/v2' }, '/v2/data', '//data'],
    [{ prefix_rewrite: '/x' }, { prefix: '/v2', case_sensitive: false }, '/V2/data', '/x/data'],
    [{ prefix_rewrite: '/x' }, { path: '/v2' }, '/v2?a=1', '/x?a=1'],
    [{ prefix_rewrite: '/x' }, { safe_regex: { regex: '/v.*' } }, '/v2/data?a=1', '/x?a=1'],
    [
      { regex_rewrite: { pattern: { regex: '^/v2/(.*)$' }, substitution: '/\\1/x' } },
      { prefix: '/' },
      '/v2/data?p=/v2/y',
      '/data/x?p=/v2/y',
    ],
    [{}, { prefix: '/' }, '/v2?a', null],
    // What Envoy 1.39.3 made of them: nothing left is no rewrite, without a note of the path before.
    [
      { regex_rewrite: { pattern: { regex: '^/([a-z]+)/aaa/bbb(/.*)?$' }, substitution: '\\2' } },
      { prefix: '/' },
      '/x/aaa/bbb?q=1',
      null,
    ],
    [{ regex_rewrite: { pattern: { regex: '/' } } }, { prefix: '/' }, '//?q', null],
    [{ regex_rewrite: { pattern: { regex: '/' } } }, { prefix: '/' }, '/a/b?/', 'ab?/'],
    [{ regex_rewrite: { pattern: { regex: '^/x' }, substitution: 'y' } }, { prefix: '/' }, '/x', 'y'],
  ])('%j of %j on %s is %s', (action, match, path, expected) => {
    expect(rewrittenPath(action, match, path)).toBe(expected);
  });
});

describe('where a redirect leads', () => {
  it.each<[RedirectAction, string, string, string]>([
    [{ https_redirect: true }, 'api.io', '/a?b=c', 'https://api.io/a?b=c'],
    [{ https_redirect: true }, 'api.io:80', '/a', 'https://api.io/a'],
    [{ https_redirect: true }, 'api.io:8080', '/a', 'https://api.io:8080/a'],
    [{ port_redirect: 8443 }, 'api.io:8080', '/a', 'http://api.io:8443/a'],
    [{ host_redirect: 'new.io', path_redirect: '/x' }, 'api.io', '/a?b=c', 'http://new.io/x?b=c'],
    [{ path_redirect: '/x?y=1' }, 'api.io', '/a?b=c', 'http://api.io/x?y=1'],
    [{ path_redirect: '/x', strip_query: true }, 'api.io', '/a?b=c', 'http://api.io/x'],
    [{ prefix_rewrite: '/new' }, 'api.io', '/v2/a?b=c', 'http://api.io/new/a?b=c'],
    [{ prefix_rewrite: 'new' }, 'api.io', '/v2/a?b=c', 'http://api.io/new/a?b=c'],
    [{ regex_rewrite: { pattern: { regex: '.*' } } }, 'api.io', '/v2?b=c', 'http://api.io/v2?b=c'],
  ])('%j from %s%s: %s', (redirect, authority, path, expected) => {
    const request = { method: 'GET', authority, path, scheme: 'http', headers: new Map<string, string>() };
    expect(redirectLocation(redirect, request, { prefix: '/v2' })).toBe(expected);
  });
});

describe('units', () => {
  it('are read as Envoy reads them', () => {
    expect(fraction({ numerator: 500_000, denominator: 'MILLION' })).toBe(0.5);
    expect(fraction({ numerator: 10 })).toBe(0.1);
    expect(fraction({})).toBe(0);
    expect(seconds('0.250s')).toBe(0.25);
    expect(seconds('30s')).toBe(30);
  });
});
