import { describe, expect, it } from 'vitest';
import { entry } from '../sandbox/istiod/mesh.ts';
import { between } from './sides.ts';

const HOST = 'api.safedata-zone.io';
const PORTS = 'ports: [{number: 80, name: http, protocol: HTTP}, {number: 9000, name: tcp, protocol: TCP}]';

const two = (first = '', second = '') => `
kind: ServiceEntry
metadata: {name: api}
spec:
  hosts: [${HOST}]
  location: MESH_EXTERNAL
  resolution: STATIC
  ${PORTS}
  endpoints: [{address: 10.8.0.1, labels: {version: v1}${first}}, {address: 10.8.0.2, labels: {version: v2}${second}}]
---`;

const one = entry('ports: [{number: 80, name: http, protocol: HTTP}]');

const rule = (policy: string, subsets = '[]') => `
kind: DestinationRule
metadata: {name: rule}
spec: {host: ${HOST}, trafficPolicy: {${policy}}, subsets: ${subsets}}
---`;

const routes = (route: string, destinations = `[{destination: {host: ${HOST}, port: {number: 80}}}]`) => `
kind: VirtualService
metadata: {name: routes}
spec: {hosts: [${HOST}], http: [{${route}${route === '' ? '' : ', '}route: ${destinations}}]}
---`;

/** What differs of the plain call by HTTP: 'balance: servers in turns -> ...'. */
const ofPlainCall = (before: string, after: string) =>
  between(before, after).flatMap(each => {
    const [call, words = ''] = each.split(' | ');
    return call === `GET http://${HOST}/data` ? [words] : [];
  });

describe('what decides among several servers', () => {
  const hash = (key: string) => rule(`loadBalancer: {consistentHash: {${key}}}`);

  it.each([
    ['a header', hash('httpHeaderName: x-user'), 'by hash of header x-user'],
    ['a query', hash('httpQueryParameterName: q'), 'by hash of query q'],
    ['a cookie', hash('httpCookie: {name: u, ttl: 5s}'), 'by hash of cookie u (given for 5s)'],
    ["the caller's address", hash('useSourceIp: true'), "by hash of the caller's address"],
    ['a table', hash('httpHeaderName: x-user, maglev: {}'), 'by hash of header x-user in a table of 65537'],
  ])('is a hash of %s', (_, after, words) => {
    expect(ofPlainCall(two(), two() + after)).toContain(`balance: servers in turns -> servers ${words}`);
  });

  it('is another hash', () => {
    expect(ofPlainCall(two() + hash('httpHeaderName: a'), two() + hash('httpHeaderName: b'))).toContain(
      'balance: servers by hash of header a -> servers by hash of header b',
    );
  });

  it('is nothing where there is one server, but for the cookie that a caller is given', () => {
    const single = two().replace(/, \{address: 10\.8\.0\.2[^\]]*\}(?=\])/, '');
    expect(single).not.toContain('10.8.0.2');
    const about = (after: string) =>
      ofPlainCall(single, single + after).filter(each => each.startsWith('balance'));
    expect(about(hash('httpHeaderName: x-user'))).toEqual([]);
    expect(about(hash('httpCookie: {name: u, ttl: 5s}'))).toHaveLength(1);
  });

  it('is weights', () => {
    expect(ofPlainCall(two(), two(', weight: 3', ', weight: 1'))).toEqual([
      'balance: servers in turns -> servers by weights (10.8.0.1 75 %, 10.8.0.2 25 %)',
    ]);
  });

  it('is nothing where all of them are one server', () => {
    const pods = (weight: string) => two(weight).replaceAll('10.8.0.', '10.96.61.');
    const same = (weight: string) => pods(weight).replace('10.96.61.1,', '10.96.61.2,');
    expect(between(same(''), same(', weight: 3'))).toEqual([]);
  });

  it('is the same for weights that are alike', () => {
    expect(between(two(), two(', weight: 3', ', weight: 3'))).toEqual([]);
  });
});

