/**
 * What Envoy's '%COMMAND(ARGUMENT)%' stands for in a header value, for a request under way. A sidecar's callers speak
 * plain HTTP, and Istio's own filters are not there: commands for their certificates, for filter state and for dynamic
 * metadata have no value. What is left out is listed in the Warnings (src/istio/modelled.ts).
 * Source: envoyproxy/envoy source/common/formatter/{stream_info_formatter,http_specific_formatter}.cc; checked against
 * a table of what Envoy 1.39.3 printed, test/fixtures/header-formats.json.
 */
import { randomUUID } from 'node:crypto';
import { addressText } from '../../../envoy/endpoint-address.ts';
import type { FormatCommand } from '../../../envoy/format-string.ts';
import type { Address } from '../../rooms.ts';
import type { Header } from '../http/headers.ts';
import type { HttpStream } from '../http/http-stream.ts';
import { httpOf } from '../upstream/upstream-protocol.ts';
import { requestHeader, requestPath, responseHeader } from './format-headers.ts';
import { coalesced, metadataText } from './format-json.ts';
import { formatTime, isoTime } from './format-time.ts';
import { FLAG_NAMES } from './stream-info.ts';

/** An answer's status and headers, as far as they are known. */
export interface FormattedResponse {
  readonly status: number;
  readonly headers: readonly Header[];
}

interface Formatted {
  readonly stream: HttpStream;
  /** Null: the request itself is being sent on. */
  readonly response: FormattedResponse | null;
}

type Value = string | null;
type Command = (from: Formatted, argument: string) => Value | undefined;

/** Null: it has no value now. */
export function commandValue(from: Formatted, { command, argument }: FormatCommand): Value {
  if (EMPTY.test(command) || !Object.hasOwn(COMMANDS, command)) return null;
  return COMMANDS[command]?.(from, argument) ?? null;
}

/** Commands that have no value in a client's sidecar, or never one in a header. */
const EMPTY = new RegExp(
  `^(?:${[
    'DOWNSTREAM_(?:LOCAL|PEER)_(?:URI_SAN|DNS_SAN|IP_SAN|EMAIL_SAN|OTHERNAME_SAN|SUBJECT|ISSUER|SERIAL)',
    'DOWNSTREAM_PEER_(?:FINGERPRINT_(?:256|1)|CHAIN_FINGERPRINTS_(?:256|1)|CHAIN_SERIALS|CERT|CERT_V_START|CERT_V_END)',
    'DOWNSTREAM_PEER_ISSUER_(?:SERIAL|FINGERPRINT_256)',
    'DOWNSTREAM_TLS_(?:CIPHER|VERSION|SESSION_ID|GROUP)|TLS_JA[34]_FINGERPRINT',
    'DOWNSTREAM_(?:DIRECT_)?LOCAL_ADDRESS_ENDPOINT_ID|DOWNSTREAM_TRANSPORT_FAILURE_REASON',
    'DOWNSTREAM_HANDSHAKE_DURATION|ROUNDTRIP_DURATION|RESPONSE_TX_DURATION',
    'UPSTREAM_(?:PEER|LOCAL)_(?:URI_SAN|DNS_SAN|IP_SAN)|UPSTREAM_PEER_(?:SUBJECT|ISSUER|CERT|CERT_V_START|CERT_V_END)',
    'UPSTREAM_TLS_(?:CIPHER|VERSION|SESSION_ID|GROUP)|UPSTREAM_SERVER_NAME',
    '(?:UPSTREAM|DOWNSTREAM)_LOCAL_CLOSE_REASON|CONNECTION_TERMINATION_DETAILS',
    'DYNAMIC_METADATA|FILTER_STATE|UPSTREAM_FILTER_STATE|PER_REQUEST_STATE',
    'VIRTUAL_CLUSTER_NAME|FILTER_CHAIN_NAME|LOCAL_REPLY_BODY|CUSTOM_FLAGS|TRACE_ID|SPAN_ID',
    'TRAILER|RESPONSE_TRAILER|GRPC_STATUS|GRPC_STATUS_NUMBER|CEL',
  ].join('|')})$`,
);

