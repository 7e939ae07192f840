import { describe, expect, it } from 'vitest';
import { API, entry, HTTP, Mesh } from './mesh.ts';

const TO_API = `route: [{destination: {host: ${API}}}]`;

/** The routes that a VirtualService's http rules make. */
function routes(http: string, services = entry(HTTP)) {
  return new Mesh(`${services}
kind: VirtualService
metadata: {name: api}
spec: {hosts: [${API}], http: [${http}]}`).routes(API);
}

const match = (condition: string) => routes(`{match: [{${condition}}], ${TO_API}}`)[0]?.match;
const action = (settings: string) => routes(`{${settings}, ${TO_API}}`)[0]?.route;

describe('a match', () => {
  it.each([
    ['uri: {exact: /a}', { path: '/a' }],
    ['uri: {prefix: /a}', { prefix: '/a' }],
    ['uri: {regex: "/a.*"}', { safe_regex: { regex: '/a.*' } }],
    ['uri: {prefix: /A}, ignoreUriCase: true', { prefix: '/A', case_sensitive: false }],
    ['method: {exact: GET}', { headers: [{ name: ':method', string_match: { exact: 'GET' } }] }],
    ['authority: {prefix: a}', { headers: [{ name: ':authority', string_match: { prefix: 'a' } }] }],
    ['scheme: {exact: http}', { headers: [{ name: ':scheme', string_match: { exact: 'http' } }] }],
    ['headers: {x: {exact: "1"}}', { headers: [{ name: 'x', string_match: { exact: '1' } }] }],
    ['headers: {x: {}}', { headers: [{ name: 'x', present_match: true }] }],
    ['headers: {x: {regex: "*"}}', { headers: [{ name: 'x', present_match: true }] }],
    ['withoutHeaders: {x: {}}', { headers: [{ name: 'x', present_match: true, invert_match: true }] }],
    [
      'withoutHeaders: {x: {exact: "1"}}',
      {
        headers: [
          {
            name: 'x',
            string_match: { exact: '1' },
            invert_match: true,
            treat_missing_header_as_empty: true,
          },
        ],
      },
    ],
    [
      'queryParams: {q: {regex: "a+"}}',
      { query_parameters: [{ name: 'q', string_match: { safe_regex: { regex: 'a+' } } }] },
    ],
    ['queryParams: {q: {}}', { query_parameters: [{ name: 'q', present_match: true }] }],
  ])('%s is %j', (condition, expected) => {
    expect(match(condition)).toEqual({
      prefix: '/',
      case_sensitive: true,
      ...withoutPrefix(expected),
      ...expected,
    });
  });

  it('joins conditions by AND, and items by OR', () => {
    const both = routes(`{match: [{uri: {prefix: /a}, headers: {x: {}}}, {uri: {prefix: /b}}], ${TO_API}}`);
    expect(both.map(r => [r.match.prefix, r.match.headers?.length ?? 0])).toEqual([
      ['/a', 1],
      ['/b', 0],
    ]);
  });

  it.each(['port: 8080', 'sourceLabels: {app: x}', 'gateways: [egress]', 'sourceNamespace: team-b'])(
    'with %s is not for this client: the rule is gone, and with all of them the default route is back',
    condition => {
      expect(routes(`{match: [{${condition}}], ${TO_API}}, {directResponse: {status: 204}}`)).toHaveLength(1);
      expect(routes(`{match: [{${condition}}], ${TO_API}}`)).toMatchObject([{ name: 'default' }]);
    },
  );

  it('that takes everything ends the list', () => {
    const all = [
      `{${TO_API}}`,
      `{match: [{uri: {prefix: /}}], ${TO_API}}`,
      `{match: [{uri: {regex: ".*"}}], ${TO_API}}`,
    ];
    for (const rule of all) {
      expect(routes(`${rule}, {match: [{headers: {x: {}}}], ${TO_API}}`)).toHaveLength(1);
    }
    expect(routes(`{match: [{headers: {x: {}}}], ${TO_API}}, {${TO_API}}`)).toHaveLength(2);
  });

  it('gives the route its name', () => {
    expect(routes(`{name: r, match: [{name: m, uri: {prefix: /a}}], ${TO_API}}`)[0]?.name).toBe('r.m');
  });
});

