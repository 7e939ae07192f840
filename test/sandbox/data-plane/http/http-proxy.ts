/** A whole sidecar with one HTTP listener, in front of upstreams that are bare sockets; for what http-lab.ts hides. */
import type { Socket } from 'node:net';
import type { Cluster, HttpConnectionManager, Route, VirtualHost } from '../../../../src/envoy/config.ts';
import { createHttpSide } from '../../../../src/sandbox/data-plane/http/http-side.ts';
import { createSidecar, type SidecarProxy } from '../../../../src/sandbox/data-plane/sidecar.ts';
import { appConnection, config, Loopback, staticCluster } from '../loopback.ts';

/** What an upstream does with a request, of which it has the head (in latin1) and a way to answer. */
export type Serve = (head: string, socket: Socket) => void;

export const OK: Serve = (_head, socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');

export interface ProxyOptions {
  readonly routes: readonly Route[];
  readonly host?: Partial<VirtualHost>;
  readonly manager?: Partial<HttpConnectionManager>;
  /** Beside 'a' at 10.0.0.1:80 and 'b' at 10.0.0.2:80. */
  readonly clusters?: readonly Cluster[];
  readonly serve?: Readonly<Record<string, Serve>>;
  readonly environment?: Readonly<Record<string, string>>;
}

export class HttpProxy {
  readonly lines: string[] = [];
  /** 'a GET /path HTTP/1.1\n...' of each request, and 'a: bytes' of what came behind its head. */
  readonly seen: string[] = [];
  readonly network = new Loopback();
  readonly #sidecar: SidecarProxy;
  #waiting: (() => void)[] = [];
  readonly #options: ProxyOptions;

  constructor(options: ProxyOptions) {
    this.#options = options;
    const { routes, host, manager, clusters = [], environment = {} } = options;
    this.#sidecar = createSidecar({
      network: this.network,
      resolver: this.network,
      readFile: () => null,
      podIp: '127.0.0.1',
      environment,
      log: line => {
        this.lines.push(line);
        this.#changed();
      },
      httpSide: createHttpSide,
    });
    this.#sidecar.update(
      config({
        listeners: [
          {
            name: '0.0.0.0_80',
            address: { socket_address: { address: '0.0.0.0', port_value: 80 } },
            listener_filters: [{ name: 'envoy.filters.listener.http_inspector' }],
            listener_filters_timeout: '0s',
            filter_chains: [
              {
                filters: [
                  {
                    name: 'envoy.filters.network.http_connection_manager',
                    typed_config: { rds: { route_config_name: '80' }, ...manager },
                  },
                ],
              },
            ],
          },
        ],
        routes: [
          {
            name: '80',
            ignore_port_in_host_matching: true,
            virtual_hosts: [
              { name: 'v', domains: ['*'], include_request_attempt_count: true, routes, ...host },
            ],
          },
        ],
        clusters: [
          ...['a', 'b']
            .filter(name => !clusters.some(cluster => cluster.name === name))
            .map((name, i) => staticCluster(name, [`10.0.0.${i + 1}:80`])),
          ...clusters,
        ],
      }),
    );
  }

  async start(): Promise<this> {
    for (const [i, name] of ['a', 'b'].entries()) {
      await this.network.serve(`10.0.0.${i + 1}:80`, socket => this.#upstream(name, socket));
    }
    return this;
  }

  async open(): Promise<Socket> {
    const { app, accepted, from } = await appConnection();
    this.#sidecar.accept(accepted, from, { ip: '10.96.0.1', port: 80 });
    return app;
  }

  /** What comes back on a connection of its own until it matches, in latin1. */
  async call(request: string, until = /\r\n\r\n/): Promise<string> {
    const app = await this.open();
    app.write(request, 'latin1');
    const answer = await received(app, until);
    app.destroy();
    return answer;
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>(resolve => this.#waiting.push(resolve));
  }

  stats(): Record<string, number> {
    return this.#sidecar.stats();
  }

  close(): void {
    this.#sidecar.close();
    this.network.close();
  }

  #changed(): void {
    for (const waiting of this.#waiting.splice(0)) waiting();
  }

  #upstream(name: string, socket: Socket): void {
    let text = '';
    let head = '';
    socket.on('data', chunk => {
      text += (chunk as Buffer).toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end !== -1 && /^[A-Z]+ \S+ HTTP\/1.1\r\n/.test(text)) {
        head = text.slice(0, end);
        this.seen.push(`${name} ${head.replaceAll('\r\n', '\n')}`);
        text = text.slice(end + 4);
        (this.#options.serve?.[name] ?? OK)(head, socket);
      }
      if (head !== '' && text !== '') {
        this.seen.push(`${name}: ${text}`);
        text = '';
      }
      this.#changed();
    });
    socket.on('end', () => {
      this.seen.push(`${name} closed`);
      socket.end();
      this.#changed();
    });
  }
}

export function startProxy(options: ProxyOptions): Promise<HttpProxy> {
  return new HttpProxy(options).start();
}

/** A GET of a path with further header lines. */
export function request(path: string, ...headers: readonly string[]): string {
  return [`GET ${path} HTTP/1.1`, 'Host: api.test', ...headers, '', ''].join('\r\n');
}

export function received(socket: Socket, until: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.on('data', chunk => {
      text += (chunk as Buffer).toString('latin1');
      if (until.test(text)) resolve(text);
    });
    socket.once('close', () => reject(new Error(`closed after ${JSON.stringify(text)}`)));
  });
}
