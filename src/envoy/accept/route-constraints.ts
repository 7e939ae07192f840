/**
 * What Envoy's protos demand of a route configuration, for the fields that istiod fills from what users write.
 * Source: envoyproxy/envoy api/envoy/config/route/v3/{route,route_components}.proto, config/core/v3/base.proto,
 * type/matcher/v3/{regex,string}.proto, extensions/filters/http/fault/v3/fault.proto.
 */
import {
  type ConstrainedMessage,
  type Constraint,
  embedded,
  list,
  number,
  positive,
  text,
} from './constraints.ts';

const headerText = text({ header: true });
const headerName = text({ min: 1, header: true });

const HEADER_VALUE: ConstrainedMessage = {
  name: 'HeaderValue',
  fields: [
    ['key', text({ min: 1, max: 16_384, header: true })],
    ['value', text({ max: 16_384, header: true })],
  ],
};
const ADDED: Constraint = list(
  embedded({ name: 'HeaderValueOption', fields: [['header', embedded(HEADER_VALUE)]] }),
  { max: 1000 },
);

/** `name`: the constraint on the name of a header to remove. */
function mutations(name: Constraint): readonly (readonly [string, Constraint])[] {
  return [
    ['request_headers_to_add', ADDED],
    ['request_headers_to_remove', list(name)],
    ['response_headers_to_add', ADDED],
    ['response_headers_to_remove', list(name)],
  ];
}

const regex = embedded({ name: 'RegexMatcher', fields: [['regex', text({ min: 1 })]] });
const stringMatch = embedded({
  name: 'StringMatcher',
  fields: [
    ['prefix', text({ min: 1, chosen: true })],
    ['suffix', text({ min: 1, chosen: true })],
    ['safe_regex', regex],
    ['contains', text({ min: 1, chosen: true })],
  ],
});
const regexRewrite = embedded({
  name: 'RegexMatchAndSubstitute',
  fields: [
    ['pattern', regex],
    ['substitution', headerText],
  ],
});

const MATCH: ConstrainedMessage = {
  name: 'RouteMatch',
  fields: [
    [
      'headers',
      list(
        embedded({
          name: 'HeaderMatcher',
          fields: [
            ['name', headerName],
            ['string_match', stringMatch],
          ],
        }),
      ),
    ],
    [
      'query_parameters',
      list(
        embedded({
          name: 'QueryParameterMatcher',
          fields: [
            ['name', text({ min: 1, max: 1024 })],
            ['string_match', stringMatch],
          ],
        }),
      ),
    ],
    ['safe_regex', regex],
  ],
  oneOf: ['path_specifier', ['prefix', 'path', 'safe_regex', 'path_separated_prefix', 'connect_matcher']],
};

const HASH_POLICY: ConstrainedMessage = {
  name: 'HashPolicy',
  fields: [
    ['header', embedded({ name: 'Header', fields: [['header_name', headerName]] })],
    ['cookie', embedded({ name: 'Cookie', fields: [['name', text({ min: 1 })]] })],
    ['query_parameter', embedded({ name: 'QueryParameter', fields: [['name', text({ min: 1 })]] })],
  ],
};

const WEIGHTED_CLUSTERS: ConstrainedMessage = {
  name: 'WeightedCluster',
  fields: [
    [
      'clusters',
      list(
        embedded({
          name: 'ClusterWeight',
          fields: [...mutations(headerText), ['host_rewrite_literal', headerText]],
        }),
        { min: 1 },
      ),
    ],
  ],
};

const ACTION: ConstrainedMessage = {
  name: 'RouteAction',
  fields: [
    ['prefix_rewrite', headerText],
    [
      'retry_policy',
      embedded({
        name: 'RetryPolicy',
        fields: [
          [
            'retry_back_off',
            embedded({
              name: 'RetryBackOff',
              fields: [
                ['base_interval', positive],
                ['max_interval', positive],
              ],
            }),
          ],
        ],
      }),
    ],
    ['hash_policy', list(embedded(HASH_POLICY))],
    ['regex_rewrite', regexRewrite],
    ['cluster', text({ min: 1, chosen: true })],
    ['weighted_clusters', embedded(WEIGHTED_CLUSTERS)],
    ['host_rewrite_literal', headerText],
  ],
};

const REDIRECT: ConstrainedMessage = {
  name: 'RedirectAction',
  fields: [
    ['host_redirect', headerText],
    ['path_redirect', headerText],
    ['prefix_rewrite', headerText],
    ['regex_rewrite', regexRewrite],
  ],
};

const ROUTE: ConstrainedMessage = {
  name: 'Route',
  fields: [
    ['match', embedded(MATCH)],
    ...mutations(headerName),
    ['route', embedded(ACTION)],
    ['redirect', embedded(REDIRECT)],
    [
      'direct_response',
      embedded({ name: 'DirectResponseAction', fields: [['status', number({ min: 200, below: 600 })]] }),
    ],
  ],
  oneOf: ['action', ['route', 'redirect', 'direct_response']],
};

export const ROUTE_CONFIGURATION: ConstrainedMessage = {
  name: 'RouteConfiguration',
  fields: [
    [
      'virtual_hosts',
      list(
        embedded({
          name: 'VirtualHost',
          fields: [
            ['name', text({ min: 1 })],
            ['domains', list(headerText, { min: 1 })],
            ['routes', list(embedded(ROUTE))],
          ],
        }),
      ),
    ],
  ],
};

/** The configuration of a filter is checked when the route is built, not when it is read. */
export const HTTP_FAULT: ConstrainedMessage = {
  name: 'HTTPFault',
  fields: [
    ['abort', embedded({ name: 'FaultAbort', fields: [['http_status', number({ min: 200, below: 600 })]] })],
  ],
};
