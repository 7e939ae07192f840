/**
 * The sidecar's access log in Istio's default text format, which the lab and most meshes write.
 * Source: pilot/pkg/model/telemetry_logging.go (EnvoyTextLogFormat); values as Envoy's formatters show them
 * (source/common/formatter/stream_info_formatter.cc).
 * Simplification: Istio can write JSON or a custom format (meshConfig.accessLogFormat); here only this text.
 */
import { addressText } from '../../../envoy/endpoint-address.ts';
import type { Address } from '../../rooms.ts';
import type { AccessLogEntry } from '../contract.ts';

/** One line without its line end. What is not set is '-'; header values are not escaped, as in Envoy. */
export function accessLogLine(entry: AccessLogEntry): string {
  return [
    `[${entry.start.toISOString()}]`,
    `"${text(entry.method)} ${text(entry.path)} ${text(entry.protocol)}"`,
    entry.code,
    text(entry.flags),
    words(entry.details),
    words(entry.termination),
    `"${words(entry.transportFailure)}"`,
    entry.bytesReceived,
    entry.bytesSent,
    Math.round(entry.milliseconds),
    entry.upstreamMilliseconds === undefined ? '-' : Math.round(entry.upstreamMilliseconds),
    `"${header(entry.forwardedFor)}"`,
    `"${header(entry.userAgent)}"`,
    `"${header(entry.requestId)}"`,
    `"${header(entry.authority)}"`,
    `"${address(entry.upstreamHost)}"`,
    text(entry.cluster),
    address(entry.upstreamLocal),
    address(entry.downstreamLocal),
    address(entry.downstreamRemote),
    text(entry.sni),
    text(entry.route),
  ].join(' ');
}

function text(value: string | undefined): string {
  return value === undefined || value === '' ? '-' : value;
}

/** A header that is present but empty is not '-'. */
function header(value: string | undefined): string {
  return value ?? '-';
}

/** Details and reasons are one word in the log: Envoy replaces their spaces with underscores. */
function words(value: string | undefined): string {
  return text(value).replaceAll(' ', '_');
}

function address(value: Address | undefined): string {
  return value === undefined ? '-' : addressText(value.ip, value.port);
}
