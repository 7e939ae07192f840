/**
 * Requests that ask for another protocol: exec over WebSockets. SPDY, which kubectl before 1.30 speaks, and
 * port-forward are refused with a Status, like everything else that is refused.
 */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { asStatusError, noPortForward, tokenCheck, unauthorized } from './app.ts';
import { type ExecRequest, serveExec, V4, V5 } from './exec.ts';
import { containerOf } from './logs.ts';
import { flag } from './options.ts';
import { requestTargetOf } from './path.ts';
import { badRequest, noSuchPath, StatusError } from './status.ts';
import { text } from './tables/fields.ts';
import { checkTarget, userOf } from './users.ts';
import { type Api, existing } from './write.ts';

export interface Upgrades {
  handle(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes all connections at once. */
  close(): void;
}

/** No exec sends longer frames. */
const MAX_PAYLOAD = 8 * 1024 * 1024;

export function acceptUpgrades(api: Api, token: string): Upgrades {
  const isAllowed = tokenCheck(token);
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PAYLOAD,
    handleProtocols: offered => [V5, V4].find(each => offered.has(each)) ?? false,
  });
  // With this listener the library leaves the answer to an invalid handshake to it.
  server.on('wsClientError', (error, socket) => refuse(socket, badRequest(error.message)));
  return {
    handle(request, socket, head) {
      socket.on('error', () => socket.destroy());
      try {
        if (!isAllowed(request.headers.authorization)) throw unauthorized();
        const { container, exec } = execOf(api, request);
        server.handleUpgrade(request, socket, head, client => {
          void serveExec(client, api.pods, container, exec);
        });
      } catch (error) {
        refuse(socket, asStatusError(error));
      }
    },
    close() {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}

/** What is to be run, and where. Throws the answer if it cannot be. */
function execOf(api: Api, request: IncomingMessage) {
  const { pathname, searchParams: query } = urlOf(request);
  const target = requestTargetOf(pathname);
  if (target === null) throw noSuchPath();
  const user = userOf(name => [request.headers[name] ?? []].flat().join(', ') || null);
  checkTarget(user, request.method === 'POST' ? 'create' : 'get', target);
  if (target.subresource === 'portforward') throw noPortForward();
  if (target.subresource !== 'exec') throw badRequest('unable to upgrade: this path speaks HTTP only');
  // First what is wrong with the request itself: after a refusal kubectl tries SPDY, and shows the second answer.
  const pod = existing(api, target);
  const container = containerOf(pod, query.get('container'));
  if (text(pod, 'spec.nodeName') === '')
    throw badRequest(`pod ${container.pod} does not have a host assigned`);
  if ((request.headers.upgrade ?? '').toLowerCase() !== 'websocket') {
    const message = 'the sandbox speaks exec over WebSockets only, which kubectl does from 1.30 on';
    throw new StatusError(501, 'NotImplemented', message);
  }
  const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',').map(each => each.trim());
  if (!protocols.includes(V5) && !protocols.includes(V4)) {
    throw badRequest(`unable to upgrade: the server speaks ${V5} and ${V4}`);
  }
  const exec: ExecRequest = {
    command: query.getAll('command'),
    stdin: flag(query, 'stdin'),
    stdout: flag(query, 'stdout'),
    stderr: flag(query, 'stderr'),
    tty: flag(query, 'tty'),
  };
  if (exec.command.length === 0) throw badRequest('you must specify at least 1 command for the container');
  if (!exec.stdin && !exec.stdout && !exec.stderr) {
    throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  }
  return { container, exec };
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
