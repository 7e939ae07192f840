/** What the route does with a request: one step, its parts given as facts. */
import type {
  FractionalPercent,
  HeaderMutations,
  HttpFault,
  RetryPolicy,
  Route,
  RouteAction,
} from './config.ts';
import { fraction, redirectLocation, redirectStatus, rewrittenPath, seconds } from './match-action.ts';
import type { RequestHead } from './match-route.ts';
import type { Fact, TraceStep } from './trace-types.ts';

/** istiod's names for its own last routes. Source: pilot/pkg/networking/core/httproute.go, buildCatchAllVirtualHost. */
const BLOCK_ALL = 'block_all';
const ALLOW_ANY = 'allow_any';
const UNKNOWN_BLOCKED = 'the mesh does not know this host, and lets only what it knows out (REGISTRY_ONLY)';
const UNKNOWN_ALLOWED = 'the mesh does not know this host, and lets it pass (ALLOW_ANY)';

export function actionStep(route: Route, request: RequestHead): TraceStep {
  const base = { kind: 'action', passedOver: [] } as const;
  const before = [...faultFacts(faultOf(route)), ...corsFacts(route)];
  if (route.direct_response !== undefined) {
    const { status, body } = route.direct_response;
    const text = body?.inline_string;
    const facts = text === undefined ? before : [...before, { name: 'body', value: text }];
    return {
      ...base,
      name: `answer ${status}`,
      because:
        route.name === BLOCK_ALL ? UNKNOWN_BLOCKED : 'the sidecar answers by itself; nothing leaves the pod',
      facts,
    };
  }
  if (route.redirect !== undefined) {
    const location = redirectLocation(route.redirect, request, route.match);
    const name = `redirect ${redirectStatus(route.redirect)}`;
    const because = 'the sidecar tells the app to call another URL; nothing leaves the pod';
    return { ...base, name, because, facts: [...before, { name: 'location', value: location }] };
  }
  const action = route.route ?? {};
  return {
    ...base,
    ...target(action),
    ...(route.name === ALLOW_ANY ? { because: UNKNOWN_ALLOWED } : {}),
    facts: [
      ...before,
      ...shareFacts(action),
      ...rewriteFacts(action, route, request),
      ...headerFacts(route),
      ...timeFacts(action),
      ...retryFacts(action.retry_policy),
      ...mirrorFacts(action),
    ],
  };
}

export function sharesOf(
  clusters: readonly { readonly name: string; readonly weight?: number }[],
): { name: string; share: number }[] {
  const total = clusters.reduce((sum, one) => sum + (one.weight ?? 0), 0);
  return clusters.map(one => ({ name: one.name, share: total === 0 ? 0 : (one.weight ?? 0) / total }));
}

/** The status with which a fault answers every request; null: there is none, or it does not answer every one. */
export function certainAbort(route: Route): number | null {
  const abort = faultOf(route)?.abort;
  if (abort?.http_status === undefined || share(abort.percentage) < 1) return null;
  return abort.http_status;
}

export function percent(value: number): string {
  return `${Number((value * 100).toFixed(2))} %`;
}

function share(percentage: FractionalPercent | undefined): number {
  return percentage === undefined ? 0 : fraction(percentage);
}

function faultOf(route: Route): HttpFault | undefined {
  return route.typed_per_filter_config?.['envoy.filters.http.fault'];
}

function target(action: RouteAction): { name: string; because: string } {
  if (action.weighted_clusters === undefined)
    return { name: `send it to ${action.cluster ?? ''}`, because: '' };
  return { name: 'send it to one of several', because: 'each request anew, by weight' };
}

function shareFacts(action: RouteAction): Fact[] {
  return sharesOf(action.weighted_clusters?.clusters ?? []).map(one => ({
    name: percent(one.share),
    value: one.name,
  }));
}

