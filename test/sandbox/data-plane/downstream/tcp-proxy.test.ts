import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Cluster, Listener, TcpProxy } from '../../../../src/envoy/config.ts';
import type { SidecarProxy } from '../../../../src/sandbox/data-plane/sidecar.ts';
import { appConnection, closed, config, Loopback, staticCluster, tcpSidecar, text } from '../loopback.ts';

const PASSTHROUGH: Cluster = {
  name: 'PassthroughCluster',
  type: 'ORIGINAL_DST',
  lb_policy: 'CLUSTER_PROVIDED',
};
const BLACK_HOLE: Cluster = { name: 'BlackHoleCluster', type: 'STATIC' };

function virtualOutbound(cluster: string, more: Partial<TcpProxy> = {}): Listener {
  return {
    name: 'virtualOutbound',
    address: { socket_address: { address: '0.0.0.0', port_value: 15001 } },
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.tcp_proxy',
            typed_config: { stat_prefix: cluster, cluster, ...more },
          },
        ],
      },
    ],
  };
}

let network: Loopback;
let sidecar: SidecarProxy;
let log: string[];
let logged: Promise<string>;

beforeEach(() => {
  network = new Loopback();
  log = [];
  logged = new Promise(resolve => {
    sidecar = tcpSidecar(network, line => {
      log.push(line);
      resolve(line);
    });
  });
});

afterEach(() => {
  sidecar.close();
  network.close();
});

