/**
 * The CORS filter: answers preflight requests itself and adds CORS headers to the answers of others.
 * Source: envoyproxy/envoy source/extensions/filters/http/cors/cors_filter.cc.
 */
import type { CorsPolicy } from '../../../envoy/config.ts';
import { stringMatches } from '../../../envoy/match-route.ts';
import { headerText } from './header-mutations.ts';
import { type Header, type HeaderList, headerOf, setHeader } from './headers.ts';

interface CorsRequest {
  readonly method: string;
  readonly headers: readonly Header[];
}

/** The headers of the answer to a preflight request; null: it is not one, or it goes on to the upstream. */
export function preflightAnswer(policy: CorsPolicy, request: CorsRequest): HeaderList | null {
  const origin = headerOf(request.headers, 'origin');
  const wanted = headerOf(request.headers, 'access-control-request-method');
  if (request.method !== 'OPTIONS' || !origin || !wanted) return null;
  const allowed = isAllowed(policy, origin);
  if (!allowed && (policy.forward_not_matching_preflights ?? true)) return null;
  const answer: HeaderList = [];
  if (allowed) answer.push(['access-control-allow-origin', origin]);
  if (policy.allow_credentials === true) answer.push(['access-control-allow-credentials', 'true']);
  if (policy.allow_methods)
    answer.push([
      'access-control-allow-methods',
      policy.allow_methods === '*' ? wanted : policy.allow_methods,
    ]);
  if (policy.allow_headers) {
    const headers = headerOf(request.headers, 'access-control-request-headers') ?? '';
    answer.push([
      'access-control-allow-headers',
      policy.allow_headers === '*' ? headers : policy.allow_headers,
    ]);
  }
  if (policy.max_age) answer.push(['access-control-max-age', policy.max_age]);
  return answer;
}

/** Adds CORS headers to the answer to a request from an allowed origin. */
export function addCorsHeaders(policy: CorsPolicy, request: CorsRequest, answer: HeaderList): void {
  const origin = headerOf(request.headers, 'origin');
  if (!origin || !isAllowed(policy, origin)) return;
  setHeader(answer, 'access-control-allow-origin', origin);
  if (policy.allow_credentials === true) setHeader(answer, 'access-control-allow-credentials', 'true');
  if (policy.expose_headers) setHeader(answer, 'access-control-expose-headers', policy.expose_headers);
}

/** Whether the policy admits pages from `origin`. A matcher that '*' would satisfy allows every origin. */
export function isAllowed(policy: CorsPolicy, origin: string): boolean {
  return (policy.allow_origin_string_match ?? []).some(
    matcher => stringMatches(matcher, '*') || stringMatches(matcher, headerText(origin)),
  );
}