function faultFacts(fault: HttpFault | undefined): Fact[] {
  const facts: Fact[] = [];
  const add = (value: string, percentage: FractionalPercent | undefined) => {
    const part = share(percentage);
    facts.push({
      name: 'fault',
      value:
        part === 0 ? `${value}, for 0 %: it never happens` : `${value}, for ${percent(part)} of requests`,
    });
  };
  if (fault?.delay !== undefined)
    add(`waits ${duration(fault.delay.fixed_delay)} first`, fault.delay.percentage);
  if (fault?.abort !== undefined) {
    const { http_status, grpc_status } = fault.abort;
    add(`answers ${http_status ?? `gRPC ${grpc_status ?? ''}`} itself`, fault.abort.percentage);
  }
  return facts;
}

function corsFacts(route: Route): Fact[] {
  const cors = route.typed_per_filter_config?.['envoy.filters.http.cors'];
  return cors === undefined ? [] : [{ name: 'CORS', value: 'answers preflight requests of browsers itself' }];
}

function rewriteFacts(action: RouteAction, route: Route, request: RequestHead): Fact[] {
  const facts: Fact[] = [];
  const path = rewrittenPath(action, route.match, request.path);
  if (path !== null && path !== request.path)
    facts.push({ name: 'path', value: `${request.path} becomes ${path}` });
  if (action.host_rewrite_literal !== undefined) {
    facts.push({ name: 'host', value: `${request.authority} becomes ${action.host_rewrite_literal}` });
  }
  return facts;
}

function headerFacts(from: HeaderMutations): Fact[] {
  const set = (from.request_headers_to_add ?? []).map(({ header }) => `${header.key}: ${header.value ?? ''}`);
  const gone = from.request_headers_to_remove ?? [];
  const answer = (from.response_headers_to_add ?? []).map(
    ({ header }) => `${header.key}: ${header.value ?? ''}`,
  );
  const answerGone = from.response_headers_to_remove ?? [];
  return [
    ...set.map(value => ({ name: 'adds header', value })),
    ...gone.map(value => ({ name: 'drops header', value })),
    ...answer.map(value => ({ name: 'adds to the answer', value })),
    ...answerGone.map(value => ({ name: 'drops from the answer', value })),
  ];
}

function timeFacts(action: RouteAction): Fact[] {
  const { timeout } = action;
  if (timeout === undefined || seconds(timeout) === 0) return [{ name: 'timeout', value: 'none' }];
  return [{ name: 'timeout', value: `${duration(timeout)} for all tries together (504, flag UT)` }];
}

function retryFacts(policy: RetryPolicy | undefined): Fact[] {
  const times = policy === undefined ? 0 : (policy.num_retries ?? 1);
  if (policy === undefined || times === 0) return [{ name: 'retries', value: 'none' }];
  const codes = policy.retriable_status_codes ?? [];
  const on = (policy.retry_on ?? '')
    .split(',')
    .filter(one => one !== '' && (one !== 'retriable-status-codes' || codes.length > 0))
    .map(one => (one === 'retriable-status-codes' ? `status ${codes.join(' or ')}` : one));
  const each =
    policy.per_try_timeout === undefined ? '' : `, each try at most ${duration(policy.per_try_timeout)}`;
  const answers = on.some(one => ['5xx', 'gateway-error', 'retriable-4xx'].includes(one)) || codes.length > 0;
  return [
    { name: 'retries', value: `up to ${times} on ${on.join(', ')}${each}` },
    ...(answers ? [] : [{ name: 'not retried', value: 'what the server itself answers, a 503 too' }]),
  ];
}

function mirrorFacts(action: RouteAction): Fact[] {
  return (action.request_mirror_policies ?? []).map(mirror => {
    // Without a fraction Envoy mirrors every request.
    const part = mirror.runtime_fraction === undefined ? 1 : share(mirror.runtime_fraction.default_value);
    return {
      name: 'mirror',
      value: `a copy of ${percent(part)} goes to ${mirror.cluster}; its answer is dropped`,
    };
  });
}

function duration(text: string | undefined): string {
  return text === undefined ? '0 s' : `${seconds(text)} s`;
}
