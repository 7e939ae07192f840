/**
 * The room api-server: speaks Kubernetes over HTTPS on 127.0.0.1 as plain kubectl and client libraries expect it.
 * Objects are in the Store; Istio's kinds are validated by src/istio; pods belong to the workload room (rooms.ts).
 * Left out: descriptions in OpenAPI schemas, grace periods, managers of fields before the first server-side apply.
 */
import { setMaxListeners } from 'node:events';
import { STATUS_CODES } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { OpenPort } from '../../world/health.ts';
import type { Admission, PodRuntime } from '../rooms.ts';
import { createApp } from './app.ts';
import { createAuthentication } from './authentication.ts';
import { collectGarbage } from './garbage-collector.ts';
import { badRequest, StatusError } from './status.ts';
import type { Store } from './store.ts';
import { fillTokenSecrets } from './token-secrets.ts';
import { acceptUpgrades } from './upgrade.ts';

export interface ApiServerOptions {
  readonly store: Store;
  readonly admission: readonly Admission[];
  readonly pods: PodRuntime;
  /** The owner's: whoever has it may do everything. */
  readonly token: string;
  /** What listens in this process, for callers with the token. */
  readonly listeners?: () => readonly OpenPort[];
  /** PEM, of the authority that signed the certificate in `tls`. */
  readonly ca: string;
  /** PEM. */
  readonly tls: { readonly key: string; readonly cert: string };
  /** A free one if left out. */
  readonly port?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface RunningApiServer {
  readonly port: number;
  /** Ends all requests, watches, logs and commands, and resolves when no socket is left open. */
  close(): Promise<void>;
}

/** In milliseconds: a handshake or a request that takes longer will never arrive; an idle connection is kept. */
const HANDSHAKE = 10_000;
const HEADERS = 10_000;
const WHOLE_REQUEST = 30_000;
const QUIET = 120_000;
/** Bytes of a request's first line and headers; the same as in Go's server. */
const MAX_HEADER = 1 << 20;
const TOO_LARGE =
  'the line and headers of the request are larger than 1 MiB. The command of an exec and its arguments stand in them: ' +
  'send what is large through stdin (kubectl exec -i ... < FILE).';

/** Rejects with the system's error if the port is not available. */
export async function startApiServer(options: ApiServerOptions): Promise<RunningApiServer> {
  const closing = new AbortController();
  const api = { ...options, closing: closing.signal, authentication: createAuthentication(options) };
  const app = createApp(api);
  const upgrades = acceptUpgrades(api);
  const stopCollecting = collectGarbage(options.store);
  const stopFilling = fillTokenSecrets(options.store, api.authentication, options.ca);
  setMaxListeners(0, closing.signal); // Each watch listens for the server's end.
  const listener = getRequestListener(request => app.fetch(request), {
    overrideGlobalObjects: false,
    errorHandler: () => Response.json(badRequest('the request cannot be read').toStatus(), { status: 400 }),
  });
  const server = createServer(
    {
      ...options.tls,
      // An exec's command is in its URL, including the body of a learner's curl.
      maxHeaderSize: MAX_HEADER,
      handshakeTimeout: HANDSHAKE,
      headersTimeout: HEADERS,
      requestTimeout: WHOLE_REQUEST,
      keepAliveTimeout: QUIET,
      connectionsCheckingInterval: 5_000,
    },
    listener,
  );
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.setKeepAlive(true, 30_000);
    socket.setNoDelay(true);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuseUnread(error, socket));
  server.on('upgrade', (request, socket, head) => upgrades.handle(request, socket, head));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      closing.abort();
      stopCollecting();
      stopFilling();
      upgrades.close();
      const ended = new Promise<void>(resolve => server.close(() => resolve()));
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      await ended;
    },
  };
}

/** What node's parser rejects gets an answer that kubectl can show: for an empty one it prints nothing. */
function refuseUnread(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const tooLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const status = tooLarge ? new StatusError(431, '', TOO_LARGE) : badRequest('the request cannot be read');
  const body = JSON.stringify(status.toStatus());
  const head = [
    `HTTP/1.1 ${status.code} ${STATUS_CODES[status.code]}`,
    ...['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`, 'Connection: close'],
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
