import { describe, expect, it } from 'vitest';
import type { HeaderMatcher, RouteConfiguration, RouteMatch } from '../../src/envoy/config.ts';
import {
  headerMatches,
  matchRoute,
  matchVirtualHost,
  type RequestHead,
  routeMatches,
} from '../../src/envoy/match-route.ts';

function request(
  path: string,
  headers: Record<string, string> = {},
  more: Partial<RequestHead> = {},
): RequestHead {
  const base = { method: 'GET', authority: 'api.io', scheme: 'http' };
  return { ...base, path, headers: new Map(Object.entries(headers)), ...more };
}

describe('a virtual host', () => {
  const routes: RouteConfiguration = {
    name: '80',
    ignore_port_in_host_matching: true,
    virtual_hosts: [
      { name: 'any', domains: ['*'] },
      { name: 'io', domains: ['*.io'] },
      { name: 'safe', domains: ['*.safe.io'] },
      { name: 'part', domains: ['*-x.safe.io'] },
      { name: 'prefix', domains: ['api.*'] },
      { name: 'exact', domains: ['API.safe.io', 'api.safe.io.'] },
    ],
  };

  it.each([
    ['api.safe.io', 'exact'],
    ['Api.Safe.Io:8080', 'exact'],
    ['b.safe.io', 'safe'],
    ['b-x.safe.io', 'part'],
    ['-x.safe.io', 'safe'],
    ['.safe.io', 'io'],
    ['api.com', 'prefix'],
    ['api.', 'any'],
    ['localhost', 'any'],
    ['[::1]:80', 'any'],
  ])('for %s is %s', (authority, name) => {
    expect(matchVirtualHost(routes, authority)?.name).toBe(name);
  });

  it('with the port minded is another', () => {
    const minded = { ...routes, ignore_port_in_host_matching: false };
    expect(matchVirtualHost(minded, 'api.safe.io:8080')?.name).toBe('prefix');
  });

  it('is none where nothing fits', () => {
    expect(
      matchVirtualHost({ name: '80', virtual_hosts: [{ name: 'a', domains: ['a.io'] }] }, 'b.io'),
    ).toBeNull();
  });
});

describe("a route's path", () => {
  it.each<[RouteMatch, string, boolean]>([
    [{ prefix: '/v2/data' }, '/v2/database?x=/v3', true],
    [{ prefix: '/v2' }, '/V2/data', false],
    [{ prefix: '/v2', case_sensitive: false }, '/V2/data', true],
    [{ path: '/v2' }, '/v2?a=b', true],
    [{ path: '/v2' }, '/v2/', false],
    [{ path_separated_prefix: '/v2' }, '/v2', true],
    [{ path_separated_prefix: '/v2' }, '/v2/data', true],
    [{ path_separated_prefix: '/v2' }, '/v2x', false],
    [{ safe_regex: { regex: '/v[0-9]' } }, '/v2?a', true],
    [{ safe_regex: { regex: '/v[0-9]' } }, '/v2/data', false],
    [{ safe_regex: { regex: '/V2' }, case_sensitive: false }, '/v2', false],
  ])('%j on %s: %s', (match, path, expected) => {
    expect(routeMatches(match, request(path))).toBe(expected);
  });
});

describe("a route's conditions", () => {
  const exact = (value: string): HeaderMatcher => ({ name: 'x-user', string_match: { exact: value } });
  it.each<[HeaderMatcher, Record<string, string>, boolean]>([
    [exact('ana'), { 'x-user': 'ana' }, true],
    [exact('ana'), { 'x-user': 'Ana' }, false],
    [exact('ana'), {}, false],
    [{ ...exact('ana'), invert_match: true }, { 'x-user': 'bob' }, true],
    [{ ...exact('ana'), invert_match: true }, {}, false],
    [{ ...exact('ana'), invert_match: true, treat_missing_header_as_empty: true }, {}, true],
    [{ name: 'x-user', string_match: {} }, { 'x-user': '' }, true],
    [{ name: 'x-user', string_match: { exact: 'ANA', ignore_case: true } }, { 'x-user': 'ana' }, true],
    [{ name: 'x-user', string_match: { contains: 'n' } }, { 'x-user': 'ana' }, true],
    [{ name: 'x-user', string_match: { suffix: 'a' } }, { 'x-user': 'ana' }, true],
    [{ name: 'x-user', string_match: { safe_regex: { regex: 'a' } } }, { 'x-user': 'ana' }, false],
    [{ name: 'x-user', present_match: true }, { 'x-user': '' }, true],
    [{ name: 'x-user', present_match: true, invert_match: true }, {}, true],
    [{ name: 'x-user', present_match: false }, { 'x-user': 'ana' }, false],
    [{ name: ':method', string_match: { exact: 'GET' } }, {}, true],
    [{ name: ':authority', string_match: { exact: 'api.io' } }, {}, true],
    [{ name: ':scheme', string_match: { exact: 'https' } }, {}, false],
  ])('%j with %j: %s', (matcher, headers, expected) => {
    expect(headerMatches(matcher, request('/', headers))).toBe(expected);
  });

  it.each([
    ['/?a=b', true],
    ['/?a=c&a=b', false],
    ['/?a', false],
    ['/?b=b', false],
    ['/?x=1&a=b', true],
  ])('on the query take %s: %s', (path, expected) => {
    const match = { prefix: '/', query_parameters: [{ name: 'a', string_match: { exact: 'b' } }] };
    expect(routeMatches(match, request(path))).toBe(expected);
  });

  it('are all met by the first route that wins, however exact a later one is', () => {
    const routes = [
      { name: 'ana', match: { prefix: '/', headers: [exact('ana')] } },
      { name: 'wide', match: { prefix: '/' } },
      { name: 'exact', match: { path: '/v2' } },
    ];
    const host = { name: 'h', domains: ['*'], routes };
    expect(matchRoute(host, request('/v2'))?.name).toBe('wide');
    expect(matchRoute(host, request('/v2', { 'x-user': 'ana' }))?.name).toBe('ana');
    expect(matchRoute({ ...host, routes: [] }, request('/v2'))).toBeNull();
  });
});
