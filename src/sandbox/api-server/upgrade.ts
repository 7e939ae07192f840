/**
 * Requests that ask for another protocol: exec and port-forward, over WebSockets or, as kubectl before 1.30 and istioctl
 * do, over SPDY. kubectl's port-forward over a WebSocket is SPDY too, cut into messages anywhere; that of other clients
 * has channels. Source: client-go tools/portforward/tunneling_dialer.go;
 * apimachinery/pkg/util/httpstream/spdy/upgrade.go
 */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';
import type { AppOptions } from './answer-target.ts';
import { allowedUser, asStatusError } from './app.ts';
import { type ExecRequest, serveExec, V4, V5 } from './exec.ts';
import { serveSpdyExec } from './exec-spdy.ts';
import { containerOf } from './logs.ts';
import { flag } from './options.ts';
import { type RequestTarget, requestTargetOf } from './path.ts';
import { PORT_FORWARD, servePortForward } from './port-forward.ts';
import { forwardedPorts, serveChannels } from './port-forward-websocket.ts';
import { badRequest, noSuchPath, type StatusError } from './status.ts';
import type { StoredObject } from './store.ts';
import { text } from './tables/fields.ts';
import { type Api, existing } from './write.ts';

export interface Upgrades {
  handle(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes all connections at once. */
  close(): void;
}

/** No exec sends longer frames. */
const MAX_PAYLOAD = 8 * 1024 * 1024;

const SPDY = 'SPDY/3.1';
const TUNNEL = `${SPDY}+${PORT_FORWARD}`;

/** What is asked for: the protocols that serve it, and what to do with the connection. */
interface Service {
  readonly overWebSocket: readonly string[];
  readonly overSpdy: string;
  webSocket(client: WebSocket): void;
  spdy(transport: Duplex): void;
}

export function acceptUpgrades(api: AppOptions): Upgrades {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PAYLOAD,
    handleProtocols: offered => [V5, V4, TUNNEL].find(each => offered.has(each)) ?? false,
  });
  // With this listener the library leaves the answer to an invalid handshake to it.
  server.on('wsClientError', (error, socket) => refuse(socket, badRequest(error.message)));
  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = urlOf(request);
    await allowedUser(api, request.method ?? 'GET', url, headersOf(request));
    const service = serviceOf(api, request, url);
    if ((request.headers.upgrade ?? '').toLowerCase() === SPDY.toLowerCase()) {
      agreeOnSpdy(request, socket, head, service);
      return service.spdy(socket);
    }
    const offered = listed(request.headers['sec-websocket-protocol']);
    if (!service.overWebSocket.some(each => offered.includes(each))) {
      throw badRequest(`unable to upgrade: the server speaks ${service.overWebSocket.join(' and ')}`);
    }
    server.handleUpgrade(request, socket, head, client => service.webSocket(client));
  };
  return {
    handle(request, socket, head) {
      socket.on('error', () => socket.destroy());
      upgrade(request, socket, head).catch(error => refuse(socket, asStatusError(error)));
    },
    close() {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}

/** Throws the answer if what is asked for cannot be served. */
function serviceOf(api: Api, request: IncomingMessage, { pathname, searchParams: query }: URL): Service {
  const target = requestTargetOf(pathname);
  if (target === null) throw noSuchPath();
  if (target.subresource === 'exec' || target.subresource === 'attach')
    return execOf(api, target, query, request.headers['user-agent']);
  if (target.subresource !== 'portforward') {
    throw badRequest('unable to upgrade: this path speaks HTTP only');
  }
  const { namespace = '', name } = onNode(existing(api, target)).metadata;
  const serve = (transport: Duplex) => servePortForward(transport, api.pods, { namespace, pod: name });
  const inChannels = listed(request.headers['sec-websocket-protocol']).includes(V4);
  const ports = inChannels ? forwardedPorts(query) : [];
  return {
    overWebSocket: [TUNNEL, V4],
    overSpdy: PORT_FORWARD,
    webSocket: client =>
      client.protocol === V4
        ? void serveChannels(client, api.pods, { namespace, pod: name }, ports)
        : serve(createWebSocketStream(client)),
    spdy: serve,
  };
}

function onNode(pod: StoredObject): StoredObject {
  if (text(pod, 'spec.nodeName') !== '') return pod;
  throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`);
}

/** Source: kubernetes 1.34, pkg/registry/core/pod/rest/subresources.go */
function checkHasNotEnded(pod: StoredObject): void {
  const phase = text(pod, 'status.phase');
  if (phase !== 'Succeeded' && phase !== 'Failed') return;
  throw badRequest(`cannot attach a container in a completed pod; current phase is ${phase}`);
}

function execOf(api: Api, target: RequestTarget, query: URLSearchParams, agent = ''): Service {
  // First what is wrong with the request itself: after a refusal kubectl tries SPDY, and shows the second answer.
  const pod = existing(api, target);
  const container = containerOf(pod, query.get('container'));
  onNode(pod);
  const exec: ExecRequest = {
    command: target.subresource === 'attach' ? null : query.getAll('command'),
    stdin: flag(query, 'stdin'),
    stdout: flag(query, 'stdout'),
    stderr: flag(query, 'stderr'),
    tty: flag(query, 'tty'),
  };
  if (exec.command === null) checkHasNotEnded(pod);
  if (exec.command?.length === 0) throw badRequest('you must specify at least 1 command for the container');
  if (!exec.stdin && !exec.stdout && !exec.stderr) {
    throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  }
  return {
    overWebSocket: [V5, V4],
    overSpdy: V4,
    webSocket: client => void serveExec(client, api.pods, container, exec, agent.startsWith('kubectl/')),
    spdy: transport => serveSpdyExec(transport, api.pods, container, exec),
  };
}

/** Answers the handshake. Throws if the client offers nothing that is spoken here. */
function agreeOnSpdy(request: IncomingMessage, socket: Duplex, head: Buffer, { overSpdy }: Service): void {
  const offered = listed(request.headers['x-stream-protocol-version']);
  // A client that says nothing means the first version of all, which port-forward still is.
  if (!offered.includes(overSpdy) && (offered.length > 0 || overSpdy !== PORT_FORWARD)) {
    throw badRequest(`unable to upgrade: the server speaks ${overSpdy}`);
  }
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', `Upgrade: ${SPDY}`];
  socket.write([...lines, `X-Stream-Protocol-Version: ${overSpdy}`, '', ''].join('\r\n'));
  if (head.length > 0) socket.unshift(head);
}

function listed(header: string | readonly string[] | undefined): string[] {
  return [header ?? []]
    .flat()
    .flatMap(each => each.split(','))
    .map(each => each.trim())
    .filter(each => each !== '');
}

function headersOf({ headers }: IncomingMessage): Headers {
  const pairs = Object.entries(headers).map(([name, value = '']) => [name, [value].flat().join(', ')]);
  return new Headers(pairs as [string, string][]);
}

function urlOf(request: IncomingMessage): URL {
  try {
    return new URL(request.url ?? '', 'https://127.0.0.1');
  } catch {
    throw badRequest('the path cannot be read');
  }
}

function refuse(socket: Duplex, error: StatusError): void {
  const body = `${JSON.stringify(error.toStatus())}\n`;
  socket.end(
    [
      `HTTP/1.1 ${error.code} ${STATUS_CODES[error.code] ?? 'Error'}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
