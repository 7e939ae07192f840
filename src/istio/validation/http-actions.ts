/**
 * What an HTTP route does with a request besides forwarding it. Source: pkg/config/validation/validation.go
 * (validateCORSPolicy, validateHTTPFaultInjection, validateHTTPRetry, validateHTTPRedirect, ...).
 */
import { parseDuration } from '../duration.ts';
import { goFloat, goQuote } from '../go-text.ts';
import type { CorsPolicy, HttpFault, HttpRoute, Percent } from '../types.ts';
import { checkDestination } from './destination.ts';
import { durationProblem } from './durations.ts';
import { corsHeaderNameProblem } from './headers.ts';
import { portProblem } from './names.ts';
import type { ProblemText, Report } from './report.ts';
import { regexMatchProblem, regexProblem } from './string-match.ts';

const CORS_METHODS = new Set('GET HEAD POST PUT PATCH DELETE CONNECT OPTIONS TRACE *'.split(' '));

export function checkCors(policy: CorsPolicy | undefined, report: Report): void {
  if (policy === undefined) return;
  for (const origin of policy.allowOrigins ?? []) {
    const text = origin.exact ?? origin.prefix ?? origin.regex ?? '';
    report.error(
      text === ''
        ? "'' is not a valid match type for CORS allow origins"
        : regexMatchProblem(origin, 'corsPolicy.allowOrigins'),
    );
  }
  for (const method of policy.allowMethods ?? []) {
    if (!CORS_METHODS.has(method)) report.error(`${goQuote(method)} is not a supported HTTP method`);
  }
  for (const name of policy.allowHeaders ?? []) report.error(corsHeaderNameProblem(name));
  for (const name of policy.exposeHeaders ?? []) report.error(corsHeaderNameProblem(name));
  if (policy.maxAge === undefined) return;
  report.error(durationProblem(policy.maxAge));
  if ((parseDuration(policy.maxAge) ?? 0) % 1e9 > 0) {
    report.errorInList('max_age duration is accurate only to seconds precision');
  }
}

const GRPC_STATUS = new Set(
  'OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED'.split(
    ' ',
  ),
);

export function checkFault(fault: HttpFault | undefined, report: Report): void {
  if (fault === undefined) return;
  if (fault.abort === undefined && fault.delay === undefined) {
    report.errorInList('HTTP fault injection must have an abort and/or a delay');
  }
  // Istio loses a warning about the abort on the way (appendErrors).
  report.errorsOf(inner => checkAbort(fault.abort, inner));
  const delay = fault.delay;
  report.error(percentageProblem(delay?.percentage));
  report.error(durationProblem(delay?.fixedDelay ?? delay?.exponentialDelay));
  if (delay?.exponentialDelay !== undefined) report.errorInList('exponentialDelay not supported yet');
}

function checkAbort(abort: HttpFault['abort'], report: Report): void {
  if (abort === undefined) return;
  report.error(percentageProblem(abort.percentage));
  if (abort.http2Error !== undefined) report.error('HTTP/2 abort fault injection not supported yet');
  if (abort.httpStatus !== undefined) report.error(statusProblem(abort.httpStatus));
  if (abort.grpcStatus !== undefined && !GRPC_STATUS.has(abort.grpcStatus)) {
    report.error(
      `gRPC status ${goQuote(abort.grpcStatus)} is not supported. See https://github.com/grpc/grpc/blob/master/doc/statuscodes.md for a list of supported codes, for example 'NOT_FOUND'`,
    );
  }
}

const statusProblem = (status: number): ProblemText =>
  status < 200 || status > 600 ? `HTTP status ${status} is not in range 200-599` : null;

function percentageProblem(percentage: Percent | undefined): ProblemText {
  const value = percentage?.value ?? 0;
  if (value === 0 || (value >= 0.0001 && value <= 100)) return null;
  return `percentage ${goFloat(value)} is neither 0.0, nor in range [0.0001, 100.0]`;
}

/** Checks mirror, both spellings of its percentage, and mirrors. `%f` has six decimals. */
export function checkMirrors(route: HttpRoute, report: Report): void {
  const percent = route.mirrorPercent ?? route.mirror_percent;
  if (percent !== undefined) {
    if (percent > 100) report.error(`mirror_percent must have a max value of 100 (it has ${percent})`);
    report.warn('using deprecated setting "mirrorPercent", use "mirrorPercentage" instead');
  }
  report.error(...mirrorPercentageProblems(route.mirrorPercentage, 'mirror_percentage'));
  checkDestination(route.mirror, report);
  for (const { destination, percentage } of route.mirrors ?? []) {
    if (destination === undefined) {
      report.error('destination is required for mirrors');
      continue;
    }
    checkDestination(destination, report);
    report.error(...mirrorPercentageProblems(percentage, 'mirror percentage'));
  }
}

