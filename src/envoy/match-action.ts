/**
 * What a route's action does to a request: its cluster, its path, where a redirect leads; and the units that Envoy's
 * JSON writes as text or fraction. Randomness is passed in.
 * Source: envoyproxy/envoy source/common/router/{config_impl,config_utility}.cc.
 */
import type { FractionalPercent, RedirectAction, RouteAction, RouteMatch } from './config.ts';
import { pathOnly, type RequestHead } from './match-route.ts';
import { replaceRegex } from './regex-work.ts';

/**
 * The action's cluster, or one of its weighted ones; `random` is at least 0 and below 1. '' if the action names none.
 */
export function pickCluster(action: RouteAction, random: number): string {
  const weighted = action.weighted_clusters?.clusters;
  if (weighted === undefined) return action.cluster ?? '';
  const total = weighted.reduce((sum, cluster) => sum + (cluster.weight ?? 0), 0);
  let point = Math.floor(random * total);
  for (const cluster of weighted) {
    point -= cluster.weight ?? 0;
    if (point < 0) return cluster.name;
  }
  return weighted.at(-1)?.name ?? '';
}

type Rewrite = Pick<RouteAction, 'prefix_rewrite' | 'regex_rewrite'>;

/**
 * The path as it is forwarded, with its query. A prefix rewrite replaces what the route matched: the prefix, or the
 * whole path of an exact or regex match. A regex rewrite replaces every match in the path without query.
 * Null: the path stays as it is. That includes a regex rewrite that would leave it empty, which a path cannot be.
 */
export function rewrittenPath(action: Rewrite, match: RouteMatch, path: string): string | null {
  if (action.prefix_rewrite !== undefined && action.prefix_rewrite !== '') {
    const matched = match.prefix ?? match.path_separated_prefix ?? pathOnly(path);
    return action.prefix_rewrite + path.slice(matched.length);
  }
  if (action.regex_rewrite === undefined) return null;
  const plain = pathOnly(path);
  const { pattern, substitution } = action.regex_rewrite;
  const rewritten = replaceRegex(pattern.regex, plain, substitution ?? '');
  return rewritten === '' ? null : rewritten + path.slice(plain.length);
}

/** The Location of a redirect; `match` is its route's. */
export function redirectLocation(redirect: RedirectAction, request: RequestHead, match: RouteMatch): string {
  const scheme = redirect.scheme_redirect || (redirect.https_redirect === true ? 'https' : request.scheme);
  const port = redirect.port_redirect ? `:${redirect.port_redirect}` : '';
  const host = redirect.host_redirect || requestHost(request, scheme, port);
  return `${scheme}://${host}${port}${redirectPath(redirect, request.path, match)}`;
}

/** The status of a redirect: 301 unless it says otherwise. */
export function redirectStatus(redirect: RedirectAction): number {
  switch (redirect.response_code) {
    case 'FOUND':
      return 302;
    case 'SEE_OTHER':
      return 303;
    case 'TEMPORARY_REDIRECT':
      return 307;
    case 'PERMANENT_REDIRECT':
      return 308;
    default:
      return 301;
  }
}

/** The query stays, unless it is to be stripped or the redirect's own path has one. */
function redirectPath(redirect: RedirectAction, path: string, match: RouteMatch): string {
  const replaced = redirect.path_redirect;
  if (replaced?.includes('?')) return replaced.replace(/^(?!\/)/, '/');
  const query = path.includes('?') ? path.slice(path.indexOf('?')) : '';
  // A path without a leading slash gets one: it follows a host.
  const rewritten = replaced ? replaced + query : (rewrittenPath(redirect, match, path) ?? path);
  const target = rewritten.replace(/^(?!\/)/, '/');
  return redirect.strip_query === true ? target.replace(/\?.*$/s, '') : target;
}

/** The authority, without its port if the redirect sets another or changes the scheme whose default it is. */
function requestHost(request: RequestHead, newScheme: string, newPort: string): string {
  const port = /:\d+$/.exec(request.authority)?.[0];
  if (port === undefined) return request.authority;
  const standard = request.scheme === 'https' ? ':443' : ':80';
  const drop = newPort !== '' || (newScheme !== request.scheme && port === standard);
  return drop ? request.authority.slice(0, -port.length) : request.authority;
}

/** 0 to 1; a percentage left out is 0, as in Envoy. */
export function fraction(percent: FractionalPercent): number {
  const of = { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 }[percent.denominator ?? 'HUNDRED'];
  return Math.min(1, (percent.numerator ?? 0) / of);
}

/** '1.5s' -> 1.5. */
export function seconds(duration: string): number {
  return Number(duration.replace(/s$/, ''));
}
