/**
 * Exchanges over HTTP/2 with prior knowledge (h2c), on node:http2. Left out: trailers, which only gRPC needs.
 */
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { type HeaderList, headerListOf, removeHeader } from './headers.ts';
import type { Exchange } from './http-exchange.ts';

export function http2Exchange(
  stream: ServerHttp2Stream,
  pseudo: IncomingHttpHeaders,
  raw: readonly string[],
  endsWithHeaders: boolean,
): Exchange {
  const headers = headerListOf(raw).filter(([name]) => name !== 'host');
  joinCookies(headers);
  stream.on('error', () => {});
  const method = String(pseudo[':method'] ?? 'GET');
  return {
    protocol: 'HTTP/2',
    method,
    path: method === 'CONNECT' ? '' : String(pseudo[':path'] ?? '/'),
    authority: pseudo[':authority'] === undefined ? pseudo.host : String(pseudo[':authority']),
    headers,
    body: endsWithHeaders ? null : stream,
    upgrade: method === 'CONNECT' ? 'CONNECT' : null,
    get answered() {
      return stream.headersSent;
    },
    answer(status, list, empty) {
      if (stream.destroyed) return;
      const fields: Record<string, string | number | string[]> = { ':status': status };
      for (const [name, value] of list) {
        const there = fields[name];
        if (there === undefined) fields[name] = value;
        else fields[name] = Array.isArray(there) ? [...there, value] : [String(there), value];
      }
      stream.respond(fields, { endStream: empty });
    },
    write: chunk => stream.destroyed || stream.write(chunk),
    end: () => {
      if (!stream.destroyed && !stream.writableEnded) stream.end();
    },
    onDrain: listener => void stream.once('drain', listener),
    reset: () => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
    onClose: listener =>
      void stream.once('close', () =>
        // If the request had a body, 'close' comes before the stream counts as finished.
        listener(stream.headersSent && stream.writableEnded && stream.rstCode === constants.NGHTTP2_NO_ERROR),
      ),
  };
}

/** HTTP/2 clients send cookies one by one; Envoy joins them again. */
function joinCookies(headers: HeaderList): void {
  const cookies = headers.filter(([name]) => name === 'cookie');
  if (cookies.length < 2) return;
  const at = headers.findIndex(([name]) => name === 'cookie');
  removeHeader(headers, 'cookie');
  headers.splice(at, 0, ['cookie', cookies.map(([, value]) => value).join('; ')]);
}