function withoutPrefix(expected: object): object {
  return 'path' in expected || 'safe_regex' in expected ? { prefix: undefined } : {};
}

describe('a destination', () => {
  const both = entry(
    'ports: [{number: 80, name: http, protocol: HTTP}, {number: 443, name: https, protocol: HTTPS}]',
  );

  it('without a port is the one that was called', () => {
    expect(routes(`{${TO_API}}`, both)[0]?.route?.cluster).toBe(`outbound|80||${API}`);
  });

  it('with an unknown subset or port is written down all the same', () => {
    const to = `route: [{destination: {host: ${API}, subset: v9, port: {number: 9}}}]`;
    expect(routes(`{${to}}`)[0]?.route?.cluster).toBe(`outbound|9|v9|${API}`);
  });

  it('with weights shares the calls; weight 0 is left out', () => {
    const to = (subset: string, weight: number) =>
      `{destination: {host: ${API}, subset: ${subset}}, weight: ${weight}}`;
    const [route] = routes(`{route: [${to('a', 90)}, ${to('b', 10)}, ${to('c', 0)}]}`);
    expect(route?.route?.weighted_clusters?.clusters).toEqual([
      { name: `outbound|80|a|${API}`, weight: 90 },
      { name: `outbound|80|b|${API}`, weight: 10 },
    ]);
  });

  it('alone has all, whatever its weight', () => {
    const [route] = routes(`{route: [{destination: {host: ${API}}, weight: 5}]}`);
    expect(route?.route?.cluster).toBe(`outbound|80||${API}`);
  });
});

