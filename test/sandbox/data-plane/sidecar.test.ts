import { createServer, request as httpRequest } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { FilterChain, Listener, NetworkFilter } from '../../../src/envoy/config.ts';
import { createHttpSide } from '../../../src/sandbox/data-plane/http/http-side.ts';
import { createSidecar, type SidecarProxy } from '../../../src/sandbox/data-plane/sidecar.ts';
import { type Certificates, makeCertificates } from '../../../src/world/certificates.ts';
import { appConnection, closed, config, Loopback, staticCluster, text } from './loopback.ts';

const API = 'api.safedata-zone.io';
const INSPECTORS = [
  { name: 'envoy.filters.listener.tls_inspector' },
  { name: 'envoy.filters.listener.http_inspector' },
];

function tcpTo(cluster: string): NetworkFilter[] {
  return [{ name: 'envoy.filters.network.tcp_proxy', typed_config: { stat_prefix: cluster, cluster } }];
}

function listener(port: number, chains: readonly FilterChain[]): Listener {
  return {
    name: `0.0.0.0_${port}`,
    address: { socket_address: { address: '0.0.0.0', port_value: port } },
    listener_filters: INSPECTORS,
    listener_filters_timeout: '0s',
    filter_chains: chains,
  };
}

/** As istiod makes them: HTTP by route, TLS by server name; nothing for the rest. */
const CONFIG = config({
  listeners: [
    listener(80, [
      {
        filter_chain_match: { transport_protocol: 'raw_buffer', application_protocols: ['http/1.1', 'h2c'] },
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: {
              rds: { route_config_name: '80' },
              http_filters: [{ name: 'envoy.filters.http.router' }],
            },
          },
        ],
      },
    ]),
    listener(443, [{ filter_chain_match: { server_names: [API] }, filters: tcpTo('secure') }]),
  ],
  routes: [
    {
      name: '80',
      virtual_hosts: [
        {
          name: 'all',
          domains: ['*'],
          routes: [{ match: { prefix: '/' }, route: { cluster: 'plain', timeout: '0s' } }],
        },
      ],
    },
  ],
  clusters: [staticCluster('plain', ['10.0.0.1:8080']), staticCluster('secure', ['10.0.0.1:8443'])],
});

let certificates: Certificates;
let network: Loopback;
let sidecar: SidecarProxy;
let log: string[];

beforeAll(async () => {
  certificates = await makeCertificates();
  network = new Loopback();
  await network.listen(
    '10.0.0.1:8080',
    createServer((request, response) => response.end(`plain ${request.url}`)),
  );
  await network.listen(
    '10.0.0.1:8443',
    createHttpsServer(certificates.server, (request, response) => response.end(`secure ${request.url}`)),
  );
});

afterAll(() => network.close());

beforeEach(() => {
  log = [];
  sidecar = createSidecar({
    network,
    resolver: network,
    readFile: () => null,
    podIp: '10.244.0.5',
    log: line => log.push(line),
    httpSide: createHttpSide,
  });
  sidecar.update(CONFIG);
});

afterEach(() => sidecar.close());

/** The app's end of a connection to a port of the API. */
async function dial(port: number): Promise<Socket> {
  const { app, accepted, from } = await appConnection();
  sidecar.accept(accepted, from, { ip: '10.96.0.1', port });
  return app;
}

function call(socket: Socket, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ createConnection: () => socket, path, headers: { host: API } });
    request.on('response', response => text(response).then(resolve, reject));
    request.on('error', reject);
    request.end();
  });
}

it('serves plain HTTP by its routes, a request line in pieces or not', async () => {
  expect(await call(await dial(80), '/a')).toBe('plain /a');
  const app = await dial(80);
  app.write('GET /b HT');
  app.write('TP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
  expect(await text(app)).toContain('plain /b');
  await expect.poll(() => log.length).toBe(2);
  expect(log[0]).toContain('"GET /a HTTP/1.1" 200 - via_upstream');
});

it('carries TLS by its server name, unopened', async () => {
  const app = await dial(443);
  const secure = connectTls({ socket: app, servername: API, ca: certificates.ca });
  expect(await call(secure, '/c')).toBe('secure /c');
  secure.destroy();
  await expect.poll(() => log.length).toBe(1);
  expect(log[0]).toMatch(/"- - -" 0 - .* "10\.0\.0\.1:8443" secure .* api\.safedata-zone\.io -$/);
});

it('closes what no filter chain takes, with NR', async () => {
  const app = await dial(443);
  connectTls({ socket: app, servername: 'other.example.com' }).on('error', () => {});
  await closed(app);
  expect(log).toHaveLength(1);
  expect(log[0]).toMatch(/"- - -" 0 NR filter_chain_not_found - "-" 0 0 .* other\.example\.com -$/);
});

it('says nothing of a connection that is closed before it says what it is', async () => {
  const app = await dial(80);
  app.end();
  await closed(app);
  expect(log).toEqual([]);
});

it('takes calls of its own ports itself, and logs none', async () => {
  sidecar.update({
    ...CONFIG,
    listeners: [...CONFIG.listeners, { ...listener(15001, []), name: 'virtualOutbound' }],
  });
  const inbound = await dial(15006);
  inbound.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  await closed(inbound);
  expect(inbound.errored).toMatchObject({ code: 'ECONNRESET' });
  const asked = async (port: number, path: string) => {
    const app = await dial(port);
    app.write(`GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
    return (await text(app)).split('\r\n')[0];
  };
  expect(await asked(15021, '/healthz/ready')).toBe('HTTP/1.1 200 OK');
  expect(await asked(15021, '/')).toBe('HTTP/1.1 404 Not Found');
  expect(await asked(15090, '/')).toBe('HTTP/1.1 404 Not Found');
  expect(log).toEqual([]);
});

it('sees new routes on open connections, and ends them all when it is closed', async () => {
  const app = await dial(80);
  app.write('GET /a HTTP/1.1\r\nhost: a\r\n\r\n');
  await new Promise(resolve => app.once('data', resolve));
  sidecar.update({ ...CONFIG, routes: [{ name: '80', virtual_hosts: [{ name: 'all', domains: ['*'] }] }] });
  app.write('GET /a HTTP/1.1\r\nhost: a\r\n\r\n');
  await expect.poll(() => log.length).toBe(2);
  expect(log[1]).toContain(' 404 NR route_not_found ');
  expect(sidecar.stats()['cluster.plain.upstream_rq_total']).toBe(1);
  sidecar.close();
  await closed(app);
});
