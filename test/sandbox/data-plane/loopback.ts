/** A pods' network for these tests: virtual addresses in front of real ports on 127.0.0.1. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Cluster, EnvoyConfig } from '../../../src/envoy/config.ts';
import type { HttpSide, UpstreamRequest } from '../../../src/sandbox/data-plane/contract.ts';
import { createSidecar, type SidecarProxy } from '../../../src/sandbox/data-plane/sidecar.ts';
import { ClusterManager } from '../../../src/sandbox/data-plane/upstream/cluster-manager.ts';
import type { Address, Network, PodResolver } from '../../../src/sandbox/rooms.ts';

export const ORIGINAL = { ip: '10.96.0.9', port: 80 };

export class Loopback implements Network, PodResolver {
  readonly ports = new Map<string, number>();
  readonly names = new Map<string, readonly string[]>();
  readonly dialed: string[] = [];
  readonly #servers: { close(): void }[] = [];

  async dial(to: Address, _from: string, signal?: AbortSignal): Promise<Socket> {
    const key = `${to.ip}:${to.port}`;
    this.dialed.push(key);
    const port = this.ports.get(key);
    if (port === undefined)
      throw Object.assign(new Error(`connect ECONNREFUSED ${key}`), { code: 'ECONNREFUSED' });
    const socket = connect(port, '127.0.0.1');
    signal?.addEventListener('abort', () => socket.destroy());
    return new Promise((resolve, reject) => {
      socket.once('connect', () => resolve(socket));
      socket.once('error', reject);
    });
  }

  resolve(host: string): readonly string[] {
    return this.names.get(host) ?? (/^[\d.]+$/.test(host) ? [host] : []);
  }

  /** Serves a virtual address; gives back the real port. */
  async serve(at: string, handler: (socket: Socket) => void): Promise<number> {
    const server = createServer({ allowHalfOpen: true }, socket => {
      socket.on('error', () => {});
      handler(socket);
    });
    await this.listen(at, server);
    return this.ports.get(at) ?? 0;
  }

  async listen(at: string, server: Server): Promise<void> {
    const sockets = new Set<Socket>();
    server.on('connection', socket => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    this.ports.set(at, (server.address() as { port: number }).port);
    this.#servers.push({
      close: () => {
        server.close();
        for (const socket of sockets) socket.destroy();
      },
    });
  }

  close(): void {
    for (const server of this.#servers) server.close();
  }
}

const NO_HTTP: HttpSide = {
  serve: connection => connection.socket.destroy(),
  close: () => {},
};

/** A sidecar over this network that carries connections, not HTTP. */
export function tcpSidecar(network: Loopback, log: (line: string) => void): SidecarProxy {
  return createSidecar({ ...surroundings(network), log, httpSide: () => NO_HTTP });
}

/** The clusters of a sidecar over this network. */
export const clustersOn = (network: Loopback) =>
  new ClusterManager({ ...surroundings(network), now: Date.now });

const surroundings = (network: Loopback) => ({
  ...{ network, resolver: network, readFile: () => null },
  podIp: '10.244.0.5',
  random: () => 0,
});

/** A connected pair: the app's end, and the one that the sidecar accepts. */
export async function appConnection(): Promise<{ app: Socket; accepted: Socket; from: Address }> {
  const server = createServer({ pauseOnConnect: true });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const [accepted, app] = await Promise.all([
    new Promise<Socket>(resolve => server.once('connection', resolve)),
    new Promise<Socket>(resolve => {
      const socket = connect((server.address() as { port: number }).port, '127.0.0.1');
      socket.once('connect', () => resolve(socket));
    }),
  ]);
  server.close();
  app.on('error', () => {});
  return { app, accepted, from: { ip: '10.244.0.5', port: app.localPort ?? 0 } };
}

/** However it ends: reset or closed. */
export function closed(socket: Socket): Promise<void> {
  return new Promise(resolve => {
    if (socket.closed) resolve();
    else socket.resume().once('close', () => resolve());
  });
}

export function config(parts: Partial<EnvoyConfig>): EnvoyConfig {
  return { listeners: [], routes: [], clusters: [], endpoints: [], ...parts };
}

/** A STATIC cluster; each endpoint 'IP:PORT'. */
export function staticCluster(
  name: string,
  endpoints: readonly string[],
  more: Partial<Cluster> = {},
): Cluster {
  return {
    name,
    type: 'STATIC',
    connect_timeout: '10s',
    lb_policy: 'ROUND_ROBIN',
    load_assignment: {
      cluster_name: name,
      endpoints: [
        {
          lb_endpoints: endpoints.map(each => {
            const [address = '', port] = each.split(':');
            return { endpoint: { address: { socket_address: { address, port_value: Number(port) } } } };
          }),
        },
      ],
    },
    ...more,
  };
}

export function get(path: string, more: Partial<UpstreamRequest> = {}): UpstreamRequest {
  return { method: 'GET', path, authority: 'api.example.com', headers: [], body: null, ...more };
}

export async function text(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
