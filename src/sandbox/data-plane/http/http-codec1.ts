/**
 * Exchanges over HTTP/1.1, on node's own parser. Headers are written as Envoy's encoder does: lower case, in the
 * manager's order, no Connection header except on the last answer of a connection.
 * Source: envoyproxy/envoy source/common/http/http1/codec_impl.cc.
 * Simplification: Envoy hands 'Expect: 100-continue' to the upstream and passes its answer on (proxy_100_continue);
 * here node says 100 at once. Upgrades: http-upgrade.ts.
 */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type Header, type HeaderList, hasHeader, headerListOf, headerOf, removeHeader } from './headers.ts';
import { type Exchange, isBodiless } from './http-exchange.ts';

export function http1Exchange(request: IncomingMessage, response: ServerResponse): Exchange {
  const headers = headerListOf(request.rawHeaders);
  const host = takeHost(headers);
  const target = splitTarget(request.url ?? '/');
  const head = request.method === 'HEAD';
  const body = hasBody(headers) ? request : null;
  return {
    protocol: 'HTTP/1.1',
    method: request.method ?? 'GET',
    path: target.path,
    authority: target.authority ?? host,
    headers,
    body,
    upgrade: null,
    get answered() {
      return response.headersSent;
    },
    answer(status, list, empty, close) {
      const raw: string[] = [];
      for (const [name, value] of list) raw.push(name, value);
      // An answer that ends before the whole request has come ends the connection: HTTP/1.1 cannot skip the rest.
      if (close || !response.shouldKeepAlive || (body !== null && !request.complete)) {
        response.shouldKeepAlive = false;
        raw.push('connection', 'close');
      }
      if (!isBodiless(status) && !hasHeader(list, 'content-length')) {
        if (empty && !head) raw.push('content-length', '0');
        else raw.push('transfer-encoding', 'chunked');
      }
      // Otherwise node adds a 'Connection' and a 'Keep-Alive' of its own.
      response.removeHeader('connection');
      response.removeHeader('transfer-encoding');
      response.writeHead(status, reasonPhrase(status), raw);
    },
    write: chunk => response.write(chunk),
    end: () => void response.end(),
    onDrain: listener => void response.once('drain', listener),
    reset: () => {
      const { socket } = response;
      if (socket === null || !response.headersSent) request.destroy();
      else endSoon(socket);
    },
    onClose: listener => {
      const { socket } = request;
      const tell = (complete: boolean) => {
        socket.off('close', gone);
        response.off('finish', done);
        listener(complete);
      };
      const done = () => tell(true);
      const gone = () => tell(response.writableFinished);
      response.once('finish', done);
      // The socket's own event: a response that waits behind another on the connection gets none.
      socket.once('close', gone);
      // A request that errors is one whose app has gone.
      request.on('error', () => {});
    },
  };
}

/** What is written is sent first; then the connection is closed without a proper end of the message. */
function endSoon(socket: Socket): void {
  socket.destroySoon();
}

/** 'http://host/path' -> its parts. Envoy allows absolute URLs, and the URL's host wins over the Host header. */
function splitTarget(target: string): { path: string; authority?: string } {
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)(.*)$/is.exec(target);
  if (absolute === null) return { path: target };
  const rest = absolute[2] ?? '';
  return { authority: absolute[1] ?? '', path: rest.startsWith('/') ? rest : `/${rest}` };
}

/** Two Host headers are joined with a comma, and then no virtual host has that name. */
function takeHost(headers: HeaderList): string | undefined {
  const host = headerOf(headers, 'host');
  removeHeader(headers, 'host');
  return host;
}

/** Statuses that have no name in Envoy's table. Source: source/common/http/codes.cc (CodeUtility::toString). */
const NAMELESS = new Set([102, 103, 418, 451, 509]);

function reasonPhrase(status: number): string {
  if (status === 599) return 'Last Unassigned Server Error Code';
  return (NAMELESS.has(status) ? undefined : STATUS_CODES[status]) ?? 'Unknown';
}

function hasBody(headers: readonly Header[]): boolean {
  if (hasHeader(headers, 'transfer-encoding')) return true;
  return Number(headerOf(headers, 'content-length') ?? 0) > 0;
}
