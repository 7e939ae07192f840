/**
 * Reads the sidecar's log line by line, in Istio's default text format or its JSON encoding. The agent's own
 * messages are in the same log and are told apart; anything else is reported as unknown, never guessed at.
 * Modelled on istio/pilot/pkg/model/telemetry_logging.go (EnvoyTextLogFormat, EnvoyJSONLogFormatIstio).
 */
import type { LogLine } from './evidence.ts';

export type ReadLine =
  | { readonly kind: 'access'; readonly line: LogLine }
  /** A message of the proxy or its agent, not an access-log line. */
  | { readonly kind: 'message' }
  /** Neither: most likely an access log in somebody's own format. */
  | { readonly kind: 'unknown' };

/**
 * One pattern for the whole text format. The header values in quotes are not escaped by Envoy, so they are
 * matched up to a quote that the rest of the line agrees with. Response code details of older proxies contain
 * spaces, so details and termination are taken together here and separated below. A route's name may hold anything.
 */
const TEXT = new RegExp(
  [
    /^\[(?<start>[^\]]*)\] "(?<method>\S+) (?<path>.*?) (?<protocol>\S+)" (?<code>\d+) (?<flags>\S+) /,
    /(?<details>.+?) "(?<failure>[^"]*)" (?<received>\d+) (?<sent>\d+) (?<duration>\d+|-) (?<service>\S+) /,
    /"(?<forwarded>[^"]*)" "(?<agent>.*)" "(?<id>[^"]*)" "(?<authority>[^"]*)" "(?<host>[^"]*)" /,
    /(?<cluster>\S+) (?<ulocal>\S+) (?<dlocal>\S+) (?<dremote>\S+) (?<sni>\S+) (?<route>[^"]*[^"\s])\s*$/,
  ]
    .map(part => part.source)
    .join(''),
  's',
);

/**
 * The agent's and Envoy's own messages: '2026-01-01T00:00:00.000000Z\tinfo\t...', '2026/01/01 00:00:00 INFO ...',
 * '[2026-01-01 00:00:00.000][1][warning]'.
 */
const MESSAGE =
  /^(\d{4}-\d\d-\d\dT\S+\s+(debug|info|warn|warning|error|critical|fatal)\b|\d{4}\/\d\d\/\d\d \S+ [A-Z]+ |\[\d{4}-[^\]]*\]\[)/;

/** Reads one line of the container's log; never throws. */
export function readAccessLog(text: string): ReadLine {
  if (text.trim() === '' || MESSAGE.test(text)) return { kind: 'message' };
  if (text.startsWith('{')) return readJson(text);
  const found = TEXT.exec(text)?.groups;
  if (found === undefined) return { kind: 'unknown' };
  const field = (name: string) => found[name] ?? '-';
  const [details, termination] = partDetails(field('details'));
  return {
    kind: 'access',
    line: {
      start: field('start'),
      method: unset(field('method')),
      path: unset(field('path')),
      protocol: unset(field('protocol')),
      code: Number(field('code')),
      flags: field('flags'),
      details,
      termination,
      transportFailure: unset(field('failure')),
      bytesReceived: Number(field('received')),
      bytesSent: Number(field('sent')),
      milliseconds: Number(field('duration')) || 0,
      userAgent: unset(field('agent')),
      requestId: unset(field('id')),
      authority: unset(field('authority')),
      upstreamHost: field('host'),
      cluster: field('cluster'),
      downstreamLocal: field('dlocal'),
      downstreamRemote: field('dremote'),
      sni: field('sni'),
      route: field('route'),
    },
  };
}

function readJson(text: string): ReadLine {
  let row: Record<string, unknown>;
  try {
    row = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { kind: 'unknown' };
  }
  if (row === null || typeof row !== 'object' || Array.isArray(row)) return { kind: 'unknown' };
  if ('msg' in row && 'level' in row) return { kind: 'message' };
  // Without these three a line cannot be matched with a call: it is somebody's own selection of fields.
  const needed = ['response_flags', 'downstream_remote_address', 'upstream_cluster'];
  if (!needed.every(name => name in row)) return { kind: 'unknown' };
  // Envoy writes null for a value that is not set, where the text format has '-'.
  const field = (name: string) => {
    const value = row[name];
    return value === null || value === undefined ? '-' : String(value);
  };
  return {
    kind: 'access',
    line: {
      start: field('start_time'),
      method: unset(field('method')),
      path: unset(field('path')),
      protocol: unset(field('protocol')),
      code: Number(field('response_code')) || 0,
      flags: field('response_flags'),
      details: field('response_code_details'),
      termination: field('connection_termination_details'),
      transportFailure: unset(field('upstream_transport_failure_reason')),
      bytesReceived: Number(field('bytes_received')) || 0,
      bytesSent: Number(field('bytes_sent')) || 0,
      milliseconds: Number(field('duration')) || 0,
      userAgent: unset(field('user_agent')),
      requestId: unset(field('request_id')),
      authority: unset(field('authority')),
      upstreamHost: field('upstream_host'),
      cluster: field('upstream_cluster'),
      downstreamLocal: field('downstream_local_address'),
      downstreamRemote: field('downstream_remote_address'),
      sni: field('requested_server_name'),
      route: field('route_name'),
    },
  };
}

/** '-' is how the log says that a value is not set; for a header that is an empty text. */
function unset(value: string): string {
  return value === '-' ? '' : value;
}

/** 'via_upstream -' -> ['via_upstream', '-']. The last word outside of braces is the termination. */
function partDetails(text: string): [string, string] {
  const afterBraces = text.lastIndexOf('} ');
  const cut = afterBraces >= 0 ? afterBraces + 1 : text.lastIndexOf(' ');
  return cut < 0 ? [text, '-'] : [text.slice(0, cut), text.slice(cut + 1)];
}

/** The port of 'address:port', 0 for none; IPv6 addresses come in brackets. */
export function portOf(address: string): number {
  const port = Number(address.slice(address.lastIndexOf(':') + 1));
  return Number.isInteger(port) ? port : 0;
}
