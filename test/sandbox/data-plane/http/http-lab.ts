/** A proxy with its app and one real upstream server, for tests of the HTTP side. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net';
import type { EnvoyConfig, Route, VirtualHost } from '../../../../src/envoy/config.ts';
import { createHttpSide } from '../../../../src/sandbox/data-plane/http/http-side.ts';
import { type AccessLine, readLine } from '../log-line.ts';
import { clustersOf, NodeCluster } from '../node-clusters.ts';

interface Answer {
  readonly status: number;
  /** 'name: value' as they came. */
  readonly headers: readonly string[];
  readonly body: string;
}

interface Seen {
  readonly method: string;
  readonly url: string;
  /** 'name: value' as they came. */
  readonly headers: readonly string[];
  readonly body: string;
}

export interface Lab {
  readonly main: NodeCluster;
  readonly other: NodeCluster;
  readonly lines: string[];
  readonly seen: Seen[];
  /** Requests of which the upstream has the headers. */
  arrivals: number;
  /** What the upstream does; the default answers 200 'hello'. */
  serve: (request: IncomingMessage, response: ServerResponse, seen: Seen) => void;
  random: () => number;
  routes(routes: readonly Route[], host?: Partial<VirtualHost>): void;
  /** One request on a connection of its own; its answer once it is complete. */
  call(request: string): Promise<Answer>;
  get(path?: string, ...headers: string[]): Promise<Answer>;
  open(): Socket;
  /** The n-th log line (from 1), as soon as there are so many. */
  line(n?: number): Promise<AccessLine>;
  until(holds: () => boolean): Promise<void>;
  close(): Promise<void>;
}

export async function startLab(): Promise<Lab> {
  const listeners: (() => void)[] = [];
  const changed = () => {
    for (const listener of [...listeners]) listener();
  };
  const seen: Seen[] = [];
  const upstream = createServer((request, response) => {
    lab.arrivals++;
    changed();
    const chunks: Buffer[] = [];
    request.on('data', chunk => chunks.push(chunk as Buffer));
    request.on('error', () => {});
    request.on('end', () => {
      const call = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: pairs(request.rawHeaders),
        body: Buffer.concat(chunks).toString(),
      };
      seen.push(call);
      changed();
      lab.serve(request, response, call);
    });
  });
  const upstreamPort = await listen(upstream);
  const main = new NodeCluster('main', upstreamPort);
  const other = new NodeCluster('other', upstreamPort);
  const lines: string[] = [];
  let config: EnvoyConfig = { listeners: [], routes: [], clusters: [], endpoints: [] };
  const side = createHttpSide({
    config: () => config,
    clusters: clustersOf(main, other),
    log: line => {
      lines.push(line);
      changed();
    },
    random: () => lab.random(),
  });
  const proxy = createTcpServer({ pauseOnConnect: false }, socket => {
    socket.once('data', head => {
      socket.pause();
      side.serve(
        {
          socket,
          head: head as Buffer,
          from: { ip: '10.244.0.5', port: socket.remotePort ?? 0 },
          to: { ip: '10.96.0.1', port: 80 },
          sni: '',
          worker: 0,
        },
        { rds: { route_config_name: '80' } },
      );
    });
  });
  const proxyPort = await listen(proxy);
  const until = (holds: () => boolean): Promise<void> =>
    new Promise(resolve => {
      const check = () => {
        if (!holds()) return;
        listeners.splice(listeners.indexOf(check), 1);
        resolve();
      };
      listeners.push(check);
      check();
    });

  const lab: Lab = {
    main,
    other,
    lines,
    seen,
    arrivals: 0,
    serve: (_request, response) => response.end('hello'),
    random: () => 0,
    routes(routes, host) {
      config = {
        ...config,
        routes: [
          {
            name: '80',
            ignore_port_in_host_matching: true,
            virtual_hosts: [
              { name: 'api', domains: ['api.test'], include_request_attempt_count: true, routes, ...host },
            ],
          },
        ],
      };
    },
    open: () => connect(proxyPort, '127.0.0.1'),
    async call(request) {
      const socket = lab.open();
      socket.on('error', () => {});
      socket.write(request);
      const answer = await readAnswer(socket, request.startsWith('HEAD'));
      socket.destroy();
      return answer;
    },
    get: (path = '/', ...headers) =>
      lab.call([`GET ${path} HTTP/1.1`, 'Host: api.test', ...headers, '', ''].join('\r\n')),
    async line(n = 1) {
      await until(() => lines.length >= n);
      return readLine(lines[n - 1] ?? '');
    },
    until,
    async close() {
      side.close();
      main.agent.destroy();
      other.agent.destroy();
      upstream.closeAllConnections();
      upstream.close();
      proxy.close();
      await Promise.all([once(upstream, 'close'), once(proxy, 'close')]);
    },
  };
  return lab;
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function pairs(raw: readonly string[]): string[] {
  const list: string[] = [];
  for (let i = 0; i < raw.length; i += 2) list.push(`${raw[i]}: ${raw[i + 1]}`);
  return list;
}

/** Reads one answer; an answer that is broken off rejects. */
function readAnswer(socket: Socket, headersOnly = false): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let text = '';
    const check = () => {
      const end = text.indexOf('\r\n\r\n');
      if (end === -1) return;
      const [first = '', ...headers] = text.slice(0, end).split('\r\n');
      const rest = text.slice(end + 4);
      const status = Number(first.split(' ')[1]);
      const header = (name: string) =>
        headers.find(line => line.toLowerCase().startsWith(`${name}:`))?.split(': ')[1];
      const length = header('content-length');
      if (headersOnly || status === 204 || status === 304) return resolve({ status, headers, body: '' });
      if (length !== undefined && Buffer.byteLength(rest) >= Number(length))
        return resolve({ status, headers, body: Buffer.from(rest).subarray(0, Number(length)).toString() });
      if (header('transfer-encoding') === 'chunked' && rest.endsWith('0\r\n\r\n'))
        return resolve({ status, headers, body: unchunk(rest) });
    };
    socket.on('data', chunk => {
      text = (text + String(chunk)).replace(/^HTTP\/1.1 100 Continue\r\n\r\n/, '');
      check();
    });
    socket.once('close', () => reject(new Error(`broken off after: ${JSON.stringify(text)}`)));
  });
}

function unchunk(text: string): string {
  let body = '';
  let rest = text;
  for (;;) {
    const line = rest.indexOf('\r\n');
    const size = Number.parseInt(rest.slice(0, line), 16);
    if (!size) return body;
    body += rest.slice(line + 2, line + 2 + size);
    rest = rest.slice(line + 4 + size);
  }
}
