/**
 * The HTTP half of the data plane: Envoy's connection manager and router as a client's sidecar has them, on connections
 * that the listeners hand over. One file per concern: http-codec1/2 and http-upgrade (the app's side), http-stream (a
 * request from headers to log line), router, retry, mirror, fault, cors (Envoy's filters), local-reply (its own
 * answers). Connections to upstreams belong to the other half.
 * Left out: trailers and so gRPC, tracing headers, peer metadata headers, statistics, JSON access logs, idle timeouts
 * of the app's connections.
 */
import { type IncomingMessage, Server, type ServerResponse } from 'node:http';
import {
  constants,
  createServer as createHttp2Server,
  type Http2Server,
  type Http2Session,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { HttpConnectionManager } from '../../../envoy/config.ts';
import type { Downstream, HttpSide, HttpSideOptions } from '../contract.ts';
import { http1Exchange } from './http-codec1.ts';
import { http2Exchange } from './http-codec2.ts';
import type { Exchange } from './http-exchange.ts';
import {
  MAX_HEADER_BYTES,
  refuse,
  refuseMalformed,
  refuseStream,
  requestFault,
  streamFault,
  upgradeFault,
} from './http-refusal.ts';
import { HttpStream, type StreamOwner } from './http-stream.ts';
import { UpgradableRequest, upgradeExchange } from './http-upgrade.ts';

const HTTP2_PREFACE = 'PRI ';

interface Served {
  readonly connection: Downstream;
  readonly manager: HttpConnectionManager;
}

/** Serves connections until close(); each request reads its route from `options.config()`. */
export function createHttpSide(options: HttpSideOptions): HttpSide {
  const served = new WeakMap<object, Served>();
  const sockets = new Set<Socket>();
  const open = new Set<() => void>();

  const owner: StreamOwner = {
    start(begin) {
      const end = begin(() => {
        if (end !== null) open.delete(end);
      });
      if (end !== null) open.add(end);
    },
  };

  const handle = (exchange: Exchange, entry: Served) => {
    const stream = new HttpStream(exchange, entry.connection, options, owner);
    stream.run(entry.manager);
  };

  const http1 = http1Server(
    (request, response) => {
      const { socket } = request;
      const entry = served.get(socket);
      if (entry === undefined) return;
      const exchange = http1Exchange(request, response);
      const fault = requestFault(request, exchange.authority);
      if (fault === null) handle(exchange, entry);
      else refuse(fault, socket, entry.connection, options.log);
    },
    (error, socket) => {
      const entry = served.get(socket);
      if (entry !== undefined) refuseMalformed(error, socket, entry.connection, options.log);
      else socket.destroy();
    },
    (request, socket, head) => {
      const entry = served.get(socket);
      if (entry === undefined) return void socket.destroy();
      const fault = upgradeFault(request);
      if (fault === null) handle(upgradeExchange(request, socket, head), entry);
      else refuse(fault, socket, entry.connection, options.log);
    },
  );

  let http2: Http2Server | null = null;
  const sessions = new Set<Http2Session>();
  const serveHttp2 = (entry: Served) => {
    http2 ??= http2Server(handle, served, options.log);
    // The session is made and announced within emit.
    http2.once('session', session => {
      served.set(session, entry);
      sessions.add(session);
      session.once('close', () => sessions.delete(session));
    });
    http2.emit('connection', entry.connection.socket);
  };

  const begin = (entry: Served, head: Buffer) => {
    const { socket } = entry.connection;
    if (head.length > 0) socket.unshift(head);
    if (head.subarray(0, HTTP2_PREFACE.length).toString('latin1') === HTTP2_PREFACE) serveHttp2(entry);
    else {
      http1.emit('connection', socket);
      // The sniffer has paused it.
      socket.resume();
    }
  };

  return {
    serve(connection, manager) {
      const { socket, head } = connection;
      const entry = { connection, manager };
      served.set(socket, entry);
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      socket.on('error', () => {});
      // One listener per request, and an app may send many before it reads an answer.
      socket.setMaxListeners(0);
      if (head.length > 0) return begin(entry, head);
      // Nothing was sniffed: the first bytes say which version of HTTP it is.
      socket.once('data', chunk => {
        socket.pause();
        begin(entry, chunk as Buffer);
      });
    },
    close() {
      for (const end of [...open]) end();
      for (const session of sessions) session.destroy();
      for (const socket of sockets) socket.destroy();
      http1.close();
      http2?.close();
    },
  };
}

function http1Server(
  onRequest: (request: IncomingMessage, response: ServerResponse) => void,
  onError: (error: NodeJS.ErrnoException, socket: Socket) => void,
  onUpgrade: (request: IncomingMessage, socket: Socket, head: Buffer) => void,
): Server {
  const server = new Server({
    maxHeaderSize: MAX_HEADER_BYTES,
    requireHostHeader: false,
    // A sidecar waits indefinitely for a slow request.
    headersTimeout: 0,
    requestTimeout: 0,
    keepAliveTimeout: 0,
    noDelay: true,
    IncomingMessage: UpgradableRequest,
  });
  server.timeout = 0;
  server.maxHeadersCount = 0;
  server.on('request', (request, response) => {
    response.sendDate = false;
    onRequest(request, response);
  });
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    response.sendDate = false;
    response.writeContinue();
    onRequest(request, response);
  });
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    response.sendDate = false;
    onRequest(request, response);
  });
  server.on('clientError', (error, socket) => onError(error, socket as Socket));
  server.on('connect', (request, socket, head) => onUpgrade(request, socket as Socket, head));
  server.on('upgrade', (request, socket, head) => onUpgrade(request, socket as Socket, head));
  return server;
}

function http2Server(
  handle: (exchange: Exchange, entry: Served) => void,
  served: WeakMap<object, Served>,
  log: (line: string) => void,
): Http2Server {
  // Beyond node's default of 128, a stream is reset without anybody being told.
  const server = createHttp2Server({ maxHeaderListPairs: 10_000 });
  server.setTimeout(0);
  server.on('sessionError', () => {});
  server.on('stream', (stream, headers, flags, raw?: string[]) => {
    const entry = stream.session === undefined ? undefined : served.get(stream.session);
    if (entry === undefined) return stream.close(constants.NGHTTP2_REFUSED_STREAM);
    const ends = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    const fault = streamFault(raw ?? []);
    if (fault === null) return handle(http2Exchange(stream, headers, raw ?? [], ends), entry);
    stream.on('error', () => {});
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    refuseStream(fault, entry.connection, log);
  });
  return server;
}
