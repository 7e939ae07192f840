/**
 * What a route does: send to clusters, redirect, answer directly.
 * Source: pilot/pkg/networking/core/route/route.go (applyHTTPRouteDestination, processDestination, ApplyRedirect,
 * ApplyDirectResponse, GetDestinationCluster).
 */
import type {
  ClusterWeight,
  HeaderMutations,
  MirrorPolicy,
  RedirectAction,
  Route,
  RouteAction,
} from '../../envoy/config.ts';
import type { Destination, HttpRoute, HttpRouteDestination } from '../../istio/types.ts';
import { type Mutable, nanoseconds, protoDuration } from './envoy-json.ts';
import { type ConsistentHash, hashPolicy } from './hash-policy.ts';
import { clusterName, type MeshService } from './mesh-service.ts';
import { retryPolicy } from './retry-policy.ts';
import { hundredths, millionths } from './route-filters.ts';
import { joinMutations, planHeaders } from './route-headers.ts';

/** What a route needs to know about the mesh around it. */
export interface RouteContext {
  readonly port: number;
  /** A service that has this port. */
  service(host: string): MeshService | undefined;
  hash(destination: Destination): ConsistentHash | undefined;
}

/**
 * The cluster that a destination means. Without a port: the service's only port, else the port that was called.
 * Whether the cluster exists is not checked: if it does not, requests end with 503 NC.
 */
export function destinationCluster(
  destination: Destination,
  service: MeshService | undefined,
  calledPort: number,
): string {
  const only = service?.ports.length === 1 ? service.ports[0]?.port : undefined;
  const host = service?.externalName || (destination.host ?? '');
  return clusterName(destination.port?.number ?? only ?? calledPort, destination.subset ?? '', host);
}

type Acting = HeaderMutations & Pick<Route, 'route' | 'redirect' | 'direct_response'>;

/** The action of a route, and all its header operations, since destinations may have some too. */
export function routeActing(route: HttpRoute, context: RouteContext): Acting {
  const headers = planHeaders(route.headers);
  if (route.redirect !== undefined) {
    const redirect = redirectAction(route.redirect, context.port);
    return { ...headers.mutations, ...(redirect && { redirect }) };
  }
  if (route.directResponse !== undefined) {
    return { ...headers.mutations, direct_response: directResponse(route.directResponse) };
  }

  const action: Mutable<RouteAction> = { ...timeouts(route.timeout) };
  const { uriRegexRewrite, uri, authority } = route.rewrite ?? {};
  if (uriRegexRewrite !== undefined) {
    action.regex_rewrite = {
      pattern: { regex: uriRegexRewrite.match ?? '' },
      ...(uriRegexRewrite.rewrite && { substitution: uriRegexRewrite.rewrite }),
    };
  } else if (uri) action.prefix_rewrite = uri;
  const host = authority || headers.authority;
  if (host) action.host_rewrite_literal = host;

  const mirrors = mirrorPolicies(route, context);
  if (mirrors.length > 0) action.request_mirror_policies = mirrors;

  let mutations = headers.mutations;
  let hashed = false;
  const destinations = route.route ?? [];
  const [single] = destinations;
  if (single !== undefined && destinations.length === 1) {
    const own = planHeaders(single.headers);
    mutations = joinMutations(mutations, own.mutations);
    action.cluster = clusterOf(single, context);
    if (own.authority && !host) action.host_rewrite_literal = own.authority;
    hashed = context.hash(single.destination ?? {}) !== undefined;
  } else {
    action.weighted_clusters = {
      clusters: destinations.filter(d => d.weight).map(d => weightedCluster(d, context)),
    };
  }
  const used = destinations.length === 1 ? destinations : destinations.filter(d => d.weight);
  const hashes = used.flatMap(d => hashPolicy(context.hash(d.destination ?? {})));
  if (hashes.length > 0) action.hash_policy = hashes;
  const retries = retryPolicy(route.retries, hashed);
  if (retries !== undefined) action.retry_policy = retries;
  return { ...mutations, route: action };
}

