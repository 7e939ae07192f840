/**
 * Connections that never become a request which the manager could route: bytes that are no HTTP, and CONNECT.
 * Source: envoyproxy/envoy source/common/http/http1/codec_impl.cc (sendProtocolError).
 */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Downstream } from './contract.ts';
import { StreamInfo } from './stream-info.ts';

/** Answers 400 (431 for too many headers) and closes, as Envoy's codec does; a connection that broke is only cleared away. */
export function refuseMalformed(
  error: NodeJS.ErrnoException,
  socket: Socket,
  connection: Downstream,
  log: (line: string) => void,
): void {
  const protocol = error.code?.startsWith('HPE_') === true && error.code !== 'HPE_INVALID_EOF_STATE';
  if (!protocol || !socket.writable || answersStill(socket)) {
    socket.destroy();
    return;
  }
  const tooLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const info = new StreamInfo(connection);
  info.flag('DPE');
  info.details = tooLarge ? 'http1.headers_too_large' : 'http1.codec_error';
  info.protocol = 'HTTP/1.1';
  const status = tooLarge ? 431 : 400;
  write(socket, info, status, STATUS_CODES[status] ?? '');
  log(info.line());
}

/** A sidecar opens no tunnels: Envoy refuses CONNECT as an upgrade that it does not know. */
export function refuseConnect(
  request: IncomingMessage,
  socket: Socket,
  connection: Downstream,
  log: (line: string) => void,
): void {
  const info = new StreamInfo(connection);
  info.details = 'upgrade_failed';
  info.protocol = `HTTP/${request.httpVersion}`;
  info.method = 'CONNECT';
  info.authority = request.headers.host ?? request.url;
  info.userAgent = request.headers['user-agent'];
  write(socket, info, 403, '');
  log(info.line());
}

/** Whether an earlier request on this connection has an answer under way, which a 400 would fall into. */
function answersStill(socket: Socket): boolean {
  const { _httpMessage: message } = socket as Socket & { _httpMessage?: { headersSent: boolean } | null };
  return message?.headersSent === true;
}

function write(socket: Socket, info: StreamInfo, status: number, body: string): void {
  info.code = status;
  info.bytesSent = body.length;
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, `content-length: ${body.length}`];
  if (body !== '') lines.push('content-type: text/plain');
  lines.push(`date: ${new Date().toUTCString()}`, 'server: envoy', 'connection: close', '', body);
  socket.end(lines.join('\r\n'), () => socket.destroySoon());
}
