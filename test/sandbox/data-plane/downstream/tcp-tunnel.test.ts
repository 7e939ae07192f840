/** What stands in these expectations was seen between Envoy 1.39.3 and servers that wrote down what they got. */
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Cluster, Listener, TcpProxy } from '../../../../src/envoy/config.ts';
import { wrapped } from '../../../../src/envoy/transport-socket.ts';
import type { SidecarProxy } from '../../../../src/sandbox/data-plane/sidecar.ts';
import { proxyHeader } from '../../../../src/sandbox/data-plane/upstream/proxy-protocol.ts';
import {
  appConnection,
  closed,
  clustersOn,
  config,
  get,
  Loopback,
  ORIGINAL,
  staticCluster,
  tcpSidecar,
  text,
} from '../loopback.ts';

const SERVER = '10.1.1.1:99';
const TO = { ip: '10.9.9.9', port: 443 };

let network: Loopback;
let sidecar: SidecarProxy;
let logged: Promise<string>;

beforeEach(() => {
  network = new Loopback();
  logged = new Promise(resolve => {
    sidecar = tcpSidecar(network, resolve);
  });
});

afterEach(() => {
  sidecar.close();
  network.close();
});

/** The app's end of a connection through a TCP proxy to the server. */
async function dial(proxy: Partial<TcpProxy>, cluster: Partial<Cluster> = {}) {
  const listener: Listener = {
    name: 'virtualOutbound',
    address: { socket_address: { address: '0.0.0.0', port_value: 15001 } },
    filter_chains: [
      { filters: [{ name: 'envoy.filters.network.tcp_proxy', typed_config: { cluster: 'c', ...proxy } }] },
    ],
  };
  sidecar.update(config({ listeners: [listener], clusters: [staticCluster('c', [SERVER], cluster)] }));
  const { app, accepted, from } = await appConnection();
  sidecar.accept(accepted, from, TO);
  return { app, from };
}

/** A server that answers the first piece with `answer`, and everything after it in upper case. */
async function proxyServer(answer: string, heard: string[] = []): Promise<string[]> {
  await network.serve(SERVER, socket => {
    let first = true;
    socket.on('data', (chunk: Buffer) => {
      heard.push(String(chunk));
      socket.write(first ? answer : String(chunk).toUpperCase());
      first = false;
    });
    socket.on('end', () => socket.end());
  });
  return heard;
}

const next = (app: Socket) =>
  new Promise<string>(resolve => app.once('data', chunk => resolve(String(chunk))));

describe('a tunnel', () => {
  const hostname = 'far.example:443';

  it('is asked for with CONNECT, and then carries the bytes', async () => {
    const heard = await proxyServer('HTTP/1.1 200 OK\r\n\r\n');
    const { app } = await dial({ tunneling_config: { hostname } });
    app.write('hi');
    expect(await next(app)).toBe('HI');
    app.write('and more');
    expect(await next(app)).toBe('AND MORE');
    expect(heard).toEqual([`CONNECT ${hostname} HTTP/1.1\r\nhost: ${hostname}\r\n\r\n`, 'hi', 'and more']);
    app.destroy();
    expect(await logged).toMatch(/ 0 - - - "-" 10 10 .* "10\.1\.1\.1:99" c /);
  });

  it('or with POST, whose bodies carry them', async () => {
    const heard: string[] = [];
    const server = createServer((request, response) => {
      heard.push(`${request.method} ${request.url} ${request.rawHeaders.join(' ')}`);
      response.flushHeaders();
      request.on('data', (chunk: Buffer) => response.write(String(chunk).toUpperCase()));
      request.on('end', () => response.end('bye'));
    });
    await network.listen(SERVER, server);
    const { app } = await dial({ tunneling_config: { hostname, use_post: true } });
    app.write('hi');
    expect(await next(app)).toBe('HI');
    app.end();
    expect(await next(app)).toBe('bye');
    await closed(app);
    expect(heard).toEqual([`POST / host ${hostname} transfer-encoding chunked`]);
  });

  it.each([
    ['says no', 'HTTP/1.1 405 No\r\ncontent-length: 2\r\n\r\nno', 'tunnel_response:405'],
    ['closes', '', '-'],
  ])('fails where the server %s', async (_name, answer, words) => {
    await network.serve(SERVER, socket => socket.once('data', () => socket.end(answer)));
    const { app } = await dial({ tunneling_config: { hostname } });
    app.write('hi');
    await closed(app);
    expect(await logged).toMatch(new RegExp(` 0 UF,URX - - "${words}" 0 0 .* "10\\.1\\.1\\.1:99" c `));
  });

  it('fails where nobody listens', async () => {
    const { app } = await dial({ tunneling_config: { hostname } });
    await closed(app);
    expect(await logged).toContain(' 0 UF,URX - - "delayed_connect_error:_Connection_refused" 0 0 ');
  });

  it('by CONNECT ends with what the app says last: there is no half of it', async () => {
    const heard = await proxyServer('HTTP/1.1 200 OK\r\n\r\n');
    const { app } = await dial({ tunneling_config: { hostname } });
    app.end('hi');
    await closed(app);
    await expect.poll(() => heard).toHaveLength(2);
    expect(heard[1]).toBe('hi');
  });

  it('ends in time while the server is silent, and with it the connection to the server', async () => {
    let open: Socket | undefined;
    await network.serve(SERVER, socket => {
      open = socket.resume().on('end', () => socket.end());
    });
    const { app } = await dial({ tunneling_config: { hostname }, idle_timeout: '0.2s' });
    app.write('hi');
    await closed(app);
    await closed(open as Socket);
    expect(await logged).toContain(' 0 - - - "-" 0 0 ');
    // Nobody said no: that is no failure of the server.
    expect(sidecar.stats()['cluster.c.upstream_cx_connect_fail']).toBeUndefined();
  });
});