const clusterOf = ({ destination = {} }: HttpRouteDestination, context: RouteContext): string =>
  destinationCluster(destination, context.service(destination.host ?? ''), context.port);

/** No timeout unless the route has one: Envoy's own default of 15 s never applies. */
export function timeouts(timeout: string | undefined): Pick<RouteAction, 'timeout' | 'max_grpc_timeout'> {
  const text = timeout === undefined || nanoseconds(timeout) === 0 ? '0s' : protoDuration(timeout);
  return { timeout: text, max_grpc_timeout: text };
}

function weightedCluster(destination: HttpRouteDestination, context: RouteContext): ClusterWeight {
  const { mutations, authority } = planHeaders(destination.headers);
  return {
    name: clusterOf(destination, context),
    weight: destination.weight ?? 0,
    ...mutations,
    ...(authority && { host_rewrite_literal: authority }),
  };
}

function mirrorPolicies(route: HttpRoute, context: RouteContext): MirrorPolicy[] {
  const out: MirrorPolicy[] = [];
  const add = (destination: Destination, fraction: ReturnType<typeof millionths> | undefined): void => {
    if (fraction === undefined) return;
    out.push({
      cluster: destinationCluster(destination, context.service(destination.host ?? ''), context.port),
      runtime_fraction: { default_value: fraction },
      trace_sampled: false,
      // The mirror gets the original Host; up to 1.28, '-shadow' was appended.
      disable_shadow_host_suffix_append: true,
    });
  };
  // 0 % means no mirror, no percentage means all requests.
  if (route.mirror !== undefined) {
    const { mirrorPercentage: exact, mirror_percent, mirrorPercent: old = mirror_percent } = route;
    if (exact !== undefined) add(route.mirror, (exact.value ?? 0) > 0 ? millionths(exact) : undefined);
    else add(route.mirror, old === 0 ? undefined : hundredths(old ?? 100));
  }
  for (const { destination, percentage } of route.mirrors ?? []) {
    if (destination === undefined) continue;
    if (percentage === undefined) add(destination, hundredths(100));
    else add(destination, (percentage.value ?? 0) > 0 ? millionths(percentage) : undefined);
  }
  return out;
}

const REDIRECT_CODES: Readonly<Record<number, RedirectAction['response_code']>> = {
  302: 'FOUND',
  303: 'SEE_OTHER',
  307: 'TEMPORARY_REDIRECT',
  308: 'PERMANENT_REDIRECT',
};

type Redirect = NonNullable<HttpRoute['redirect']>;

/** Undefined for a code that Envoy does not have: the route then has no action. */
function redirectAction(redirect: Redirect, port: number): RedirectAction | undefined {
  const { redirectCode = 0, scheme, authority, prefixRewrite } = redirect;
  const code = REDIRECT_CODES[redirectCode];
  if (code === undefined && redirectCode !== 0 && redirectCode !== 301) return undefined;
  // On a known port Istio writes the port out, unless it is the scheme's default.
  let to = redirect.port ?? (redirect.derivePort === 'FROM_REQUEST_PORT' ? port : 0);
  if (to === ((scheme || 'http') === 'https' ? 443 : (scheme || 'http') === 'http' ? 80 : 0)) to = 0;
  return {
    ...(authority && { host_redirect: authority }),
    ...(prefixRewrite ? { prefix_rewrite: prefixRewrite } : { path_redirect: redirect.uri ?? '' }),
    ...(scheme && { scheme_redirect: scheme }),
    ...(to && { port_redirect: to }),
    ...(code && { response_code: code }),
  };
}

function directResponse(
  answer: NonNullable<HttpRoute['directResponse']>,
): NonNullable<Route['direct_response']> {
  const { status = 0, body } = answer;
  return {
    status,
    ...(body?.string !== undefined && { body: { inline_string: body.string } }),
    ...(body?.bytes !== undefined && { body: { inline_bytes: body.bytes } }),
  };
}