function mirrorPercentageProblems(percentage: Percent | undefined, name: string): ProblemText[] {
  const value = percentage?.value ?? 0;
  const has = `(it has ${value.toFixed(6)})`;
  if (value > 100) return [`${name} must have a max value of 100 ${has}`];
  return value < 0 ? [`${name} must have a min value of 0 ${has}`] : [];
}

export function redirectProblem(route: HttpRoute): ProblemText {
  const redirect = route.redirect;
  if (redirect === undefined) return null;
  if (redirect.uri && redirect.prefixRewrite) return 'redirect may only specify one of uri or prefix_rewrite';
  const otherUri = (route.match ?? []).some(({ uri }) => uri !== undefined && uri.prefix === undefined);
  if (redirect.prefixRewrite && otherUri) {
    return 'redirect prefix_rewrite requires all URI matches to use prefix match type';
  }
  const target = redirect.uri || redirect.prefixRewrite || redirect.authority || redirect.scheme;
  if (!target && redirect.port === undefined && redirect.derivePort === undefined) {
    return 'redirect must specify URI, authority, scheme, or port';
  }
  const code = redirect.redirectCode ?? 0;
  if (code !== 0 && (code < 300 || code > 399)) return `${code} is not a valid redirect code, must be 3xx`;
  if (!['', 'http', 'https'].includes(redirect.scheme ?? '')) {
    return 'invalid redirect scheme, must be "http" or "https"';
  }
  return redirect.port ? portProblem(redirect.port) : null;
}

export function checkDirectResponse(response: HttpRoute['directResponse'], report: Report): void {
  if (response === undefined) return;
  const { string, bytes } = response.body ?? {};
  const size = string !== undefined ? Buffer.byteLength(string) : Buffer.from(bytes ?? '', 'base64').length;
  const text = 'large direct_responses may impact control plane performance';
  if (size > 1024 * 1024) report.error(`${text}, must be less than 1MB`);
  else if (size > 100 * 1024) report.warn(text);
  report.error(statusProblem(response.status ?? 0));
}

const RETRY_ON = new Set(
  '5xx gateway-error reset reset-before-request connect-failure retriable-4xx refused-stream retriable-status-codes retriable-headers envoy-ratelimited http3-post-connect-failure cancelled deadline-exceeded internal resource-exhausted unavailable'.split(
    ' ',
  ),
);

export function checkRetries(retries: HttpRoute['retries'], report: Report): void {
  if (retries === undefined) return;
  const attempts = retries.attempts ?? 0;
  if (attempts < 0) report.errorInList('attempts cannot be negative');
  const configured =
    retries.perTryTimeout !== undefined || retries.retryOn || retries.retryRemoteLocalities !== undefined;
  if (attempts === 0 && configured) {
    report.error('http retry policy configured when attempts are set to 0 (disabled)');
  }
  report.error(durationProblem(retries.perTryTimeout));
  for (const policy of retries.retryOn ? retries.retryOn.split(',') : []) {
    if (!RETRY_ON.has(policy) && !isHttpStatus(policy)) {
      report.error(`${goQuote(policy)} is not a valid retryOn policy`);
    }
  }
  report.error(durationProblem(retries.backoff));
}

/** Codes that have a text in Go. Source: net/http/status.go. */
function isHttpStatus(text: string): boolean {
  if (!/^[-+]?\d+$/.test(text)) return false;
  const code = Number(text);
  const ranges: readonly (readonly [number, number])[] = [
    [100, 103],
    [200, 208],
    [226, 226],
    [300, 305],
    [307, 308],
    [400, 418],
    [421, 426],
    [428, 429],
    [431, 431],
    [451, 451],
    [500, 508],
    [510, 511],
  ];
  return ranges.some(([low, high]) => code >= low && code <= high);
}

export function rewriteProblem(rewrite: HttpRoute['rewrite']): ProblemText {
  if (rewrite === undefined) return null;
  const regex = rewrite.uriRegexRewrite;
  if (rewrite.uri && regex !== undefined) return 'rewrite may only contain one of URI or UriRegexRewrite';
  if (!rewrite.uri && regex === undefined && !rewrite.authority) {
    return 'rewrite must specify at least one of URI, UriRegexRewrite, or authority. Only one of URI or UriRegexRewrite may be specified';
  }
  if (regex === undefined) return null;
  const problem =
    !regex.match || !regex.rewrite
      ? 'UriRegexRewrite requires both Rewrite and Match fields to be specified'
      : regexProblem(regex.match, 'HTTPRewrite.UriRegexRewrite.Match');
  return problem === null ? null : `UriRegexRewrite has errors\n${problem}`;
}
