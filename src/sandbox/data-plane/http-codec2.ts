/**
 * Exchanges over HTTP/2 with prior knowledge (h2c), on node:http2. Left out: trailers, which only gRPC needs.
 */
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { headerListOf } from './headers.ts';
import type { Exchange } from './http-exchange.ts';

export function http2Exchange(
  stream: ServerHttp2Stream,
  pseudo: IncomingHttpHeaders,
  raw: readonly string[],
  endsWithHeaders: boolean,
): Exchange {
  const headers = headerListOf(raw).filter(([name]) => name !== 'host');
  stream.on('error', () => {});
  const method = String(pseudo[':method'] ?? 'GET');
  return {
    protocol: 'HTTP/2',
    method,
    path: String(pseudo[':path'] ?? '/'),
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
        listener(
          stream.headersSent && stream.writableFinished && stream.rstCode === constants.NGHTTP2_NO_ERROR,
        ),
      ),
  };
}