const atTime = (micros: number, argument: string, otherwise: string): string =>
  formatTime(argument === '' ? otherwise : argument, micros);
const ISO = '%Y-%m-%dT%H:%M:%E3SZ';
const ISO_LOCAL = '%Y-%m-%dT%H:%M:%E3S%z';
const now = (): number => Date.now() * 1000;

const host = ({ stream }: Formatted) => stream.info.host;
const local = ({ stream }: Formatted) => stream.info.upstreamLocal;
const hostName = (from: Formatted) => host(from)?.hostname || address(host(from)?.address);
const upstreamProtocol = ({ stream: { info, exchange } }: Formatted) =>
  info.clusterConfig && httpOf(info.clusterConfig, exchange.protocol);
/** Hosts that a connection was made to; of several tries, the last one's. */
const attempted = (from: Formatted) => (local(from) === undefined ? undefined : host(from));
const withoutPort = (name: string | undefined) => name?.replace(/:\d+$/, '');

const COMMANDS: Readonly<Record<string, Command>> = {
  START_TIME: ({ stream }, format) =>
    format === '' ? isoTime(stream.info.startMicros) : formatTime(format, stream.info.startMicros),
  START_TIME_LOCAL: ({ stream }, format) => atTime(stream.info.startMicros, format, ISO_LOCAL),
  EMIT_TIME: (_, format) => atTime(now(), format, ISO),
  EMIT_TIME_LOCAL: (_, format) => atTime(now(), format, ISO_LOCAL),

  REQ: ({ stream }, names) => requestHeader(stream, names),
  REQUEST_HEADER: ({ stream }, names) => requestHeader(stream, names),
  RESP: ({ response }, names) => responseHeader(response, names),
  RESPONSE_HEADER: ({ response }, names) => responseHeader(response, names),
  PATH: ({ stream }, argument) => requestPath(stream, argument),
  QUERY_PARAM: ({ stream }, name) => decoded(query(stream)?.get(name)),
  QUERY_PARAMS: ({ stream }) => requestPath(stream, 'WQ').split('?')[1],
  REQUESTED_SERVER_NAME: ({ stream }, argument) => {
    const { sni } = stream.connection;
    if (argument.startsWith('HOST_FIRST')) return stream.authority || sni || null;
    return sni || (argument.startsWith('SNI_FIRST') ? stream.authority : null);
  },
  PROTOCOL: ({ stream }) => stream.exchange.protocol,
  STREAM_ID: ({ stream }) => requestHeader(stream, 'x-request-id'),
  UNIQUE_ID: () => randomUUID(),

  RESPONSE_CODE: ({ stream }) => String(stream.info.code),
  RESPONSE_CODE_DETAILS: ({ stream }, argument) =>
    argument === 'ALLOW_WHITESPACES' ? stream.info.details : stream.info.details?.replaceAll(' ', '_'),
  RESPONSE_FLAGS: ({ stream }) => stream.info.flags.join(',') || '-',
  RESPONSE_FLAGS_LONG: ({ stream }) => stream.info.flags.map(flag => FLAG_NAMES[flag]).join(',') || '-',
  ROUTE_NAME: ({ stream }) => stream.info.route,

  UPSTREAM_CLUSTER: ({ stream: { info } }) => info.clusterConfig?.alt_stat_name ?? info.cluster,
  UPSTREAM_CLUSTER_RAW: ({ stream }) => stream.info.cluster,
  UPSTREAM_HOST: from => address(host(from)?.address),
  UPSTREAM_HOST_NAME: hostName,
  UPSTREAM_HOST_NAME_WITHOUT_PORT: from => withoutPort(hostName(from)),
  UPSTREAM_HOSTS_ATTEMPTED: from => address(attempted(from)?.address),
  UPSTREAM_HOSTS_ATTEMPTED_WITHOUT_PORT: from => attempted(from)?.address.ip,
  UPSTREAM_HOST_NAMES_ATTEMPTED: from => attempted(from) && hostName(from),
  UPSTREAM_HOST_NAMES_ATTEMPTED_WITHOUT_PORT: from => withoutPort(attempted(from) && hostName(from)),
  UPSTREAM_PROTOCOL: from => local(from) && upstreamProtocol(from),
  UPSTREAM_LOCAL_ADDRESS: from => address(local(from)),
  UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT: from => local(from)?.ip,
  UPSTREAM_LOCAL_PORT: from => local(from) && String(local(from)?.port),
  UPSTREAM_REMOTE_ADDRESS: from => address(attempted(from)?.address),
  UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: from => attempted(from)?.address.ip,
  UPSTREAM_REMOTE_PORT: from => attempted(from) && String(attempted(from)?.address.port),
  UPSTREAM_REQUEST_ATTEMPT_COUNT: ({ stream }) => String(stream.info.attempts),
  UPSTREAM_TRANSPORT_FAILURE_REASON: ({ stream }) => stream.info.transportFailure?.replaceAll(' ', '_'),
  UPSTREAM_DETECTED_CLOSE_TYPE: from => host(from) && 'Normal',
  UPSTREAM_CONNECTION_POOL_READY_DURATION: from => host(from) && '0',
  // A connection's number only distinguishes it from others; so does its port.
  UPSTREAM_CONNECTION_ID: from => String(local(from)?.port ?? 0),
  UPSTREAM_CONNECTION_IDS_ATTEMPTED: from => local(from) && String(local(from)?.port),
  CONNECTION_ID: ({ stream }) => String(stream.connection.from.port),

  DOWNSTREAM_REMOTE_ADDRESS: ({ stream }) => address(stream.info.remote),
  DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: ({ stream }) => stream.info.remote.ip,
  DOWNSTREAM_REMOTE_PORT: ({ stream }) => String(stream.info.remote.port),
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS: ({ stream }) => address(stream.connection.from),
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT: ({ stream }) => stream.connection.from.ip,
  DOWNSTREAM_DIRECT_REMOTE_PORT: ({ stream }) => String(stream.connection.from.port),
  DOWNSTREAM_LOCAL_ADDRESS: ({ stream }) => address(stream.connection.to),
  DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT: ({ stream }) => stream.connection.to.ip,
  DOWNSTREAM_LOCAL_PORT: ({ stream }) => String(stream.connection.to.port),
  DOWNSTREAM_DIRECT_LOCAL_ADDRESS: ({ stream }) => address(stream.connection.to),
  DOWNSTREAM_DIRECT_LOCAL_ADDRESS_WITHOUT_PORT: ({ stream }) => stream.connection.to.ip,
  DOWNSTREAM_DIRECT_LOCAL_PORT: ({ stream }) => String(stream.connection.to.port),
  DOWNSTREAM_DETECTED_CLOSE_TYPE: () => 'Normal',

  // Right for a request that is forwarded; for an answer a Warning says that nothing is counted here.
  UPSTREAM_WIRE_BYTES_RECEIVED: () => '0',
  UPSTREAM_WIRE_BYTES_SENT: () => '0',
  UPSTREAM_HEADER_BYTES_RECEIVED: () => '0',
  UPSTREAM_HEADER_BYTES_SENT: () => '0',
  UPSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED: () => '0',
  UPSTREAM_DECOMPRESSED_HEADER_BYTES_SENT: () => '0',
  DOWNSTREAM_WIRE_BYTES_RECEIVED: ({ stream }) => String(bytesReceived(stream, true)),
  DOWNSTREAM_HEADER_BYTES_RECEIVED: ({ stream }) => String(bytesReceived(stream, false)),
  DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED: ({ stream }) => String(bytesReceived(stream, false)),
  DOWNSTREAM_WIRE_BYTES_SENT: () => '0',
  DOWNSTREAM_HEADER_BYTES_SENT: () => '0',
  DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_SENT: () => '0',
  BYTES_RECEIVED: ({ stream }) => String(stream.info.bytesReceived),
  BYTES_SENT: ({ stream }) => String(stream.info.bytesSent),
  BYTES_RETRANSMITTED: () => '0',
  PACKETS_RETRANSMITTED: () => '0',
  REQUEST_HEADERS_BYTES: ({ stream }) =>
    String(
      byteSize(stream.headers) +
        ':method:path:authority:scheme'.length +
        [stream.exchange.method, stream.path, stream.authority, stream.scheme].join('').length,
    ),
  RESPONSE_HEADERS_BYTES: ({ response }) =>
    String(response === null ? 0 : byteSize(response.headers) + ':status200'.length),
  RESPONSE_TRAILERS_BYTES: () => '0',

  DURATION: ({ stream }) => String(Math.floor(stream.info.elapsed())),
  REQUEST_DURATION: ({ stream }) => duration(stream.info.requestEnd),
  REQUEST_TX_DURATION: from => local(from) && duration(from.stream.info.requestEnd),
  RESPONSE_DURATION: ({ stream }) => duration(stream.info.responseStart),
  COMMON_DURATION: ({ stream }, argument) => commonDuration(stream, argument),

  CLUSTER_METADATA: ({ stream }, path) => metadataText(stream.metadata().cluster, path.split(':')),
  UPSTREAM_METADATA: (from, path) => metadataText(host(from)?.metadata, path.split(':')),
  METADATA: (from, argument) => {
    const [type = '', ...path] = argument.split(':');
    const { cluster, route, virtualHost } = from.stream.metadata();
    const kinds: Record<string, unknown> = {
      CLUSTER: cluster,
      ROUTE: route,
      VIRTUAL_HOST: virtualHost,
      UPSTREAM_HOST: host(from)?.metadata,
    };
    return metadataText(kinds[type], path);
  },
  HOSTNAME: ({ stream }) => stream.options.environment?.HOSTNAME ?? '-',
  ENVIRONMENT: ({ stream }, name) => stream.options.environment?.[name] ?? '-',
  ACCESS_LOG_TYPE: () => 'NotSet',
  COALESCE: (from, argument) => coalesced(argument, command => commandValue(from, command)),
};

