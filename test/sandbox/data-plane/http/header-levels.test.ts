/** Header operations of a weighted destination and of its route, as Envoy 1.39.3 applied the same configuration. */
import { afterEach, expect, it } from 'vitest';
import type { HeaderMutations, HeaderValueOption, Route, RouteAction } from '../../../../src/envoy/config.ts';
import { staticCluster } from '../loopback.ts';
import { type HttpProxy, OK, type ProxyOptions, request, startProxy } from './http-proxy.ts';

let proxy: HttpProxy | undefined;
afterEach(() => proxy?.close());

const add = (headers: Record<string, string>): HeaderValueOption[] =>
  Object.entries(headers).map(([key, value]) => ({ header: { key, value } }));
const set = (headers: Record<string, string>): HeaderValueOption[] =>
  add(headers).map(each => ({ ...each, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' }));

/** Two destinations of one cluster, so that the first one's operations count. */
function weighted(own: HeaderMutations & { host_rewrite_literal?: string }): RouteAction {
  return { timeout: '0s', weighted_clusters: { clusters: [{ name: 'a', weight: 1, ...own }] } };
}

const EVERYTHING = { prefix: '/' };

async function start(route: Omit<Route, 'match'>, more: Partial<ProxyOptions> = {}): Promise<HttpProxy> {
  proxy = await startProxy({ routes: [{ match: EVERYTHING, ...route }], ...more });
  return proxy;
}

/** The lines that the upstream got, without those that are by chance. */
function sent({ seen }: HttpProxy): readonly string[] {
  return (seen[0] ?? '').split('\n').filter(line => !/x-request-id|x-forwarded-proto/.test(line));
}

it.each<[RouteAction, readonly string[]]>([
  [
    { ...weighted({ host_rewrite_literal: 'destination.example' }), host_rewrite_literal: 'route.example' },
    ['host: route.example', 'x-envoy-attempt-count: 1', 'x-envoy-original-host: destination.example'],
  ],
  [
    weighted({ host_rewrite_literal: 'destination.example' }),
    ['host: destination.example', 'x-envoy-attempt-count: 1'],
  ],
  [
    { ...weighted({}), host_rewrite_literal: 'route.example' },
    ['host: route.example', 'x-envoy-attempt-count: 1', 'x-envoy-original-host: api.test'],
  ],
])("the route's host wins over the destination's: %j", async (action, lines) => {
  const { call } = await start({ route: action });
  await call.call(proxy, request('/'));
  expect(proxy && sent(proxy).slice(1)).toEqual(lines);
});

it("the destination's operations come first and the route's see what they did, in both directions", async () => {
  const there = await start(
    {
      route: weighted({
        request_headers_to_add: [...set({ 'x-set': 'd', 'x-back': 'd' }), ...add({ 'x-add': 'd' })],
        request_headers_to_remove: ['x-gone'],
        response_headers_to_add: [...set({ 'x-set': 'd', 'x-back': 'd' }), ...add({ 'x-add': 'd' })],
        response_headers_to_remove: ['x-up'],
      }),
      request_headers_to_add: [...set({ 'x-set': 'r' }), ...add({ 'x-add': 'r', 'x-seen': '%REQ(x-set)%' })],
      request_headers_to_remove: ['x-back'],
      response_headers_to_add: [
        ...set({ 'x-set': 'r' }),
        ...add({ 'x-add': 'r', 'x-seen': '%RESP(x-add)%' }),
      ],
      response_headers_to_remove: ['x-back'],
    },
    {
      serve: {
        a: (_, socket) =>
          socket.write('HTTP/1.1 200 OK\r\nx-up: 1\r\nx-set: up\r\ncontent-length: 0\r\n\r\n'),
      },
    },
  );
  const answer = await there.call(request('/', 'x-add: app', 'x-set: app', 'x-gone: 1'));
  expect(sent(there)).toEqual([
    'a GET / HTTP/1.1',
    // Envoy leaves lines of one name apart; node writes them together.
    ...['host: api.test', 'x-add: app', 'x-add: d', 'x-add: r', 'x-envoy-attempt-count: 1'],
    ...['x-set: r', 'x-seen: d'],
  ]);
  expect(answer.split('\r\n').filter(line => line.startsWith('x-') && !line.includes('envoy'))).toEqual([
    ...['x-add: d', 'x-set: r', 'x-add: r', 'x-seen: d'],
  ]);
});

const TAGGED: HeaderMutations = {
  response_headers_to_add: [
    ...add({ 'x-add': '%RESPONSE_FLAGS%' }),
    ...set({ server: 'mine', 'content-type': 'x/y' }),
  ],
  response_headers_to_remove: ['x-envoy-overloaded', 'content-length', 'date'],
};
const body = (type: string, length: number) => [
  'server: envoy',
  `content-type: ${type}`,
  `content-length: ${length}`,
];

it.each<[string, Omit<Route, 'match'>, number, readonly string[], readonly string[]]>([
  [
    'a timeout',
    { route: { cluster: 'silent', timeout: '0.02s' } },
    504,
    [],
    [...body('x/y', 24), 'x-add: UT'],
  ],
  [
    'a missing cluster',
    { route: { cluster: 'none' } },
    503,
    [],
    ['server: envoy', 'content-length: 0', 'x-add: NC'],
  ],
  ['no host', { route: { cluster: 'empty' } }, 503, [], [...body('x/y', 19), 'x-add: UH']],
  [
    'full breakers',
    { route: { cluster: 'full', timeout: '0s' } },
    503,
    [],
    [...body('x/y', 81), 'x-add: UO', 'x-envoy-overloaded: true'],
  ],
  [
    'a connection that breaks',
    { route: { cluster: 'b', timeout: '0s' } },
    503,
    [],
    [...body('x/y', 95), 'x-add: UC'],
  ],
  [
    'an abort',
    {
      route: { cluster: 'a' },
      typed_per_filter_config: {
        'envoy.filters.http.fault': { abort: { http_status: 418, percentage: { numerator: 100 } } },
      },
    },
    418,
    [],
    [...body('x/y', 18), 'x-add: FI'],
  ],
  [
    'a redirect',
    { redirect: { path_redirect: '/x' } },
    301,
    [],
    ['server: envoy', 'content-length: 0', 'location: http://api.test/x', 'x-add: -'],
  ],
  [
    'an answer to gRPC',
    { route: { cluster: 'silent', timeout: '0.02s' } },
    200,
    ['content-type: application/grpc'],
    [
      ...body('application/grpc', 0),
      'grpc-message: upstream request timeout',
      'grpc-status: 14',
      'x-add: UT',
    ],
  ],
])(
  "the route's operations apply to the proxy's own answers: %s",
  async (_, route, status, headers, expected) => {
    const there = await start(
      { ...TAGGED, ...route },
      {
        clusters: [
          staticCluster('silent', ['10.0.0.1:80']),
          staticCluster('empty', []),
          staticCluster('full', ['10.0.0.1:80'], {
            circuit_breakers: { thresholds: [{ max_pending_requests: 0, max_connections: 1 }] },
          }),
        ],
        serve: { a: () => {}, b: (_head, socket) => socket.destroy() },
      },
    );
    const [first = '', ...lines] =
      (await there.call(request('/', ...headers))).split('\r\n\r\n')[0]?.split('\r\n') ?? [];
    expect(Number(first.split(' ')[1])).toBe(status);
    expect(lines.filter(line => !line.startsWith('date: ')).sort()).toEqual([...expected].sort());
  },
);

it('what answers before there is a route has no operations of one', async () => {
  const there = await start(
    { route: { cluster: 'a' } },
    { host: { ...TAGGED, routes: [] }, serve: { a: OK } },
  );
  expect(await there.call(request('/'))).not.toContain('x-add');
});

it('a value goes behind that of a header of which Envoy keeps one line, and onto a line of its own with any other', async () => {
  const asked = {
    authorization: 'r',
    'accept-encoding': 'r',
    origin: 'r',

    'accept-language': 'r',
  };
  const answered = { 'cache-control': 'r', vary: 'r', location: 'r', 'set-cookie': 'r', link: 'r' };
  const lines = (headers: object) => Object.keys(headers).map(name => `${name}: a`);
  const there = await start(
    { route: weighted({}), request_headers_to_add: add(asked), response_headers_to_add: add(answered) },
    {
      serve: {
        a: (_, socket) =>
          socket.write(['HTTP/1.1 200 OK', ...lines(answered), 'content-length: 0', '', ''].join('\r\n')),
      },
    },
  );
  const answer = (await there.call(request('/', ...lines(asked)))).split('\r\n');
  const told = (all: readonly string[], headers: object) =>
    all.filter(line => Object.hasOwn(headers, line.split(':')[0] ?? '')).sort();
  expect(told(sent(there), asked)).toEqual([
    ...['accept-encoding: a,r', 'accept-language: a', 'accept-language: r', 'authorization: a,r'],
    'origin: a,r',
  ]);
  expect(told(answer, answered)).toEqual([
    ...['cache-control: a,r', 'link: a', 'link: r', 'location: a,r', 'set-cookie: a', 'set-cookie: r'],
    'vary: a,r',
  ]);
});
