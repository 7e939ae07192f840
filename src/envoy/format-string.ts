/**
 * The grammar of Envoy's substitution format strings, '%REQ(x-user?x-name):4%' and the like, in the values of headers
 * that a route adds: whether Envoy accepts one, and its words if it does not. What the commands stand for is not
 * decided here.
 * Left out: CEL's expressions and COALESCE's JSON, which are accepted as they are.
 * Source: envoyproxy/envoy source/common/formatter/{substitution_formatter,substitution_format_utility,
 * stream_info_formatter,http_specific_formatter}.cc, source/common/router/header_parser.cc; tried on Envoy 1.39.3.
 */

/** A command; `argument` is what is in its parentheses, `length` the maximum number of bytes of its value. */
export interface FormatCommand {
  readonly command: string;
  readonly argument: string;
  readonly length?: number;
}

/** One piece of a format: literal text, or a command. */
export type FormatPart = { readonly text: string } | FormatCommand;

const COMMAND = /%([A-Z0-9_]+)(?:\((.*?)\))?(?::(\d+))?%/y;

/** The parts of a format; Envoy's words if it cannot be parsed. */
export function parseFormat(format: string): readonly FormatPart[] | string {
  const parts: FormatPart[] = [];
  let text = '';
  for (let at = 0; at < format.length; ) {
    if (format[at] !== '%') {
      text += format[at];
      at += 1;
      continue;
    }
    if (format[at + 1] === '%') {
      text += '%';
      at += 2;
      continue;
    }
    COMMAND.lastIndex = at;
    const match = COMMAND.exec(format);
    if (match === null) {
      return `Incorrect configuration: ${format}. Couldn't find valid command at position ${at}`;
    }
    if (text !== '') parts.push({ text });
    text = '';
    const [whole, command = '', argument = '', length] = match;
    parts.push({ command, argument, ...(length !== undefined && { length: Number(length) }) });
    at += whole.length;
  }
  return text === '' ? parts : [...parts, { text }];
}

/** Null: Envoy accepts this header value. Otherwise its words. */
export function formatRefusal(format: string): string | null {
  const parts = parseFormat(format);
  if (typeof parts === 'string') return parts;
  for (const part of parts) {
    const refusal = 'text' in part ? null : commandRefusal(part.command, part.argument, part.length);
    if (refusal !== null) return refusal;
  }
  return null;
}

interface Command {
  /** If left out, it is optional. */
  readonly argument?: 'none' | 'required';
  readonly length?: true;
  /** Why an argument is invalid, in Envoy's words. */
  readonly refuses?: (argument: string) => string | null;
}

function commandRefusal(name: string, argument: string, length: number | undefined): string | null {
  const command = COMMANDS.get(name);
  if (command === undefined) return `Not supported field in StreamInfo: ${name}`;
  if (command.argument === 'none') {
    return argument === '' && length === undefined ? null : `${name} does not take any parameters or length`;
  }
  if (command.argument === 'required' && argument === '') return `${name} requires parameters`;
  if (length !== undefined && command.length !== true)
    return `${name} does not allow length to be specified.`;
  return command.refuses?.(argument) ?? null;
}

