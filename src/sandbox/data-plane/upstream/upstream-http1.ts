/**
 * HTTP/1.1 on one upstream connection: one request at a time, through node:http's client, which is given the socket.
 * Header names and order stay as the router made them, and nothing is added except what frames the body.
 * A 101 hands the connection over; one that nobody asked for is a protocol error.
 */
import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import type { UpstreamRequest, UpstreamResponse } from '../contract.ts';

/** Methods for which a request without a body says nothing about its length. */
const BODILESS_METHODS = new Set(['GET', 'HEAD', 'DELETE', 'TRACE', 'CONNECT']);
/** Envoy's limit for a response's headers, in bytes. */
const MAX_HEADERS = 60 * 1024;

export interface ExchangeEvents {
  onResponse(response: UpstreamResponse): void;
  /** No response will come, or (if it has begun) it will never end. */
  onFailure(why: 'closed' | 'protocol'): void;
  /** The exchange is over, however it went; called once, as the last. */
  onDone(): void;
}

/** A connection to an upstream host, in either protocol. */
export interface HttpConnection {
  readonly socket: Socket;
  /** Requests that it could take now, besides those under way. */
  readonly room: number;
  /** Nothing is under way. */
  readonly idle: boolean;
  /** Returns a function that ends the exchange. */
  exchange(request: UpstreamRequest, events: ExchangeEvents): () => void;
  close(): void;
}

/** An agent with a single socket: node:http keeps it for the next request and never opens another. */
export class OneSocketAgent extends Agent {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    super({ keepAlive: true, maxSockets: 1, maxFreeSockets: 1 });
    this.#socket = socket;
  }

  override createConnection(): Socket {
    return this.#socket;
  }

  // The pool decides how long a connection lives, not a Keep-Alive header.
  override keepSocketAlive(): boolean {
    return true;
  }
}

export class Http1Connection implements HttpConnection {
  readonly #agent: Agent;
  #busy = false;

  readonly socket: Socket;

  /** `onIdle`: the connection could take another request. */
  constructor(socket: Socket, onIdle: () => void) {
    this.socket = socket;
    this.#agent = new OneSocketAgent(socket);
    this.#agent.on('free', () => {
      this.#busy = false;
      onIdle();
    });
  }

  get idle(): boolean {
    return !this.#busy;
  }

  get room(): number {
    return this.#busy || this.socket.destroyed ? 0 : 1;
  }

  /** Returns a function that ends the exchange, and with it the connection. */
  exchange(request: UpstreamRequest, events: ExchangeEvents): () => void {
    let answered = false;
    let done = false;
    this.#busy = true;
    const finish = () => {
      if (done) return;
      done = true;
      this.#busy = false;
      events.onDone();
    };
    let outgoing: ClientRequest;
    try {
      outgoing = this.#open(request);
    } catch {
      // The path or a value cannot be sent in HTTP/1.
      queueMicrotask(() => {
        events.onFailure('protocol');
        finish();
        this.socket.destroy();
      });
      return finish;
    }
    outgoing.on('response', incoming => {
      answered = true;
      incoming.on('error', () => {});
      incoming.once('close', () => {
        if (!incoming.complete && !done) events.onFailure('closed');
        finish();
      });
      events.onResponse({
        status: incoming.statusCode ?? 0,
        headers: headersOf(incoming),
        body: incoming,
      });
    });
    outgoing.on('upgrade', (incoming, _socket, head) => {
      if (!isUpgrade(request)) return void this.socket.destroy();
      answered = true;
      if (head.length > 0) this.socket.unshift(head);
      this.socket.once('close', finish);
      events.onResponse({
        status: incoming.statusCode ?? 0,
        headers: headersOf(incoming),
        body: this.socket,
        tunnel: this.socket,
      });
    });
    outgoing.on('error', error => {
      if (answered || done) return;
      const code = (error as NodeJS.ErrnoException).code ?? '';
      events.onFailure(code.startsWith('HPE_') ? 'protocol' : 'closed');
      finish();
    });
    outgoing.once('close', () => {
      if (!answered && !done) events.onFailure('closed');
      if (!answered) finish();
    });
    // The upstream gets the headers at once, and may answer before the body comes; node would wait for it. (Its
    // flushHeaders would send them in UTF-8.)
    if (request.body !== null) outgoing.write(Buffer.alloc(0));
    sendBody(request.body, outgoing);
    return () => {
      done = true;
      outgoing.destroy();
      this.socket.destroy();
    };
  }

  close(): void {
    this.#agent.destroy();
    this.socket.destroy();
  }

  #open(request: UpstreamRequest): ClientRequest {
    const outgoing = httpRequest({
      agent: this.#agent,
      method: request.method,
      setHost: false,
      maxHeaderSize: MAX_HEADERS,
    });
    try {
      // Set here, the path may also contain blanks, which node:http would refuse: a rewrite that writes one is for the
      // far side to refuse.
      if (/[^\x20-\xff]/.test(request.path)) throw new Error('no path of HTTP/1.1');
      outgoing.path = request.path;
      // As it came: node would write it in capitals.
      outgoing.method = request.method;
      outgoing.setHeader('host', request.authority);
      for (const [name, value] of request.headers) outgoing.appendHeader(name, value);
      // Envoy sends no Connection header on HTTP/1.1, and the connection persists.
      if (!isUpgrade(request)) outgoing.removeHeader('connection');
      if (!outgoing.hasHeader('content-length')) {
        if (request.body !== null) outgoing.setHeader('transfer-encoding', 'chunked');
        else if (!isUpgrade(request) && !BODILESS_METHODS.has(request.method))
          outgoing.setHeader('content-length', '0');
      }
    } catch (error) {
      outgoing.on('error', () => {});
      outgoing.destroy();
      throw error;
    }
    return outgoing;
  }
}

function isUpgrade({ headers }: UpstreamRequest): boolean {
  return headers.some(([name]) => name === 'upgrade');
}

export function sendBody(body: UpstreamRequest['body'], outgoing: Writable): void {
  if (body === null || Buffer.isBuffer(body)) {
    outgoing.end(body ?? undefined);
    return;
  }
  body.once('error', () => outgoing.destroy());
  body.once('close', () => {
    if (!body.readableEnded) outgoing.destroy();
  });
  body.pipe(outgoing);
}

function headersOf({ rawHeaders }: IncomingMessage): [string, string][] {
  const headers: [string, string][] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    headers.push([(rawHeaders[i] ?? '').toLowerCase(), rawHeaders[i + 1] ?? '']);
  }
  return headers;
}
