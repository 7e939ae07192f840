/**
 * A tunnel through an HTTP proxy: it is asked with CONNECT or POST, and after a 2xx answer the exchange carries bytes.
 * Source: source/common/tcp_proxy/upstream.cc (HttpUpstream, HttpConnPool).
 * Simplification: the connection is the session's own, where Envoy takes it from the cluster's HTTP pool; nobody else
 * could use it in the meantime.
 */
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { TcpProxy } from '../../../envoy/config.ts';
import { OneSocketAgent } from '../upstream/upstream-http1.ts';

interface TunnelEvents {
  opened(upstream: Duplex): void;
  /** `transportFailure` is '' if the proxy said nothing. */
  failed(transportFailure: string): void;
}

/**
 * Asks on a new connection to the proxy, which is destroyed if the answer is no. Returns a function that ends the
 * attempt.
 */
export function openTunnel(
  socket: Socket,
  { hostname, use_post = false }: NonNullable<TcpProxy['tunneling_config']>,
  on: TunnelEvents,
): () => void {
  let settled = false;
  const settle = (then: () => void) => {
    if (settled) return;
    settled = true;
    then();
  };
  const failed = (words: string) =>
    settle(() => {
      socket.destroy();
      on.failed(words);
    });
  const answered = ({ statusCode = 0 }: IncomingMessage, upstream: () => Duplex) => {
    if (statusCode < 200 || statusCode > 299) failed(`tunnel response:${statusCode}`);
    else settle(() => on.opened(upstream()));
  };
  const request = ask(socket, use_post ? 'POST' : 'CONNECT', hostname);
  request.on('connect', (response, stream, head) => {
    if (head.length > 0) stream.unshift(head);
    answered(response, () => stream);
  });
  request.on('response', response => answered(response, () => throughBodies(request, response)));
  request.on('error', () => failed(''));
  socket.once('close', () => failed(''));
  return () => settle(() => socket.destroy());
}

function ask(socket: Socket, method: 'CONNECT' | 'POST', hostname: string): ClientRequest {
  const path = method === 'CONNECT' ? hostname : '/';
  const request = httpRequest({ agent: new OneSocketAgent(socket), method, path, setHost: false });
  request.setHeader('host', hostname);
  request.removeHeader('connection');
  if (method === 'POST') {
    request.setHeader('transfer-encoding', 'chunked');
    request.flushHeaders();
  } else request.end();
  return request;
}

/** What the app sends is the request's body, what it receives the response's. */
function throughBodies(request: ClientRequest, response: IncomingMessage): Duplex {
  const stream = Duplex.from({ readable: response, writable: request });
  stream.on('error', () => {});
  return stream;
}