describe('what is set on connections and pools', () => {
  const pool = (text: string) => rule(`connectionPool: {${text}}`);

  it.each([
    ['tcp: {connectTimeout: 2s}', 'time: no timeout -> no timeout, a connection is given up after 2 s'],
    ['http: {idleTimeout: 5s}', 'time: no timeout -> no timeout, an unused connection is kept 5 s'],
    ['http: {maxRequestsPerConnection: 1}', 'limits: no limit -> at most 1 of a connection'],
    ['http: {h2UpgradePolicy: UPGRADE}', 'request: sent on as the app wrote it -> sent on with HTTP/2'],
    [
      'tcp: {tcpKeepalive: {time: 60s, interval: 5s, probes: 2}}',
      'time: no timeout -> no timeout, a silent connection is probed after 60 s, every 5 s, 2 times',
    ],
  ])('%s', (text, words) => {
    expect(ofPlainCall(one, one + pool(text))).toEqual([words]);
  });

  it('is silent on what nobody meets: an unused connection that is kept for minutes', () => {
    expect(between(one, one + pool('http: {idleTimeout: 1h}'))).toEqual([]);
  });

  it('is silent on limits of requests where none is read', () => {
    const tls = entry('ports: [{number: 443, name: tls, protocol: TLS}]');
    expect(between(tls, tls + pool('http: {http2MaxRequests: 5, maxRetries: 3}'))).toEqual([]);
    expect(between(tls, tls + pool('tcp: {maxConnections: 5}'))).toHaveLength(1);
  });

  it.each([
    ['retryBudget: {percent: 30}', 'limits: no limit -> at most retries for 30 % of requests, or 3'],
    [
      'proxyProtocol: {version: V2}',
      'request: sent on as the app wrote it -> sent on with a PROXY header (V2)',
    ],
  ])('%s', (policy, words) => {
    expect(ofPlainCall(one, one + rule(policy))).toEqual([words]);
  });

  it('connections that are broken, counted apart', () => {
    const apart = 'splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: 2';
    const outlier = rule(`outlierDetection: {consecutive5xxErrors: 0, ${apart}, maxEjectionPercent: 50}`);
    expect(ofPlainCall(two(), two() + outlier)).toContain(
      'ejection: no server is ever left out -> a server is left out after 2 broken connections in a row, counted apart, for 30 s (looked at every 10 s), at most 1 of them',
    );
  });

  it('a panic threshold', () => {
    const outlier = (more: string) =>
      rule(`outlierDetection: {consecutive5xxErrors: 3, maxEjectionPercent: 100${more}}`);
    const [found = ''] = ofPlainCall(two() + outlier(''), two() + outlier(', minHealthPercent: 100'));
    expect(found).toMatch(/, all are asked when fewer than 2 are left$/);
  });
});

describe('what is set on a route', () => {
  it.each([
    [
      'corsPolicy: {allowOrigins: [{exact: "https://x.io"}], allowMethods: [GET]}',
      'response: in the answer: no header is changed -> in the answer: CORS allows https://x.io, methods GET',
    ],
    [
      'fault: {abort: {grpcStatus: UNAVAILABLE, percentage: {value: 100}}}',
      'fault: nothing of the kind -> the sidecar answers gRPC status 14',
    ],
    [
      'retries: {attempts: 2, backoff: 1s}',
      'tries: tried again up to 2 times on 503, cancelled, connect-failure, refused-stream, unavailable -> ',
    ],
  ])('%s', (text, words) => {
    const found = ofPlainCall(one + routes(''), one + routes(text));
    expect(found.join()).toContain(words.startsWith('tries') ? 'at first after 1 s' : words);
  });

  it('is silent on a CORS policy that allows nobody', () => {
    expect(between(one + routes(''), one + routes('corsPolicy: {allowMethods: [GET]}'))).toEqual([]);
  });

  it('a body in bytes', () => {
    const answer = (bytes: string) => `
kind: VirtualService
metadata: {name: routes}
spec: {hosts: [${HOST}], http: [{directResponse: {status: 503, body: {bytes: ${bytes}}}}]}
---`;
    expect(between(one + answer('aGk='), one + answer('aG8='))).toHaveLength(1);
  });

  it('a path that a regular expression rewrites, by a path that it matches', () => {
    const rewrite = (match: string) =>
      routes(`rewrite: {uriRegexRewrite: {match: "${match}", rewrite: "/new"}}`);
    expect(between(one + rewrite('/old/[a-z]+'), one + rewrite('/old/[a-z]+/more'))).toEqual([
      `GET http://${HOST}/old/a | request: sent on with path /new -> sent on as the app wrote it`,
      `GET http://${HOST}/old/a/more | request: sent on with path /new/more -> sent on with path /new`,
    ]);
  });
});

