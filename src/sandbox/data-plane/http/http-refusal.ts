/**
 * What the codec refuses before there is a request that the manager could route: bytes that are not HTTP, invalid
 * authorities.
 * Source: envoyproxy/envoy source/common/http/http1/codec_impl.cc (sendProtocolError).
 */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { StreamInfo } from '../access-log/stream-info.ts';
import type { Downstream } from '../contract.ts';

/** Answers 400 (431 for too many headers) and closes, as Envoy's codec does; a broken connection is only cleaned up. */
export function refuseMalformed(
  error: NodeJS.ErrnoException & { reason?: string },
  socket: Socket,
  connection: Downstream,
  log: (line: string) => void,
): void {
  const protocol = error.code?.startsWith('HPE_') === true && error.code !== 'HPE_INVALID_EOF_STATE';
  if (protocol && socket.writable && !answersStill(socket)) refuse(detailsOf(error), socket, connection, log);
  else socket.destroy();
}

function detailsOf(error: NodeJS.ErrnoException & { reason?: string }): string {
  if (error.code === 'HPE_HEADER_OVERFLOW') return 'http1.headers_too_large';
  if (error.code === 'HPE_INVALID_URL') return 'http1.invalid_url';
  if (/Transfer-Encoding.*Content-Length|Content-Length.*Transfer-Encoding/i.test(error.reason ?? ''))
    return 'http1.content_length_and_chunked_not_allowed';
  return 'http1.codec_error';
}

const STATUS_OF: Readonly<Record<string, number>> = {
  'http1.headers_too_large': 431,
  'http1.too_many_headers': 431,
  low_version: 426,
};
/** Envoy's max_request_headers_kb, in bytes, and its max_headers_count. */
export const MAX_HEADER_BYTES = 60 * 1024;
const MAX_HEADERS = 100;

/** Answers a protocol error of the app: flag DPE, and nothing of the request in the log. */
export function refuse(
  details: string,
  socket: Socket,
  connection: Downstream,
  log: (line: string) => void,
): void {
  const info = new StreamInfo(connection);
  info.flag('DPE');
  info.details = details;
  info.protocol = 'HTTP/1.1';
  const status = STATUS_OF[details] ?? 400;
  write(socket, info, status, STATUS_CODES[status] ?? '');
  log(info.line());
}

/** The same over HTTP/2, where there is no answer: only the stream is reset. */
export function refuseStream(details: string, connection: Downstream, log: (line: string) => void): void {
  const info = new StreamInfo(connection);
  info.flag('DR');
  info.details = details;
  info.protocol = 'HTTP/2';
  log(info.line());
}

/**
 * What is wrong with the headers of an HTTP/2 request (names and values in turn), in the codec's words; null: nothing.
 */
export function streamFault(raw: readonly string[]): string | null {
  if (raw.length / 2 > MAX_HEADERS) return 'http2.too_many_headers';
  const bytes = raw.reduce((sum, text) => sum + text.length, 0);
  return bytes > MAX_HEADER_BYTES ? 'http2.header_list_size_too_large' : null;
}

/** What is wrong with a request, in the codec's words; null: nothing. */
export function requestFault(
  { httpVersion, rawHeaders }: IncomingMessage,
  authority: string | undefined,
): string | null {
  if (rawHeaders.length / 2 > MAX_HEADERS) return 'http1.too_many_headers';
  // Unless support is switched on (PILOT_HTTP10), HTTP/1.0 is told to come back with a newer version.
  if (httpVersion === '1.0') return 'low_version';
  return isAuthority(authority ?? '') ? null : 'http.invalid_authority';
}

/** What is wrong with an upgrade or a CONNECT, in the codec's words; null: nothing. */
export function upgradeFault(request: IncomingMessage): string | null {
  const { method, url = '', headers } = request;
  if (method !== 'CONNECT') return requestFault(request, headers.host);
  const fault = requestFault(request, '');
  if (fault !== null) return fault;
  // The target of a CONNECT is a host with a port.
  if (!/^(\[[\da-f:.]+\]|[^/@:]+):\d+$/i.test(url)) return 'http1.invalid_url';
  const length = headers['content-length'];
  const body = headers['transfer-encoding'] !== undefined || (length !== undefined && Number(length) !== 0);
  return body ? 'http1.body_disallowed' : null;
}

/** The characters of an authority. Source: source/common/http/header_utility.cc (authorityIsValid). */
function isAuthority(text: string): boolean {
  return /^[\w\-.~%!$&'()*+,;=:@[\]]*$/.test(text);
}

/** Whether an answer to an earlier request on this connection is under way, into which a 400 would be written. */
function answersStill(socket: Socket): boolean {
  const { _httpMessage: message } = socket as Socket & { _httpMessage?: { headersSent: boolean } | null };
  return message?.headersSent === true;
}

function write(socket: Socket, info: StreamInfo, status: number, body: string): void {
  info.code = status;
  info.bytesSent = body.length;
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`];
  if (body !== '') lines.push(`content-length: ${body.length}`, 'content-type: text/plain');
  lines.push(`date: ${new Date().toUTCString()}`, 'server: envoy', 'connection: close');
  if (body === '') lines.push('content-length: 0');
  socket.end([...lines, '', body].join('\r\n'), () => socket.destroySoon());
}
