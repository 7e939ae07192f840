import { describe, expect, it } from 'vitest';
import { findDifferences } from '../../src/difference/find.ts';
import { entry, HTTP, HTTPS } from '../sandbox/istiod/mesh.ts';
import { around, between, side, told } from './sides.ts';

const BOTH = 'ports: [{number: 80, name: http, protocol: HTTP}, {number: 443, name: https, protocol: HTTPS}]';

const routes = (http: string, name = 'routes') => `
kind: VirtualService
metadata: {name: ${name}}
spec: {hosts: [api.safedata-zone.io], http: ${http}}
---`;

const rule = (policy: string) => `
kind: DestinationRule
metadata: {name: rule}
spec: {host: api.safedata-zone.io, trafficPolicy: ${policy}}
---`;

const to = (host: string, more = '') => `{${more}route: [{destination: {host: ${host}.safedata-zone.io}}]}`;

const canary = `
kind: ServiceEntry
metadata: {name: canary}
spec: {hosts: [canary.safedata-zone.io], ${HTTP}, location: MESH_EXTERNAL, resolution: DNS}
---`;

const API = to('api');
const base = entry(BOTH) + canary;

describe('two ways to say the same', () => {
  const A = '{uri: {prefix: /a/}}';
  const B = '{uri: {prefix: /b/}}';
  const matched = (...matches: string[]) => to('api', `match: [${matches.join(', ')}], timeout: 2s, `);

  it.each([
    ['routes that exclude each other, in either order', [matched(A), matched(B)], [matched(B), matched(A)]],
    ['two matches of one route, and two routes', [matched(A, B)], [matched(A), matched(B)]],
  ])('%s', (_, before, after) => {
    const text = (all: readonly string[]) => base + routes(`[${[...all, API].join(', ')}]`);
    expect(between(text(before), text(after))).toEqual([]);
  });

  it('an entry by name, and one that goes where the app resolved it', () => {
    const none = base.replace(
      'resolution: DNS, ports: [{number: 80',
      'resolution: NONE, ports: [{number: 80',
    );
    expect(none).not.toBe(base);
    expect(between(base, none)).toEqual([]);
  });
});

describe('the plainest call that differs', () => {
  const differing = (before: string, after: string) => between(base + before, base + after);

  it('lies below a prefix that was made exact', () => {
    const match = (kind: string) =>
      routes(`[{match: [{uri: {${kind}: /v2}}], ${to('canary').slice(1)}, ${API}]`);
    expect(differing(match('prefix'), match('exact'))).toEqual([
      'GET http://api.safedata-zone.io/v2/ | answer: canary:80 -> stable:80',
    ]);
  });

  it('has another value where a header only had to be there', () => {
    const match = (value: string) =>
      routes(`[{match: [{headers: {x-tester: ${value}}}], ${to('canary').slice(1)}, ${API}]`);
    expect(differing(match('{exact: "yes"}'), match('{regex: ".+"}'))).toEqual([
      'GET http://api.safedata-zone.io/data, x-tester: x | answer: stable:80 -> canary:80',
    ]);
  });

  it('has another method', () => {
    const mirror = 'mirror: {host: canary.safedata-zone.io}, ';
    const all = routes(`[${to('api', mirror)}]`);
    const gets = routes(`[{match: [{method: {exact: GET}}], ${to('api', mirror).slice(1)}, ${API}]`);
    expect(differing(all, gets)).toEqual([
      'POST http://api.safedata-zone.io/data | mirror: a copy to canary:80 -> no copy',
    ]);
  });

  it.each([
    ['a timeout', 'timeout: 2s, ', 'timeout: 3.5s, ', 'time: given up after 2 s -> given up after 3.5 s'],
    [
      'tries',
      'retries: {attempts: 3, retryOn: 5xx}, ',
      'retries: {attempts: 2, retryOn: 5xx}, ',
      'tries: tried again up to 3 times on 5xx -> tried again up to 2 times on 5xx',
    ],
    [
      'a condition',
      'retries: {attempts: 3, retryOn: 5xx}, ',
      'retries: {attempts: 3, retryOn: gateway-error}, ',
      'tries: tried again up to 3 times on 5xx -> tried again up to 3 times on gateway-error',
    ],
    [
      'a fault',
      'fault: {abort: {httpStatus: 503, percentage: {value: 100}}}, ',
      '',
      'answer: 503 from the sidecar -> stable:80',
    ],
    [
      'a header',
      'headers: {request: {set: {x-a: "1"}}}, ',
      '',
      'request: sent on with x-a: 1 -> sent on as the app wrote it',
    ],
    [
      'a path',
      'rewrite: {uri: /other}, ',
      '',
      'request: sent on with path /otherdata -> sent on as the app wrote it',
    ],
  ])('is about %s', (_, before, after, words) => {
    expect(differing(routes(`[${to('api', before)}]`), routes(`[${to('api', after)}]`))).toEqual([
      `GET http://api.safedata-zone.io/data | ${words}`,
    ]);
  });

  it.each([
    [
      'a pool',
      '{connectionPool: {tcp: {maxConnections: 1}}}',
      '{connectionPool: {tcp: {maxConnections: 3}}}',
      'limits: at most 1 connection -> at most 3 connections',
      ', 0 waiting',
    ],
    [
      'an ejection',
      '{outlierDetection: {consecutive5xxErrors: 3, maxEjectionPercent: 100}}',
      '{outlierDetection: {consecutive5xxErrors: 7, maxEjectionPercent: 100}}',
      'ejection: a server is left out after 3 answers 5xx in a row, for 30 s (looked at every 10 s), at most 1 of them -> a server is left out after 7 answers 5xx in a row, for 30 s (looked at every 10 s), at most 1 of them',
      '',
    ],
  ])('is about %s, for http and https', (_, before, after, words, ofBytes) => {
    expect(differing(rule(before), rule(after))).toEqual([
      `GET http://api.safedata-zone.io/data | ${words}`,
      `GET https://api.safedata-zone.io/ | ${words.replace(/connections?/g, each => `${each}${ofBytes}`)}`,
    ]);
  });

  it('goes to every other host, where a port is taken by its number alone', () => {
    const tcp = entry('ports: [{number: 443, name: tcp, protocol: TCP}]');
    expect(between(entry(HTTPS), tcp)).toEqual([
      'GET https://canary.safedata-zone.io/ | answer: canary:443 -> stable:443',
      'GET https://pay.example-pay.io/ | answer: pay:443 -> stable:443',
      'GET https://catalog/ | answer: catalog:443 -> stable:443',
    ]);
  });
});

describe('several right answers', () => {
  const slow = (timeout: string) => side(base + routes(`[${to('api', `timeout: ${timeout}, `)}]`));

  it('leave free what they do differently', () => {
    expect(findDifferences([slow('2s'), slow('3s')], slow('3s'), around)).toEqual([]);
  });

  it('propose a call where the answer is like none of them', () => {
    expect(findDifferences([slow('2s'), slow('3s')], slow('9s'), around).map(told)).toEqual([
      'GET http://api.safedata-zone.io/data | time: given up after 2 s, or given up after 3 s -> given up after 9 s',
    ]);
  });
});
