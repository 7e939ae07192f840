/** Source: pkg/config/validation/virtualservice.go. The checks are in Istio's order. */
import { goQuote } from '../go-text.ts';
import type { HttpMatchRequest, HttpRoute } from '../types.ts';
import { checkGatewayNames, checkRouteDestinations } from './destination.ts';
import { durationProblem } from './durations.ts';
import { checkHeaders, isAuthority, matchedHeaderNameProblem } from './headers.ts';
import {
  checkCors,
  checkDirectResponse,
  checkFault,
  checkMirrors,
  checkRetries,
  redirectProblem,
  rewriteProblem,
} from './http-actions.ts';
import { checkLabels, isDnsLabel, portProblem } from './names.ts';
import type { ProblemText, Report } from './report.ts';
import { regexMatchProblem, stringMatchProblem } from './string-match.ts';

export interface RouteOptions {
  /** The VirtualService has no hosts: others delegate to it. */
  readonly isDelegate: boolean;
  /** It was made from a Gateway API route. */
  readonly gatewaySemantics: boolean;
}

export function checkHttpRoute(route: HttpRoute, options: RouteOptions, report: Report): void {
  checkConflicts(route, options.isDelegate, report);
  report.errorsOf(inner => checkMatches(route.match ?? [], inner));
  checkHeaders(route.headers, report);
  report.errorsOf(inner => checkCors(route.corsPolicy, inner));
  report.errorsOf(inner => checkFault(route.fault, inner));
  checkMirrors(route, report);
  report.error(redirectProblem(route));
  checkDirectResponse(route.directResponse, report);
  report.errorsOf(inner => checkRetries(route.retries, inner));
  report.error(rewriteProblem(route.rewrite));
  report.error(authorityProblem(route));
  checkRouteDestinations(route.route, options.gatewaySemantics, report);
  report.error(durationProblem(route.timeout));
}

/** A route that delegates (a root) may do nothing itself; any other must do exactly one thing. */
function checkConflicts(route: HttpRoute, isDelegate: boolean, report: Report): void {
  const destinations = route.route ?? [];
  if (!isDelegate && route.delegate !== undefined) {
    const name = route.name ?? '';
    if (route.redirect !== undefined) report.error(`root HTTP route ${name} must not specify redirect`);
    if (destinations.length > 0) report.error(`root HTTP route ${name} must not specify route`);
    return;
  }
  if (isDelegate && route.delegate !== undefined) {
    report.error('delegate HTTP route cannot contain delegate');
  }
  if (route.redirect !== undefined) {
    if (destinations.length > 0) report.error('HTTP route cannot contain both route and redirect');
    if (route.fault !== undefined) report.error('HTTP route cannot contain both fault and redirect');
    if (route.rewrite !== undefined) {
      report.error('HTTP route rule cannot contain both rewrite and redirect');
    }
    if (route.directResponse !== undefined) {
      report.error('HTTP route rule cannot contain both direct_response and redirect');
    }
  } else if (route.directResponse !== undefined) {
    if (destinations.length > 0) report.error('HTTP route cannot contain both route and direct_response');
    if (route.fault !== undefined) report.error('HTTP route cannot contain both fault and direct_response');
    if (route.rewrite !== undefined) {
      report.error('HTTP route rule cannot contain both rewrite and direct_response');
    }
  } else if (destinations.length === 0) {
    report.error('HTTP route, redirect or direct_response is required');
  }
  if (route.mirror !== undefined && (route.mirrors ?? []).length > 0) {
    report.error('HTTP route cannot contain both mirror and mirrors');
  }
}

function checkMatches(matches: readonly HttpMatchRequest[], report: Report): void {
  for (const match of matches) {
    for (const [name, header] of Object.entries(match.headers ?? {})) {
      report.error(matchedHeaderNameProblem(name), stringMatchProblem(header, 'headers'));
    }
    for (const [name, header] of Object.entries(match.withoutHeaders ?? {})) {
      report.error(matchedHeaderNameProblem(name));
      // '*' is not valid RE2; here it means that the header is present.
      if (header.regex !== '*') report.error(stringMatchProblem(header, 'withoutHeaders'));
    }
    report.error(
      regexMatchProblem(match.uri, 'uri'),
      stringMatchProblem(match.scheme, 'scheme'),
      stringMatchProblem(match.method, 'method'),
      stringMatchProblem(match.authority, 'authority'),
    );
    for (const parameter of Object.values(match.queryParams ?? {})) {
      report.error(stringMatchProblem(parameter, 'queryParams'));
    }
  }
  for (const match of matches) {
    if (match.port) report.error(portProblem(match.port));
    checkLabels(match.sourceLabels, report);
    checkGatewayNames(match.gateways, false, report);
    if (match.sourceNamespace && !isDnsLabel(match.sourceNamespace)) {
      report.error(`sourceNamespace match ${match.sourceNamespace} is invalid`);
    }
  }
}

/** The authority may be rewritten in only one place. */
function authorityProblem(route: HttpRoute): ProblemText {
  let current = route.rewrite?.authority ?? '';
  const request = route.headers?.request;
  for (const [name, value] of [
    ...Object.entries(request?.set ?? {}),
    ...Object.entries(request?.add ?? {}),
  ]) {
    if (!isAuthority(name)) continue;
    if (current !== '') {
      return `authority header cannot be set multiple times: have ${goQuote(current)}, attempting to set ${goQuote(value)}`;
    }
    current = value;
  }
  return null;
}