describe('a route', () => {
  it('has no timeout unless it says one, and retries twice', () => {
    const route = routes(`{${TO_API}}`)[0]?.route;
    expect(route).toMatchObject({ timeout: '0s', max_grpc_timeout: '0s' });
    expect(route?.retry_policy).toMatchObject({
      num_retries: 2,
      retry_on: 'connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes',
    });
    expect(action('timeout: 1500ms')).toMatchObject({ timeout: '1.500s', max_grpc_timeout: '1.500s' });
  });

  it.each([
    ['{attempts: 3, retryOn: "5xx"}', { num_retries: 3, retry_on: '5xx' }],
    [
      '{attempts: 3, retryOn: "5xx,503"}',
      { retry_on: '5xx,retriable-status-codes', retriable_status_codes: [503] },
    ],
    [
      '{attempts: 1, retryOn: "503,429"}',
      { retry_on: ',retriable-status-codes', retriable_status_codes: [503, 429] },
    ],
    ['{attempts: 1, perTryTimeout: 2s}', { per_try_timeout: '2s' }],
    ['{attempts: 1, backoff: 10ms}', { retry_back_off: { base_interval: '0.010s' } }],
  ])('with retries %s has %j', (retries, policy) => {
    expect(action(`retries: ${retries}`)?.retry_policy).toMatchObject(policy);
  });

  it('with attempts 0 does not retry', () => {
    expect(action('retries: {attempts: 0}')?.retry_policy).toBeUndefined();
  });

  it('rewrites path and host', () => {
    expect(action('rewrite: {uri: /v2, authority: x.example.com}')).toMatchObject({
      prefix_rewrite: '/v2',
      host_rewrite_literal: 'x.example.com',
    });
    expect(
      action('rewrite: {uriRegexRewrite: {match: "/a(.*)", rewrite: "/b\\\\1"}}')?.regex_rewrite,
    ).toEqual({
      pattern: { regex: '/a(.*)' },
      substitution: '/b\\1',
    });
  });

  it('takes a Host header that is set as a rewrite; the route’s own goes first', () => {
    const [set] = routes(`{headers: {request: {set: {Host: a.example.com, x: "1"}}}, ${TO_API}}`);
    expect(set?.request_headers_to_add?.map(h => h.header.key)).toEqual(['x']);
    expect(set?.route?.host_rewrite_literal).toBe('a.example.com');
    const both = routes(
      `{rewrite: {authority: r.example.com}, route: [{destination: {host: ${API}}, headers: {request: {set: {host: d.example.com}}}}]}`,
    );
    expect(both[0]?.route?.host_rewrite_literal).toBe('r.example.com');
  });

  it('sets, adds and removes headers, in the order of their names', () => {
    const [route] = routes(
      `{headers: {request: {set: {b: "2", a: "1"}, add: {c: "3"}, remove: [x, ":path"]}, response: {remove: [server]}}, ${TO_API}}`,
    );
    expect(route).toMatchObject({
      request_headers_to_add: [
        { header: { key: 'a', value: '1' }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' },
        { header: { key: 'b', value: '2' }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' },
        { header: { key: 'c', value: '3' } },
      ],
      request_headers_to_remove: ['x'],
      response_headers_to_remove: ['server'],
    });
  });

  it.each([
    ['', { numerator: 100 }],
    ['mirrorPercentage: {value: 12.5}', { numerator: 125000, denominator: 'MILLION' }],
    ['mirrorPercent: 10', { numerator: 10 }],
    ['mirrorPercentage: {value: 0}', undefined],
  ])('mirrors; with {%s} the share is %j', (share, fraction) => {
    const route = action(`mirror: {host: ${API}, subset: b}${share && `, ${share}`}`);
    expect(route?.request_mirror_policies?.[0]?.runtime_fraction?.default_value).toEqual(fraction);
    if (fraction) {
      expect(route?.request_mirror_policies?.[0]).toMatchObject({
        cluster: `outbound|80|b|${API}`,
        disable_shadow_host_suffix_append: true,
      });
    }
  });

  it('has its fault and CORS as filter settings', () => {
    const [route] = routes(
      `{fault: {delay: {fixedDelay: 2s, percentage: {value: 50}}, abort: {httpStatus: 503}}, corsPolicy: {allowOrigins: [{exact: "https://a"}], allowMethods: [GET, POST], maxAge: 24h}, ${TO_API}}`,
    );
    expect(route?.typed_per_filter_config?.['envoy.filters.http.fault']).toMatchObject({
      delay: { fixed_delay: '2s', percentage: { numerator: 500000, denominator: 'MILLION' } },
      abort: { http_status: 503 },
    });
    expect(route?.typed_per_filter_config?.['envoy.filters.http.cors']).toMatchObject({
      allow_origin_string_match: [{ exact: 'https://a' }],
      allow_methods: 'GET,POST',
      max_age: '86400',
      forward_not_matching_preflights: true,
    });
  });

  it.each([
    ['uri: /x, authority: a.example.com', { path_redirect: '/x', host_redirect: 'a.example.com' }],
    ['scheme: https, port: 443', { scheme_redirect: 'https', path_redirect: '' }],
    ['port: 8443', { port_redirect: 8443, path_redirect: '' }],
    ['redirectCode: 308', { response_code: 'PERMANENT_REDIRECT', path_redirect: '' }],
    ['derivePort: FROM_REQUEST_PORT', { path_redirect: '' }],
  ])('redirects: {%s} is %j', (redirect, expected) => {
    expect(routes(`{redirect: {${redirect}}}`)[0]?.redirect).toEqual(expected);
  });

  it('answers by itself', () => {
    expect(routes('{directResponse: {status: 418, body: {string: teapot}}}')[0]?.direct_response).toEqual({
      status: 418,
      body: { inline_string: 'teapot' },
    });
  });

  it('hashes what the DestinationRule of its destination says, and then retries on the same host', () => {
    const rule = `
kind: DestinationRule
metadata: {name: api}
spec: {host: ${API}, trafficPolicy: {loadBalancer: {consistentHash: {httpCookie: {name: user, ttl: 0s}}}}}
---`;
    const route = routes(`{${TO_API}}`, entry(HTTP) + rule)[0]?.route;
    expect(route?.hash_policy).toEqual([{ cookie: { name: 'user', ttl: '0s' } }]);
    expect(route?.retry_policy?.retry_host_predicate).toBeUndefined();
    expect(new Mesh(entry(HTTP) + rule).routes(API)[0]?.route?.hash_policy).toHaveLength(1);
  });

  it('hashes a subset’s own way before the service’s', () => {
    const rule = `
kind: DestinationRule
metadata: {name: api}
spec:
  host: ${API}
  trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: top}}}
  subsets: [{name: a, trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: own}}}}]
---`;
    const to = `route: [{destination: {host: ${API}, subset: a}}]`;
    expect(routes(`{${to}}`, entry(HTTP) + rule)[0]?.route?.hash_policy).toEqual([
      { header: { header_name: 'own' } },
    ]);
  });
});
