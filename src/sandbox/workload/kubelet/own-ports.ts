/**
 * Ports of a pod that this process answers itself, such as Envoy's admin: each begins to listen when somebody first
 * dials it, on a free port of 127.0.0.1, and takes connections of the pods' network only.
 */
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { wentOn } from '../../go-on.ts';
import type { PodWires } from '../surroundings.ts';

/** Takes over a connection. */
export type TakeConnection = (socket: Socket) => void;

/** What listens on a port of the pod; null: nothing, for who dials it from where. Made once for each port. */
export type ServePort = (port: number, fromItself: boolean) => (() => TakeConnection) | null;

export interface PageAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers requests for pages; of a body that is too long only the beginning is read. */
export type Pages = (method: string, path: string, body?: string) => PageAnswer | Promise<PageAnswer>;

/** Characters of a body. */
const MOST = 64 * 1024;

export class OwnPorts {
  readonly #opening = new Map<number, Promise<number>>();
  readonly #real = new Map<number, number>();
  readonly #servers = new Set<Server>();
  readonly #sockets = new Set<Socket>();
  readonly #network: PodWires;
  readonly #serve: ServePort;
  #closed = false;

  constructor(network: PodWires, serve: ServePort) {
    this.#network = network;
    this.#serve = serve;
  }

  /** Port in the pod -> real port, of those that have been dialed. */
  get real(): ReadonlyMap<number, number> {
    return this.#real;
  }

  /** The real port; null: nothing listens there. */
  open(port: number, fromItself: boolean): Promise<number> | null {
    const make = this.#closed ? null : this.#serve(port, fromItself);
    if (make === null) return null;
    const known = this.#opening.get(port);
    if (known !== undefined) return known;
    const opening = this.#listen(port, make());
    this.#opening.set(port, opening);
    // A shortage of this process may be over the next time.
    opening.catch(() => this.#opening.delete(port));
    return opening;
  }

  close(): void {
    this.#closed = true;
    for (const server of this.#servers) server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #listen(port: number, take: TakeConnection): Promise<number> {
    const server = createServer({ noDelay: true }, socket => {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.once('close', () => this.#sockets.delete(socket));
      void this.#admit(socket, take);
    });
    this.#servers.add(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => {
        const real = (server.address() as AddressInfo).port;
        this.#real.set(port, real);
        resolve(real);
      });
    });
  }

  async #admit(socket: Socket, take: TakeConnection): Promise<void> {
    if (!(await this.#network.knows(socket))) return void socket.destroy();
    take(socket);
  }
}

export function httpPages(pages: Pages): TakeConnection {
  const server = createHttpServer((request, response) => void answer(pages, request, response));
  return socket => server.emit('connection', socket);
}

async function answer(pages: Pages, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    let asked = '';
    for await (const chunk of request.setEncoding('utf8')) if (asked.length < MOST) asked += chunk;
    const { status, body, headers = {} } = await pages(request.method ?? 'GET', request.url ?? '/', asked);
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
    response.end(request.method === 'HEAD' ? '' : body);
  } catch (error) {
    wentOn(`the page ${request.url}`, error);
    response.writeHead(500).end();
  }
}
