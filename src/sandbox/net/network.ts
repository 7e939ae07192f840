/**
 * The pods' network (room net): virtual addresses over real sockets on 127.0.0.1. Every pod has an address and the
 * real ports of what listens in it; a ClusterIP leads to one of its ready endpoints, as kube-proxy leads it.
 * Nothing but registered ports of this process can be reached: an address that is not in the world is refused.
 * May import rooms.ts, shortage.ts and the store. Left out: IPv6, UDP, node ports, session affinity, NetworkPolicies.
 */
import { connect, type Socket } from 'node:net';
import type { Address, Network } from '../rooms.ts';
import { isShortage, lookForShortage } from '../shortage.ts';

/** kube-proxy's knowledge. */
export interface ServiceTable {
  /** Ready endpoints behind a ClusterIP and port; null when no Service has this address and port. */
  endpoints(to: Address): readonly Address[] | null;
}

const LOOPBACK = /^127\./;

export class PodNetwork implements Network {
  readonly #pods = new Map<string, ReadonlyMap<number, number>>();
  /** Real local port of an open connection -> address of the pod that it comes from. */
  readonly #sources = new Map<number, string>();

  constructor(
    private readonly services: ServiceTable,
    private readonly random: () => number = Math.random,
  ) {}

  /** From now on this pod address listens: virtual port -> real port on 127.0.0.1. Replaces what it had. */
  listen(ip: string, ports: ReadonlyMap<number, number>): void {
    this.#pods.set(ip, ports);
  }

  /** The pod is gone: its address refuses from now on. Open connections end with what serves them. */
  release(ip: string): void {
    this.#pods.delete(ip);
  }

  dial(to: Address, from: string, signal?: AbortSignal): Promise<Socket> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const port = this.#realPort(to, from);
    return port === undefined ? Promise.reject(refused(to)) : this.#connect(port, to, from, signal);
  }

  /** The pod's address behind a connection that a server of this process has accepted; undefined: not of this network. */
  sourceOf(socket: Pick<Socket, 'remotePort'>): string | undefined {
    return socket.remotePort === undefined ? undefined : this.#sources.get(socket.remotePort);
  }

  #realPort(to: Address, from: string): number | undefined {
    const endpoints = this.services.endpoints(to);
    // kube-proxy's iptables rules pick by chance, for each connection anew.
    const target =
      endpoints === null
        ? { ip: LOOPBACK.test(to.ip) ? from : to.ip, port: to.port }
        : endpoints[Math.floor(this.random() * endpoints.length)];
    return target && this.#pods.get(target.ip)?.get(target.port);
  }

  #connect(port: number, to: Address, from: string, signal?: AbortSignal): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, noDelay: true });
      const abort = () => {
        socket.destroy();
        reject(signal?.reason);
      };
      const failed = (error: Error) => {
        signal?.removeEventListener('abort', abort);
        // Else the server closed a moment ago.
        reject(isShortage(error) ? error : refused(to));
      };
      signal?.addEventListener('abort', abort, { once: true });
      socket.once('error', failed);
      socket.once('connect', () => {
        signal?.removeEventListener('abort', abort);
        socket.off('error', failed);
        lookForShortage();
        const local = socket.localPort ?? 0;
        // Before the first byte is written, so that the server knows whom it answers.
        this.#sources.set(local, from);
        socket.once('close', () => this.#sources.delete(local));
        resolve(socket);
      });
    });
  }
}

/** What connect(2) says where nobody listens. */
function refused({ ip, port }: Address): NodeJS.ErrnoException {
  return Object.assign(new Error(`connect ECONNREFUSED ${ip}:${port}`), {
    code: 'ECONNREFUSED',
    syscall: 'connect',
    address: ip,
    port,
  });
}
