/**
 * RESPONSE_CODE_DETAILS: who gave the answer, in the sidecar's words. The flag says what went wrong; this says
 * how the status came about, also when nothing is wrong. Source: envoy/envoy/stream_info/stream_info.h and
 * Envoy's documentation, "Response code details".
 */
export interface ResponseDetail {
  readonly sentence: string;
  /** The API gave the answer (false: the sidecar made it up itself). */
  readonly fromApi: boolean;
}

const DETAILS: Readonly<Record<string, ResponseDetail>> = {
  via_upstream: said("The answer is the API's own.", true),
  direct_response: said('The route holds this answer itself; the API was not asked.'),
  route_not_found: said('The host is known, but none of its routes matches this request.'),
  route_configuration_not_found: said('The sidecar has no route configuration for this port yet.'),
  cluster_not_found: said('The route names a cluster that this sidecar does not have.'),
  no_healthy_upstream: said('The cluster has no healthy endpoint to send it to.'),
  maintenance_mode: said('The cluster is set to refuse calls.'),
  upstream_reset_before_response_started: said(
    'The connection to the API failed before any answer had begun.',
  ),
  upstream_reset_after_response_started: said('The connection to the API broke in the middle of its answer.'),
  upstream_response_timeout: said("The route's timeout ran out before the API answered."),
  response_timeout: said("The route's timeout ran out before the API answered."),
  upstream_per_try_timeout: said('The last try ran into perTryTimeout.'),
  upstream_per_try_idle_timeout: said('Nothing moved on the last try for too long.'),
  upstream_max_stream_duration_reached: said(
    'The request took longer than the longest time allowed for one.',
  ),
  fault_filter_abort: said('A fault rule gave this answer; the API was not asked.'),
  filter_chain_not_found: said('No filter chain of the listener fits this connection.'),
  downstream_remote_disconnect: said('The app hung up before the answer was complete.'),
  cors_response: said("It answered the browser's CORS question from the route's corsPolicy."),
  internal_redirect: said('The sidecar followed a redirect by itself.', true),
  stream_idle_timeout: said('Nothing moved on this request for too long.'),
  max_duration_timeout: said('The connection has been open for too long.'),
  duration_timeout: said('The connection has been open for too long.'),
  request_overall_timeout: said('The request was not complete in time.'),
  request_header_timeout: said("The request's headers were not complete in time."),
  downstream_header_timeout: said("The request's headers were not complete in time."),
  request_payload_too_large: said('The request is larger than the sidecar holds.'),
  request_payload_exceeded_retry_buffer_limit: said('The request is too large to be kept for a retry.'),
  response_payload_too_large: said('The answer is larger than the sidecar holds.'),
  missing_host_header: said('The request has no Host header.'),
  missing_path_rejected: said('The request has no path.'),
  invalid_path: said("The request's path is not valid."),
  path_normalization_failed: said("The request's path is not valid."),
  absolute_path_rejected: said('The request names a whole URL where only a path is allowed.'),
  low_version: said('The request is HTTP/1.0 or older, which the sidecar does not take.'),
  upgrade_failed: said('The request asks for a protocol upgrade that is not allowed.'),
  request_headers_failed_strict_check: said('An x-envoy header of the request is not valid.'),
  overload: said('The sidecar is overloaded.'),
  drop_overload: said('The cluster is set to drop a part of its calls.'),
  unconditional_drop_overload: said('The cluster is set to drop all calls.'),
  local_rate_limited: said('A rate limit in the sidecar refused the call.'),
  request_rate_limited: said('A rate limit refused the call.'),
  ext_authz_denied: said('The external authorization service denied the call.'),
  rbac_access_denied_matched_policy: said('An AuthorizationPolicy denied the call.'),
};

/** The entry for a logged value, or null; what is in braces is ignored ('upstream_reset_...{overflow}'). */
export function responseDetail(logged: string): ResponseDetail | null {
  const name = /^[a-z_]+/.exec(logged)?.[0];
  return (name === undefined ? undefined : DETAILS[name]) ?? null;
}

function said(sentence: string, fromApi = false): ResponseDetail {
  return { sentence, fromApi };
}