describe('a TCP connection', () => {
  it('passes through to where the app dialed, half-closed ends and all, and is logged with its bytes', async () => {
    await network.serve('10.1.1.1:99', socket => {
      let said = '';
      socket.on('data', (chunk: Buffer) => {
        said += chunk;
      });
      // Answers only when the app has said all, as a half-close allows.
      socket.on('end', () => socket.end(`${said} world`));
    });
    sidecar.update(config({ listeners: [virtualOutbound('PassthroughCluster')], clusters: [PASSTHROUGH] }));
    const { app, accepted, from } = await appConnection();
    sidecar.accept(accepted, from, { ip: '10.1.1.1', port: 99 });
    app.end('hello');
    expect(await text(app)).toBe('hello world');
    const line = await logged;
    expect(line).toMatch(
      /"- - -" 0 - - - "-" 5 11 \d+ - "-" "-" "-" "-" "10\.1\.1\.1:99" PassthroughCluster 10\.244/,
    );
    expect(line).toContain(` 10.1.1.1:99 10.244.0.5:${from.port} - -`);
  });

  it('carries much more than any buffer holds', async () => {
    await network.serve('10.1.1.1:99', socket => socket.pipe(socket));
    sidecar.update(config({ listeners: [virtualOutbound('PassthroughCluster')], clusters: [PASSTHROUGH] }));
    const { app, accepted, from } = await appConnection();
    sidecar.accept(accepted, from, { ip: '10.1.1.1', port: 99 });
    const size = 20 * 1024 * 1024;
    app.end(Buffer.alloc(size, 'x'));
    expect((await text(app)).length).toBe(size);
  });

  it('is cut off with UH where the cluster has no host', async () => {
    sidecar.update(config({ listeners: [virtualOutbound('BlackHoleCluster')], clusters: [BLACK_HOLE] }));
    const { app, accepted, from } = await appConnection();
    app.write('GET / HTTP/1.1\r\n\r\n');
    sidecar.accept(accepted, from, { ip: '10.1.1.1', port: 99 });
    await closed(app);
    expect(await logged).toMatch(
      /"- - -" 0 UH - - "-" 0 0 \d+ - "-" "-" "-" "-" "-" BlackHoleCluster - 10\.1\.1\.1:99/,
    );
  });

  it('is cut off with UF after one refused attempt', async () => {
    sidecar.update(config({ listeners: [virtualOutbound('PassthroughCluster')], clusters: [PASSTHROUGH] }));
    const { app, accepted, from } = await appConnection();
    sidecar.accept(accepted, from, { ip: '10.1.1.1', port: 98 });
    await closed(app);
    expect(await logged).toContain(' 0 UF,URX - - "delayed_connect_error:_Connection_refused" 0 0 ');
    expect(network.dialed).toEqual(['10.1.1.1:98']);
  });

  it('is refused with UO beyond max_connections', async () => {
    await network.serve('10.1.1.1:99', socket => socket.pipe(socket));
    const limited = staticCluster('limited', ['10.1.1.1:99'], {
      circuit_breakers: { thresholds: [{ max_connections: 1 }] },
    });
    sidecar.update(config({ listeners: [virtualOutbound('limited')], clusters: [limited] }));
    const first = await appConnection();
    sidecar.accept(first.accepted, first.from, { ip: '10.1.1.9', port: 99 });
    first.app.write('ping');
    await once(first.app, 'data');
    const second = await appConnection();
    sidecar.accept(second.accepted, second.from, { ip: '10.1.1.9', port: 99 });
    await closed(second.app);
    expect(await logged).toContain(' 0 UO - - ');
    // The place is free again when the first one is done.
    first.app.destroy();
    await expect.poll(() => sidecar.stats()['cluster.limited.upstream_cx_active']).toBe(0);
  });

  it('is refused with NC where the cluster is unknown', async () => {
    sidecar.update(config({ listeners: [virtualOutbound('nowhere')] }));
    const { app, accepted, from } = await appConnection();
    sidecar.accept(accepted, from, { ip: '10.1.1.1', port: 98 });
    await closed(app);
    expect(await logged).toContain(' 0 NC - - ');
  });

  it('with a hash policy goes where its peer always goes; without one anywhere', async () => {
    const met: string[] = [];
    const at = (name: string) => (socket: { end(): void }) => {
      met.push(name);
      socket.end();
    };
    for (const i of [1, 2, 3]) await network.serve(`10.1.1.${i}:99`, at(String(i)));
    const ring = staticCluster('ring', ['10.1.1.1:99', '10.1.1.2:99', '10.1.1.3:99'], {
      lb_policy: 'RING_HASH',
    });
    sidecar.update(
      config({
        listeners: [virtualOutbound('ring', { hash_policy: [{ source_ip: {} }] })],
        clusters: [ring],
      }),
    );
    const call = async (ip: string) => {
      const { app, accepted, from } = await appConnection();
      sidecar.accept(accepted, { ...from, ip }, { ip: '10.1.1.9', port: 99 });
      await closed(app);
    };
    for (const ip of ['10.244.0.5', '10.244.0.6', '10.244.0.7', '10.244.0.8']) {
      await call(ip);
      await call(ip);
    }
    for (let i = 0; i < 8; i += 2) expect(met[i]).toBe(met[i + 1]);
    expect(new Set(met).size).toBeGreaterThan(1);
  });

  describe('ends in time', () => {
    const lived = async (more: Partial<TcpProxy>, port: number, say: (app: Socket) => void = () => {}) => {
      const began = performance.now();
      sidecar.update(
        config({ listeners: [virtualOutbound('PassthroughCluster', more)], clusters: [PASSTHROUGH] }),
      );
      const { app, accepted, from } = await appConnection();
      sidecar.accept(accepted, from, { ip: '10.1.1.1', port });
      say(app);
      await closed(app);
      return performance.now() - began;
    };

    it('after its idle timeout once nothing goes either way', async () => {
      await network.serve('10.1.1.1:99', socket => socket.pipe(socket));
      const echoes: number[] = [];
      await lived({ idle_timeout: '0.3s' }, 99, app => {
        app.write('ping');
        app.on('data', () => {
          if (echoes.push(performance.now()) < 4) setTimeout(() => app.write('ping'), 120);
        });
      });
      expect(echoes).toHaveLength(4);
      const silence = performance.now() - (echoes.at(-1) ?? 0);
      expect(silence).toBeGreaterThanOrEqual(280);
      // Well before the time has passed twice.
      expect(silence).toBeLessThan(590);
      expect(await logged).toContain(' 0 - - - "-" 16 16 ');
    });

    it('after its longest life with DT, however busy', async () => {
      await network.serve('10.1.1.1:99', socket => socket.pipe(socket));
      const time = await lived({ max_downstream_connection_duration: '0.3s' }, 99, app => {
        app.write('ping');
        app.on('data', () => setTimeout(() => app.write('ping'), 50));
      });
      expect(time).toBeGreaterThanOrEqual(290);
      expect(await logged).toContain(' 0 DT - - "-" ');
      expect(await logged).toContain('"10.1.1.1:99" PassthroughCluster');
    });

    it('also while it waits for an upstream, and then names no host', async () => {
      network.dial = () => new Promise(() => {});
      await lived({ idle_timeout: '0.1s' }, 99, app => app.write('ping'));
      expect(await logged).toContain(' 0 - - - "-" 0 0 ');
      expect(await logged).toContain(' "-" PassthroughCluster - ');
    });
  });
});
