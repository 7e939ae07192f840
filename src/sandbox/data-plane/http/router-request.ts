/**
 * What a route changes in a request before it is sent, and how it is then handed to the cluster.
 * Source: envoyproxy/envoy source/common/router/{router,config_impl}.cc (finalizeRequestHeaders); the order of the
 * headers is as recorded.
 */
import type { RouteAction } from '../../../envoy/config.ts';
import { rewrittenPath } from '../../../envoy/match-action.ts';
import type { UpstreamRequest } from '../contract.ts';
import { applyRequestMutations, bytesOf, headerText } from './header-mutations.ts';
import { setHeader } from './headers.ts';
import type { HttpStream } from './http-stream.ts';
import { mutationLevels, type RouteChoice } from './router-choice.ts';

/**
 * Applies what the weighted cluster asks for, then what the route does: header operations, the new host, the new path.
 * So the route's host wins, and its values see the cluster's. Changes the stream itself, because the log shows what was
 * sent.
 */
export function finalizeRequest(stream: HttpStream, choice: RouteChoice, action: RouteAction): void {
  const { headers } = stream;
  const [weighted, ...route] = mutationLevels(choice);
  applyRequestMutations(headers, [weighted], stream.formatContext());
  // Only the route's own rewrite keeps the original host.
  if (choice.weight?.host_rewrite_literal) stream.authority = bytesOf(choice.weight.host_rewrite_literal);
  applyRequestMutations(headers, route, stream.formatContext());
  if (action.host_rewrite_literal) {
    setHeader(headers, 'x-envoy-original-host', stream.authority);
    stream.authority = bytesOf(action.host_rewrite_literal);
  }
  const before = stream.path;
  const after = rewrittenPath(action, choice.route.match, headerText(before));
  if (after !== null) {
    stream.path = bytesOf(after);
    setHeader(headers, 'x-envoy-original-path', before);
  }
}

export function setAttemptCount(stream: HttpStream, choice: RouteChoice, attempt: number): void {
  if (choice.virtualHost.include_request_attempt_count === true)
    setHeader(stream.headers, 'x-envoy-attempt-count', String(attempt));
}

/** Sets the time that the upstream has, in milliseconds: a try's own, or what is left of the whole; 0: unlimited. */
export function setExpectedTimeout(
  stream: HttpStream,
  timeout: number,
  perTryTimeout: number,
  elapsed: number,
): void {
  const expected = perTryTimeout || timeout;
  if (expected === 0) return;
  const value = timeout > 0 ? Math.min(expected, Math.max(1, timeout - elapsed)) : expected;
  setHeader(stream.headers, 'x-envoy-expected-rq-timeout-ms', String(Math.floor(value)));
}

/** The request as a cluster gets it, with its own copy of the headers, which later tries do not change. */
export function upstreamRequest(stream: HttpStream): Omit<UpstreamRequest, 'body'> {
  const { exchange, path, authority } = stream;
  return { method: exchange.method, path, authority, headers: [...stream.headers] };
}
