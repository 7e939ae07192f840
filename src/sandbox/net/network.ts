/**
 * The pods' network (room net): virtual addresses over real sockets on 127.0.0.1. Every pod has an address and the real
 * ports of what listens in it; a ClusterIP leads to one of its ready endpoints, as with kube-proxy. Only registered
 * ports of this process can be reached: an address outside the world is refused. And only this network reaches them:
 * connections from other programs on the machine are recognised as foreign.
 * Left out: IPv6, UDP, node ports, session affinity, NetworkPolicies.
 */
import { connect, type Socket } from 'node:net';
import type { Address, Network } from '../rooms.ts';
import { isShortage, lookForShortage } from '../shortage.ts';

/** What kube-proxy knows. */
export interface ServiceTable {
  /** Ready endpoints behind a ClusterIP and port; null if no Service has this address and port. */
  endpoints(to: Address): readonly Address[] | null;
}

type OpenPort = (port: number, fromItself: boolean) => Promise<number> | null;

/** What a server sees of a connection it has accepted. */
type Accepted = Pick<Socket, 'remoteAddress' | 'remotePort' | 'localPort'>;

const LOOPBACK = /^127\./;
/** Where all servers of this process listen, and from where they are dialed. */
const HOST = '127.0.0.1';

export class PodNetwork implements Network {
  readonly #pods = new Map<string, ReadonlyMap<number, number>>();
  readonly #later = new Map<string, OpenPort>();
  /** The two real ports of an open connection -> the address of the pod it comes from. */
  readonly #sources = new Map<string, string>();
  /** Real port -> dials to it under way. */
  readonly #dials = new Map<number, Set<Promise<unknown>>>();
  readonly #services: ServiceTable;
  readonly #random: () => number;

  constructor(services: ServiceTable, random: () => number = Math.random) {
    this.#services = services;
    this.#random = random;
  }

  /** From now on this pod address listens: virtual port -> real port on 127.0.0.1. Replaces any earlier ports. */
  listen(ip: string, ports: ReadonlyMap<number, number>): void {
    this.#pods.set(ip, ports);
  }

  /** The pod is gone: from now on its address refuses. Open connections end with their server. */
  release(ip: string): void {
    this.#pods.delete(ip);
    this.#later.delete(ip);
  }

  /**
   * Ports of a pod that nothing listens on until somebody dials them. `open` gives the real port; null: nothing listens
   * there. `fromItself`: the dial is to the pod's own loopback.
   */
  listenLater(ip: string, open: OpenPort): void {
    this.#later.set(ip, open);
  }

  dial(to: Address, from: string, signal?: AbortSignal): Promise<Socket> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const target = this.#target(to, from);
    const port = target && this.#pods.get(target.ip)?.get(target.port);
    if (port !== undefined) return this.#dial(port, to, from, signal);
    const opened = target && this.#later.get(target.ip)?.(target.port, LOOPBACK.test(to.ip));
    if (!opened) return Promise.reject(refused(to));
    return opened.then(later => this.#dial(later, to, from, signal));
  }

  #dial(port: number, to: Address, from: string, signal?: AbortSignal): Promise<Socket> {
    const dial = this.#connect(port, to, from, signal);
    const others = this.#dials.get(port) ?? new Set();
    this.#dials.set(port, others.add(dial));
    const over = () => {
      others.delete(dial);
      if (others.size === 0) this.#dials.delete(port);
    };
    dial.then(over, over);
    return dial;
  }

  /**
   * The address of the pod behind a connection that a server of this process has accepted; undefined: it does not come
   * from this network.
   */
  sourceOf({ remoteAddress, remotePort = 0, localPort = 0 }: Accepted): string | undefined {
    return remoteAddress === HOST ? this.#sources.get(connection(remotePort, localPort)) : undefined;
  }

  /**
   * Whether a connection that a server of this process has accepted comes from this network, and not from another
   * program on the machine. The server may see it a moment before the dialing end does, so dials are waited for.
   */
  knows(socket: Accepted): boolean | Promise<boolean> {
    if (this.sourceOf(socket) !== undefined) return true;
    const dials = socket.localPort === undefined ? undefined : this.#dials.get(socket.localPort);
    if (dials === undefined) return false;
    return Promise.allSettled(dials).then(() => this.sourceOf(socket) !== undefined);
  }

  #target(to: Address, from: string): Address | undefined {
    const endpoints = this.#services.endpoints(to);
    // kube-proxy's iptables rules pick at random, for each connection again.
    return endpoints === null
      ? { ip: LOOPBACK.test(to.ip) ? from : to.ip, port: to.port }
      : endpoints[Math.floor(this.#random() * endpoints.length)];
  }

  #connect(port: number, to: Address, from: string, signal?: AbortSignal): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: HOST, port, noDelay: true });
      const abort = () => {
        socket.destroy();
        reject(signal?.reason);
      };
      const failed = (error: Error) => {
        signal?.removeEventListener('abort', abort);
        // Otherwise the server closed a moment ago.
        reject(isShortage(error) ? error : refused(to));
      };
      signal?.addEventListener('abort', abort, { once: true });
      socket.once('error', failed);
      socket.once('connect', () => {
        signal?.removeEventListener('abort', abort);
        socket.off('error', failed);
        lookForShortage();
        const ports = connection(socket.localPort ?? 0, port);
        // Before the first byte is written, so that the server knows who is calling.
        this.#sources.set(ports, LOOPBACK.test(to.ip) ? to.ip : from);
        socket.once('close', () => this.#sources.delete(ports));
        resolve(socket);
      });
    });
  }
}

/** A key for the connection between two ports. */
const connection = (from: number, to: number) => `${from}>${to}`;

/** The error of connect(2) where nothing listens. */
function refused({ ip, port }: Address): NodeJS.ErrnoException {
  return Object.assign(new Error(`connect ECONNREFUSED ${ip}:${port}`), {
    code: 'ECONNREFUSED',
    syscall: 'connect',
    address: ip,
    port,
  });
}