const PLAIN = `
  ACCESS_LOG_TYPE BYTES_RECEIVED BYTES_RETRANSMITTED BYTES_SENT CONNECTION_ID CONNECTION_TERMINATION_DETAILS
  CUSTOM_FLAGS DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_SENT
  DOWNSTREAM_DETECTED_CLOSE_TYPE DOWNSTREAM_DIRECT_LOCAL_ADDRESS DOWNSTREAM_DIRECT_LOCAL_ADDRESS_ENDPOINT_ID
  DOWNSTREAM_DIRECT_LOCAL_PORT DOWNSTREAM_DIRECT_REMOTE_ADDRESS DOWNSTREAM_DIRECT_REMOTE_PORT
  DOWNSTREAM_HANDSHAKE_DURATION DOWNSTREAM_HEADER_BYTES_RECEIVED DOWNSTREAM_HEADER_BYTES_SENT
  DOWNSTREAM_LOCAL_ADDRESS DOWNSTREAM_LOCAL_ADDRESS_ENDPOINT_ID DOWNSTREAM_LOCAL_CLOSE_REASON
  DOWNSTREAM_LOCAL_DNS_SAN DOWNSTREAM_LOCAL_EMAIL_SAN DOWNSTREAM_LOCAL_IP_SAN DOWNSTREAM_LOCAL_OTHERNAME_SAN
  DOWNSTREAM_LOCAL_PORT DOWNSTREAM_LOCAL_SUBJECT DOWNSTREAM_LOCAL_URI_SAN DOWNSTREAM_PEER_CERT
  DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_1 DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_256 DOWNSTREAM_PEER_CHAIN_SERIALS
  DOWNSTREAM_PEER_DNS_SAN DOWNSTREAM_PEER_EMAIL_SAN DOWNSTREAM_PEER_FINGERPRINT_1
  DOWNSTREAM_PEER_FINGERPRINT_256 DOWNSTREAM_PEER_IP_SAN DOWNSTREAM_PEER_ISSUER
  DOWNSTREAM_PEER_ISSUER_FINGERPRINT_256 DOWNSTREAM_PEER_ISSUER_SERIAL DOWNSTREAM_PEER_OTHERNAME_SAN
  DOWNSTREAM_PEER_SERIAL DOWNSTREAM_PEER_SUBJECT DOWNSTREAM_PEER_URI_SAN DOWNSTREAM_REMOTE_ADDRESS
  DOWNSTREAM_REMOTE_PORT DOWNSTREAM_TLS_CIPHER DOWNSTREAM_TLS_GROUP DOWNSTREAM_TLS_SESSION_ID
  DOWNSTREAM_TLS_VERSION DOWNSTREAM_TRANSPORT_FAILURE_REASON DOWNSTREAM_WIRE_BYTES_RECEIVED
  DOWNSTREAM_WIRE_BYTES_SENT DURATION FILTER_CHAIN_NAME GRPC_STATUS_NUMBER HOSTNAME LOCAL_REPLY_BODY
  PACKETS_RETRANSMITTED PROTOCOL REQUEST_DURATION REQUEST_HEADERS_BYTES REQUEST_TX_DURATION RESPONSE_CODE
  RESPONSE_DURATION RESPONSE_FLAGS RESPONSE_FLAGS_LONG RESPONSE_HEADERS_BYTES RESPONSE_TRAILERS_BYTES
  RESPONSE_TX_DURATION ROUNDTRIP_DURATION ROUTE_NAME SPAN_ID STREAM_ID TLS_JA3_FINGERPRINT TLS_JA4_FINGERPRINT
  TRACE_ID UNIQUE_ID UPSTREAM_CLUSTER UPSTREAM_CLUSTER_RAW UPSTREAM_CONNECTION_ID
  UPSTREAM_CONNECTION_IDS_ATTEMPTED UPSTREAM_CONNECTION_POOL_READY_DURATION
  UPSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED UPSTREAM_DECOMPRESSED_HEADER_BYTES_SENT
  UPSTREAM_DETECTED_CLOSE_TYPE UPSTREAM_HEADER_BYTES_RECEIVED UPSTREAM_HEADER_BYTES_SENT UPSTREAM_HOST
  UPSTREAM_HOSTS_ATTEMPTED UPSTREAM_HOSTS_ATTEMPTED_WITHOUT_PORT UPSTREAM_HOST_NAME
  UPSTREAM_HOST_NAMES_ATTEMPTED UPSTREAM_HOST_NAMES_ATTEMPTED_WITHOUT_PORT UPSTREAM_HOST_NAME_WITHOUT_PORT
  UPSTREAM_LOCAL_ADDRESS UPSTREAM_LOCAL_CLOSE_REASON UPSTREAM_LOCAL_DNS_SAN UPSTREAM_LOCAL_IP_SAN
  UPSTREAM_LOCAL_PORT UPSTREAM_LOCAL_URI_SAN UPSTREAM_PEER_CERT UPSTREAM_PEER_DNS_SAN UPSTREAM_PEER_IP_SAN
  UPSTREAM_PEER_ISSUER UPSTREAM_PEER_SUBJECT UPSTREAM_PEER_URI_SAN UPSTREAM_PROTOCOL UPSTREAM_REMOTE_ADDRESS
  UPSTREAM_REMOTE_ADDRESS_ENDPOINT_ID UPSTREAM_REMOTE_PORT UPSTREAM_REQUEST_ATTEMPT_COUNT UPSTREAM_SERVER_NAME
  UPSTREAM_TLS_CIPHER UPSTREAM_TLS_GROUP UPSTREAM_TLS_SESSION_ID UPSTREAM_TLS_VERSION
  UPSTREAM_TRANSPORT_FAILURE_REASON UPSTREAM_WIRE_BYTES_RECEIVED UPSTREAM_WIRE_BYTES_SENT VIRTUAL_CLUSTER_NAME
  `;

