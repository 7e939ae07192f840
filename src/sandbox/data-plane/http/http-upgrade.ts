/**
 * Exchanges that ask for another protocol on their connection ('Upgrade: websocket', CONNECT). Node hands such a socket
 * over with the request; an answer other than 101 is the connection's last one.
 * Source: envoyproxy/envoy source/common/http/http1/codec_impl.cc.
 */
import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { http1Exchange } from './http-codec1.ts';
import type { Exchange } from './http-exchange.ts';

/** Offers of h2c are neither taken up nor refused: such requests are ordinary ones. */
function upgradeOf(headers: IncomingMessage['headers']): string | null {
  const { connection, upgrade } = headers;
  if (connection === undefined || !/(^|[\s,])upgrade($|[\s,])/i.test(connection)) return null;
  return upgrade === undefined || /^h2c?$/i.test(upgrade) ? null : upgrade;
}

/**
 * The value that node's parser sets; a field of the class would not exist yet when the parent's constructor asks for
 * it.
 */
const asked = new WeakMap<IncomingMessage, boolean | null>();

/** A request by which node's server decides whether to hand it over as an upgrade. */
export class UpgradableRequest extends IncomingMessage {
  get upgrade(): boolean | null {
    const upgrade = asked.get(this) ?? null;
    return upgrade === true && this.method !== 'CONNECT' ? upgradeOf(this.headers) !== null : upgrade;
  }

  set upgrade(value: boolean | null) {
    asked.set(this, value);
  }
}

/** `head` is what came after the request. */
export function upgradeExchange(request: IncomingMessage, socket: Socket, head: Buffer): Exchange {
  const response = new ServerResponse(request);
  response.sendDate = false;
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => socket.destroySoon());
  const connect = request.method === 'CONNECT';
  const tunnel = new PassThrough();
  tunnel.write(head);
  socket.pipe(tunnel);
  // An app that closes its side is gone: a sidecar's connections to apps are never half open.
  socket.once('end', () => socket.destroySoon());
  const exchange = http1Exchange(request, response);
  let upgraded = false;
  return {
    ...exchange,
    body: null,
    path: connect ? '' : exchange.path,
    authority: connect ? (request.url ?? '') : exchange.authority,
    upgrade: connect ? 'CONNECT' : upgradeOf(request.headers),
    tunnel,
    get answered() {
      return upgraded || response.headersSent;
    },
    answer(status, list, empty) {
      if (status !== 101) return exchange.answer(status, list, empty, true);
      upgraded = true;
      const lines = list.map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`, 'latin1');
    },
    write: chunk => (upgraded ? socket.write(chunk) : exchange.write(chunk)),
    onDrain: listener => void (upgraded ? socket.once('drain', listener) : exchange.onDrain(listener)),
    end: () => (upgraded ? socket.destroySoon() : exchange.end()),
    reset: () => (upgraded ? socket.destroySoon() : exchange.reset()),
  };
}