describe('the PROXY protocol', () => {
  const plain = { name: 'raw_buffer' };

  async function firstBytes(version: 'V1' | 'V2', say: string) {
    let heard = Buffer.alloc(0);
    await network.serve(SERVER, socket =>
      socket.on('data', (chunk: Buffer) => {
        heard = Buffer.concat([heard, chunk]);
        if (heard.length >= proxyLength[version] + say.length) socket.end('bye');
      }),
    );
    const { app, from } = await dial({}, { transport_socket: wrapped(plain, version) });
    app.write(say);
    expect(await text(app)).toBe('bye');
    return { heard: heard.toString('latin1'), port: from.port };
  }
  const proxyLength = { V1: 20, V2: 28 };

  it('V1 begins a connection with a line that tells its ends', async () => {
    const { heard, port } = await firstBytes('V1', 'hi');
    expect(heard).toBe(`PROXY TCP4 10.244.0.5 10.9.9.9 ${port} 443\r\nhi`);
  });

  it('V2 says the same in bytes', async () => {
    const { heard, port } = await firstBytes('V2', 'hi');
    const ends = Buffer.from([10, 244, 0, 5, 10, 9, 9, 9, port >> 8, port & 255, 443 >> 8, 443 & 255]);
    expect(heard).toBe(`\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c${ends.toString('latin1')}hi`);
  });

  it('comes before TLS', async () => {
    const tls = { name: 'envoy.transport_sockets.tls', typed_config: {} };
    let heard = Buffer.alloc(0);
    const done = network.serve(SERVER, socket =>
      socket.on('data', (chunk: Buffer) => {
        heard = Buffer.concat([heard, chunk]);
        if (heard.length > 100) socket.destroy();
      }),
    );
    await done;
    const { app, from } = await dial({}, { transport_socket: wrapped(tls, 'V1') });
    await closed(app);
    const line = `PROXY TCP4 10.244.0.5 10.9.9.9 ${from.port} 443\r\n`;
    expect(heard.toString('latin1')).toMatch(new RegExp(`^${line}\\x16\\x03`));
  });

  it('without a connection of an app names the proxy, or nobody', () => {
    const own = { from: { ip: '10.244.0.5', port: 40000 }, to: { ip: '10.1.1.1', port: 99 } };
    expect(String(proxyHeader('V1', null, own))).toBe('PROXY TCP4 10.244.0.5 10.1.1.1 40000 99\r\n');
    expect(proxyHeader('V2', null, own).subarray(12)).toEqual(Buffer.from([0x20, 0, 0, 0]));
  });
});

describe('HTTP requests', () => {
  it('of one connection share an upstream connection that tells whose it is, those of two do not', async () => {
    const lines: string[] = [];
    await network.serve(SERVER, socket => {
      socket.on('data', (chunk: Buffer) => {
        lines.push(String(chunk).split('\r\n')[0] ?? '');
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      });
    });
    const clusters = clustersOn(network);
    clusters.update(
      config({
        clusters: [staticCluster('c', [SERVER], { transport_socket: wrapped({ name: 'raw_buffer' }, 'V1') })],
      }),
    );
    const send = async (port: number) => {
      const stream = clusters.get('c')?.send(get('/'), {
        worker: 0,
        originalDestination: ORIGINAL,
        downstreamRemote: { ip: '10.244.0.5', port },
        downstreamProtocol: 'http1',
      });
      const outcome = await stream?.outcome;
      if (outcome?.kind === 'response') await text(outcome.response.body);
    };
    await send(1);
    await send(1);
    await send(2);
    clusters.close();
    expect(lines).toEqual([
      'PROXY TCP4 10.244.0.5 10.96.0.9 1 80',
      'GET / HTTP/1.1',
      'PROXY TCP4 10.244.0.5 10.96.0.9 2 80',
    ]);
  });
});