const WITHOUT_LENGTH = `
  DOWNSTREAM_DIRECT_LOCAL_ADDRESS_WITHOUT_PORT DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT
  DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT
  UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT RESPONSE_CODE_DETAILS`;

const TIMES = `
  START_TIME START_TIME_LOCAL EMIT_TIME EMIT_TIME_LOCAL DOWNSTREAM_PEER_CERT_V_START DOWNSTREAM_PEER_CERT_V_END
  UPSTREAM_PEER_CERT_V_START UPSTREAM_PEER_CERT_V_END`;

const HEADERS = 'REQ RESP TRAILER REQUEST_HEADER RESPONSE_HEADER RESPONSE_TRAILER STREAM_INFO_REQ';

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ...each(PLAIN, { argument: 'none' }),
  ...each(WITHOUT_LENGTH, {}),
  ...each(TIMES, { refuses: timeRefusal }),
  ...each(HEADERS, { argument: 'required', length: true, refuses: headerRefusal }),
  ...each('DYNAMIC_METADATA ENVIRONMENT QUERY_PARAM PER_REQUEST_STATE COALESCE', {
    argument: 'required',
    length: true,
  }),
  ...each('CLUSTER_METADATA UPSTREAM_METADATA', { argument: 'required' }),
  ...each('CEL', { length: true }),
  ...each('FILTER_STATE UPSTREAM_FILTER_STATE', {
    length: true,
    refuses: argument =>
      argument === '' ? 'Invalid filter state configuration, key cannot be empty.' : null,
  }),
  [
    'COMMON_DURATION',
    {
      argument: 'required',
      refuses: argument =>
        /^[^:]+:[^:]+:(ms|us|ns)$/.test(argument)
          ? null
          : `Invalid common duration configuration: ${argument}.`,
    },
  ],
  [
    'GRPC_STATUS',
    {
      refuses: argument =>
        ['', 'CAMEL_STRING', 'SNAKE_STRING', 'NUMBER'].includes(argument)
          ? null
          : `GrpcStatusFormatter only supports CAMEL_STRING, SNAKE_STRING or NUMBER. Got: ${argument}`,
    },
  ],
  [
    'METADATA',
    {
      length: true,
      refuses: argument => {
        const [kind = ''] = argument.split(':');
        const kinds = [
          'DYNAMIC',
          'CLUSTER',
          'ROUTE',
          'UPSTREAM_HOST',
          'LISTENER',
          'LISTENER_FILTER_CHAIN',
          'VIRTUAL_HOST',
        ];
        return kinds.includes(kind) ? null : `${kind} is not supported type of metadata`;
      },
    },
  ],
  [
    'PATH',
    {
      length: true,
      refuses: options('PATH', [
        ['WQ', 'NQ'],
        ['ORIG', 'PATH', 'ORIG_OR_PATH'],
      ]),
    },
  ],
  ['QUERY_PARAMS', { length: true, refuses: options('QUERY_PARAMS', [['ORIG', 'DECODED']]) }],
  [
    'REQUESTED_SERVER_NAME',
    {
      refuses: options('REQUESTED_SERVER_NAME', [
        ['SNI_ONLY', 'SNI_FIRST', 'HOST_FIRST'],
        ['ORIG', 'HOST'],
      ]),
    },
  ],
]);

function each(names: string, command: Command): [string, Command][] {
  return names
    .trim()
    .split(/\s+/)
    .map(name => [name, command]);
}

/** Header names; the second is used if the first is missing. */
function headerRefusal(argument: string): string | null {
  const names = argument.split('?');
  if (names.length > 2) return `More than 1 alternative header specified in token: ${argument}`;
  return names.every(name => /^[!#$%&'*+\-.^_`|~\w:]*$/.test(name))
    ? null
    : 'Invalid header configuration. Format string contains invalid characters.';
}

function timeRefusal(argument: string): string | null {
  return /%[-_0^#]*[1-9]*(E|O)?n/.test(argument)
    ? 'Invalid header configuration. Format string contains newline.'
    : null;
}

function options(name: string, choices: readonly (readonly string[])[]) {
  return (argument: string): string | null => {
    if (argument === '') return null;
    for (const [index, option] of argument.split(':').entries()) {
      const allowed = choices[index] ?? [];
      if (!allowed.includes(option)) {
        const known = allowed.map(each => `'${each}'`).join('/');
        return `Invalid ${name} option: '${option}', only ${known} are allowed`;
      }
    }
    return null;
  };
}
