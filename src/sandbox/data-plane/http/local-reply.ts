/**
 * Answers that the proxy makes itself: their texts and details.
 * Source: envoyproxy/envoy source/common/router/router.cc (onUpstreamReset, onUpstreamTimeoutAbort) and
 * envoy/stream_info/stream_info.h (ResponseCodeDetails).
 */
import type { ResponseFlag } from '../access-log/stream-info.ts';
import type { UpstreamFailure, UpstreamResponse } from '../contract.ts';
import type { Header } from './headers.ts';

export interface LocalReply {
  readonly status: number;
  /** '' for none. */
  readonly body: string;
  readonly details: string;
  readonly flag?: ResponseFlag;
  readonly headers?: readonly Header[];
  /** Added after the route's header operations. */
  readonly lateHeaders?: readonly Header[];
  /** The route's header operations do not apply. */
  readonly untouched?: boolean;
  /** For callers that speak gRPC; if left out, derived from the HTTP status. */
  readonly grpcStatus?: number | undefined;
}

export const ROUTE_NOT_FOUND: LocalReply = { status: 404, body: '', details: 'route_not_found', flag: 'NR' };
export const CLUSTER_NOT_FOUND: LocalReply = {
  status: 503,
  body: '',
  details: 'cluster_not_found',
  flag: 'NC',
};
export const UPGRADE_FAILED: LocalReply = { status: 403, body: '', details: 'upgrade_failed' };
export const MISSING_HOST: LocalReply = {
  status: 400,
  body: '',
  details: 'missing_host_header',
};
export const PATH_REJECTED: LocalReply = { status: 404, body: '', details: 'absolute_path_rejected' };
export const PATH_NOT_NORMAL: LocalReply = { status: 400, body: '', details: 'path_normalization_failed' };
export const BUFFER_EXCEEDED: LocalReply = {
  status: 507,
  body: 'exceeded request buffer limit while retrying upstream',
  details: 'request_payload_exceeded_retry_buffer_limit',
};

/**
 * The answer to an upgrade that the upstream neither took up nor refused: only its status and Location are passed on.
 */
export function handshakeReply({
  status,
  headers,
}: Pick<UpstreamResponse, 'status' | 'headers'>): LocalReply {
  const location = headers.filter(([name]) => name === 'location');
  return { status, body: '', details: 'websocket_handshake_unsuccessful', lateHeaders: location };
}

export function timeoutReply(which: 'response_timeout' | 'upstream_per_try_timeout'): LocalReply {
  return { status: 504, body: 'upstream request timeout', details: which, flag: 'UT' };
}

export function isGrpc(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/grpc($|\+|;)/.test(contentType);
}

const GRPC_OF_HTTP: Readonly<Record<number, number>> = {
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  429: 14,
  502: 14,
  503: 14,
  504: 14,
};

/**
 * A reply in gRPC's form: status and message are headers. Source: source/common/http/utility.cc (prepareLocalReply).
 */
export function grpcHeaders(reply: LocalReply): readonly Header[] {
  const status = reply.grpcStatus ?? GRPC_OF_HTTP[reply.status] ?? 2;
  const headers: Header[] = [
    ['content-type', 'application/grpc'],
    ['grpc-status', String(status)],
  ];
  if (reply.body !== '') headers.push(['grpc-message', encodeURI(reply.body).replaceAll('%20', ' ')]);
  return headers;
}

/** For a try that failed and is not followed by another. `retried`: it was not the first. */
export function failureReply(failure: UpstreamFailure, retried: boolean): LocalReply {
  if (failure.flag === 'UH')
    return { status: 503, body: 'no healthy upstream', details: 'no_healthy_upstream', flag: 'UH' };
  const latest = retried ? 'retried and the latest ' : '';
  return {
    status: failure.flag === 'UPE' ? 502 : 503,
    // The transport's words appear only in the details: a client does not see them (the recordings' 121 bytes).
    body: `upstream connect error or disconnect/reset before headers. ${latest}reset reason: ${failure.reason}`,
    details: resetDetails('before', failure.reason, failure.transportFailure),
    flag: failure.flag,
    ...(failure.flag === 'UO' ? { lateHeaders: [['x-envoy-overloaded', 'true']] } : {}),
  };
}

/** 'upstream_reset_before_response_started{connection_termination}' */
export function resetDetails(when: 'before' | 'after', reason: string, transportFailure = ''): string {
  const tail = transportFailure === '' ? '' : `|${transportFailure}`;
  return `upstream_reset_${when}_response_started{${reason}${tail}}`;
}