describe('which of several destinations has what', () => {
  const subsets = (first: string, second: string) =>
    rule('', `[{name: v1, labels: {version: v1}${first}}, {name: v2, labels: {version: v2}${second}}]`);
  const split = (first: string, second: string) =>
    routes(
      '',
      `[{destination: {host: ${HOST}, port: {number: 80}, subset: v1}, weight: 50${first}}, {destination: {host: ${HOST}, port: {number: 80}, subset: v2}, weight: 50${second}}]`,
    );

  it('tells a header that moves from one to the other', () => {
    const header = ', headers: {request: {set: {x-a: "1"}}}';
    const base = two() + subsets('', '');
    expect(ofPlainCall(base + split(header, ''), base + split('', header))).toEqual([
      'request: sent on with x-a: 1, to 10.8.0.1:80: x-a: 1, to 10.8.0.2:80: nothing -> sent on with x-a: 1, to 10.8.0.1:80: nothing, to 10.8.0.2:80: x-a: 1',
    ]);
  });

  it('tells a limit that moves from one to the other', () => {
    const limit = ', trafficPolicy: {connectionPool: {tcp: {maxConnections: 1}}}';
    const base = two() + split('', '');
    expect(ofPlainCall(base + subsets(limit, ''), base + subsets('', limit))).toEqual([
      'limits: at most 1 connection, or no limit -> no limit, or at most 1 connection',
    ]);
  });
});

it('tells how copies are sent', () => {
  const mirrored = (policy: string) =>
    `${one}${routes('mirror: {host: canary.safedata-zone.io}')}
kind: ServiceEntry
metadata: {name: canary}
spec: {hosts: [canary.safedata-zone.io], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}
---
kind: DestinationRule
metadata: {name: canary}
spec: {host: canary.safedata-zone.io, trafficPolicy: {${policy}}}
---`;
  expect(ofPlainCall(mirrored('tls: {mode: DISABLE}'), mirrored('tls: {mode: SIMPLE}'))).toEqual([
    expect.stringMatching(
      /^mirror: a copy to canary:80 -> a copy to canary:80 \(the sidecar opens TLS, SNI /,
    ),
  ]);
});

it('tells where bytes that nobody reads are led into a tunnel', () => {
  const tunnel = rule('tunnel: {protocol: CONNECT, targetHost: x.example.org, targetPort: 443}');
  const tls = entry('ports: [{number: 443, name: tls, protocol: TLS}]');
  expect(between(tls, tls + tunnel)).toEqual([
    `GET https://${HOST}/ | request: the bytes go through unread -> the bytes go through unread, a tunnel to x.example.org:443, asked for with CONNECT`,
  ]);
});

it('tells where endpoints get a sidecar, to which TLS is opened by itself', () => {
  const inside = (labels: string) => `
kind: ServiceEntry
metadata: {name: api}
spec:
  hosts: [${HOST}]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{number: 80, name: http, protocol: HTTP}]
  endpoints: [{address: 10.8.0.1${labels}}]
---`;
  expect(ofPlainCall(inside(''), inside(', labels: {security.istio.io/tlsMode: istio}'))).toEqual([
    expect.stringMatching(/^tls: the sidecar opens no TLS -> the sidecar opens TLS, SNI outbound_/),
  ]);
});