function address(value: Address | undefined): string | undefined {
  return value && addressText(value.ip, value.port);
}

function byteSize(headers: readonly Header[]): number {
  return headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
}

/**
 * Bytes of the app's request: everything that came, or its headers, which Envoy counts with one character for each line
 * end.
 */
function bytesReceived({ exchange, info }: HttpStream, wire: boolean): number {
  const headers: readonly Header[] = [['host', exchange.authority ?? ''], ...exchange.headers];
  const lines = byteSize(headers) + headers.length * ': \n'.length;
  if (!wire) return lines;
  const first = `${exchange.method} ${exchange.path} HTTP/1.1\r\n`.length;
  return first + lines + headers.length + '\r\n'.length + info.bytesReceived;
}

function duration(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : String(Math.floor(milliseconds));
}

function query(stream: HttpStream): Map<string, string> | undefined {
  const text = requestPath(stream, 'WQ').split('?')[1];
  if (text === undefined) return undefined;
  const pairs = text.split('&').map((pair): [string, string] => {
    const [name = '', ...value] = pair.split('=');
    return [name, value.join('=')];
  });
  // The first of the same name counts.
  return new Map(pairs.reverse());
}

function decoded(value: string | undefined): string | undefined {
  return value?.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** Between two moments of a request, in ms unless stated; none for moments that are not known here. */
function commonDuration({ info }: HttpStream, argument: string): string | undefined {
  const [from = '', to = '', precision = 'ms'] = argument.split(':');
  const moments: Record<string, number | undefined> = {
    DS_RX_BEG: 0,
    DS_RX_END: info.requestEnd,
    US_TX_BEG: info.upstreamLocal && info.requestEnd,
    US_TX_END: info.upstreamLocal && info.requestEnd,
    US_RX_BEG: info.responseStart,
  };
  const start = moments[from];
  const end = moments[to];
  const scale = { ms: 1, us: 1000, ns: 1_000_000 }[precision];
  if (start === undefined || end === undefined || scale === undefined) return undefined;
  return String(Math.floor((end - start) * scale));
}
