/**
 * What the connection manager does to a request's headers before it is routed: hop-by-hop and internal ones are
 * removed, x-forwarded-proto and x-request-id are added.
 * Source: envoyproxy/envoy source/common/http/conn_manager_utility.cc (mutateRequestHeaders), for a sidecar's outbound
 * listener: use_remote_address false, no internal addresses configured, so every request counts as external.
 * Left out: trace identifiers (the lab samples one in a hundred requests and sends them nowhere), peer metadata.
 */
import { randomUUID } from 'node:crypto';
import type { Address } from '../../rooms.ts';
import { type HeaderList, hasHeader, headerOf } from './headers.ts';

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** Instructions to Envoy that only a caller inside the mesh may give. */
const INTERNAL = new Set([
  'x-envoy-internal',
  'x-envoy-retry-on',
  'x-envoy-retry-grpc-on',
  'x-envoy-max-retries',
  'x-envoy-upstream-alt-stat-name',
  'x-envoy-upstream-rq-timeout-ms',
  'x-envoy-upstream-rq-per-try-timeout-ms',
  'x-envoy-upstream-rq-timeout-alt-response',
  'x-envoy-expected-rq-timeout-ms',
  'x-envoy-force-trace',
  'x-envoy-ip-tags',
  'x-envoy-original-url',
  'x-envoy-hedge-on-per-try-timeout',
  'x-envoy-retriable-status-codes',
  'x-envoy-retriable-header-names',
]);

/** What an upgrade keeps: the next hop is in turn asked for the other protocol. */
const OF_UPGRADE = new Set(['connection', 'upgrade']);

/** The headers as they are sent on; a new list. */
export function mutatedRequestHeaders(received: HeaderList, upgrades = false): HeaderList {
  const nominated = nominatedHeaders(headerOf(received, 'connection'));
  const headers = received.filter(
    ([name, value]) =>
      (upgrades && OF_UPGRADE.has(name)) ||
      (!HOP_BY_HOP.has(name) &&
        !INTERNAL.has(name) &&
        !nominated.includes(name) &&
        (name !== 'te' || /\btrailers\b/i.test(value))),
  );
  if (!hasHeader(headers, 'x-forwarded-proto')) headers.push(['x-forwarded-proto', 'http']);
  if (!hasHeader(headers, 'x-request-id')) headers.push(['x-request-id', randomUUID()]);
  return headers;
}

/** Headers that a Connection header declares to be hop-by-hop. */
function nominatedHeaders(connection: string | undefined): readonly string[] {
  if (connection === undefined) return [];
  return connection
    .toLowerCase()
    .split(',')
    .map(word => word.trim())
    .filter(word => word !== 'te');
}

/**
 * The last address in x-forwarded-for, which the log then names as the peer (its port is not known: 0); null for none.
 */
export function forwardedRemote(headers: HeaderList): Address | null {
  const last = headerOf(headers, 'x-forwarded-for')?.split(',').at(-1)?.trim() ?? '';
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(last) || (last.includes(':') && /^[0-9a-f:.]+$/i.test(last))
    ? { ip: last, port: 0 }
    : null;
}
