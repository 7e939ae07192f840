/**
 * The door through which a pod's curl enters the pods' network: a SOCKS5 listener on 127.0.0.1. User and password are
 * random for each command and identify its pod; without them nobody gets in. With a sidecar every connection that
 * iptables captures succeeds at once, since Envoy gets it before the far side is tried; everything else is dialed.
 * SOCKS shows in one place: curl exits with 97 where it would have exited with 7 without the door.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import type { Address, Network, Outbound, PodResolver } from '../rooms.ts';
import { isShortage, lookForShortage } from '../shortage.ts';
import {
  CONNECT,
  NO_METHOD,
  REPLY,
  type Read,
  readCredentials,
  readGreeting,
  readRequest,
  reply,
  type SocksRequest,
  USER_AND_PASSWORD,
} from './socks.ts';

/** The pod in whose name a connection is opened. */
export interface Guest {
  readonly ip: string;
  readonly resolver: PodResolver;
  /** Where the call's own options take a connection: another host or port, or given addresses. */
  readonly lead?: (
    host: string,
    port: number,
  ) => { readonly host: string; readonly port: number; readonly addresses?: readonly string[] };
  /** The sidecar; null for pods without one. */
  readonly outbound: Outbound | null;
  /** Whether iptables hands a connection to the sidecar; if left out: all except loopback. */
  readonly captures?: (to: Address) => boolean;
}

export interface Pass {
  readonly user: string;
  readonly password: string;
  /** Admits no new connections with it; open ones stay until either end closes them. */
  revoke(): void;
}

/** Milliseconds for the handshake: a client that says nothing is disconnected. */
const PATIENCE = 10_000;

export class Door {
  readonly #guests = new Map<string, Guest>();
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #network: Network;

  private constructor(network: Network) {
    this.#network = network;
    this.#server = createServer({ noDelay: true }, socket => {
      lookForShortage();
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      this.#welcome(socket).catch(() => socket.destroy());
    });
  }

  /** Listens on a free port of 127.0.0.1. */
  static open(network: Network): Promise<Door> {
    const door = new Door(network);
    return new Promise((resolve, reject) => {
      door.#server.once('error', reject);
      door.#server.listen(0, '127.0.0.1', () => resolve(door));
    });
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  admit(guest: Guest): Pass {
    const user = randomBytes(8).toString('hex');
    const password = randomBytes(16).toString('hex');
    const key = `${user}:${password}`;
    this.#guests.set(key, guest);
    return { user, password, revoke: () => this.#guests.delete(key) };
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise(done => this.#server.close(() => done()));
  }

  async #welcome(socket: Socket): Promise<void> {
    const ignore = () => socket.destroy();
    socket.on('error', ignore);
    socket.setTimeout(PATIENCE, ignore);
    const methods = await read(socket, readGreeting);
    if (!methods.includes(USER_AND_PASSWORD)) return void socket.end(Buffer.from([5, NO_METHOD]));
    socket.write(Buffer.from([5, USER_AND_PASSWORD]));
    const { user, password } = await read(socket, readCredentials);
    const guest = this.#guests.get(`${user}:${password}`);
    if (!guest) return void socket.end(Buffer.from([1, 1]));
    socket.write(Buffer.from([1, 0]));
    const request = await read(socket, readRequest);
    socket.setTimeout(0);
    socket.off('timeout', ignore);
    await this.#lead(socket, guest, request);
  }

  async #lead(socket: Socket, guest: Guest, request: SocksRequest): Promise<void> {
    const refuse = (code: number) => void socket.end(reply(code));
    if (request.command !== CONNECT) return refuse(REPLY.noSuchCommand);
    if (request.host === null) return refuse(REPLY.noSuchAddressType);
    const asked = { host: request.host, port: request.port, addresses: undefined };
    const { host, port, addresses } = guest.lead?.(request.host, request.port) ?? asked;
    const [ip] = addresses ?? guest.resolver.resolve(host);
    if (ip === undefined) return refuse(REPLY.unreachable);
    const to = { ip, port };
    const own = ip.startsWith('127.');
    const from: Address = { ip: own ? '127.0.0.1' : guest.ip, port: socket.remotePort ?? 0 };
    // Istio's iptables rules leave the pod's own loopback alone: there the sidecar is reached only where it listens
    // itself.
    const meets = own ? guest.outbound?.listensAt(to) : (guest.captures?.(to) ?? true);
    if (guest.outbound !== null && meets) {
      socket.write(reply(REPLY.granted));
      return guest.outbound.accept(socket, from, to);
    }
    try {
      join(socket, await this.#network.dial(to, guest.ip));
    } catch (error) {
      return refuse(isShortage(error) ? REPLY.failed : REPLY.refused);
    }
    socket.write(reply(REPLY.granted));
  }
}

function join(app: Socket, server: Socket): void {
  const end = () => {
    app.destroy();
    server.destroy();
  };
  for (const socket of [app, server]) socket.once('error', end).once('close', end);
  app.pipe(server);
  server.pipe(app);
}

/** Reads one message; what came after it goes back into the socket. Rejects if it is invalid or the socket ends. */
function read<T>(socket: Socket, parse: (bytes: Buffer) => Read<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const done = () => {
      socket.off('readable', look).off('close', gone).off('end', gone);
    };
    const gone = () => {
      done();
      reject(new Error('the client left in the middle of the handshake'));
    };
    const look = () => {
      for (let chunk = socket.read(); chunk !== null; chunk = socket.read()) {
        bytes = Buffer.concat([bytes, chunk]);
        const found = parse(bytes);
        if (found === null) continue;
        done();
        if (found === 'bad') return reject(new Error('not SOCKS5'));
        if (bytes.length > found.used) socket.unshift(bytes.subarray(found.used));
        return resolve(found.value);
      }
    };
    socket.on('readable', look).on('close', gone).on('end', gone);
  });
}
