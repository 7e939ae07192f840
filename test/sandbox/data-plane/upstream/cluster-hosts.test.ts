import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Cluster, ClusterLoadAssignment } from '../../../../src/envoy/config.ts';
import { ClusterManager } from '../../../../src/sandbox/data-plane/upstream/cluster-manager.ts';
import { clusterStatus } from '../../../../src/sandbox/data-plane/upstream/cluster-status.ts';
import type { LiveCluster } from '../../../../src/sandbox/data-plane/upstream/upstream-cluster.ts';
import type { UpstreamHost } from '../../../../src/sandbox/data-plane/upstream/upstream-host.ts';
import { config, get, Loopback, ORIGINAL } from '../loopback.ts';

let network: Loopback;
let clusters: ClusterManager;
let time: number;

beforeEach(() => {
  network = new Loopback();
  time = 1_000_000;
  clusters = new ClusterManager({
    network,
    resolver: network,
    readFile: () => null,
    podIp: '10.244.0.5',
    random: () => 0,
    now: () => time,
  });
});

afterEach(() => {
  clusters.close();
  network.close();
});

function assignment(name: string, ...addresses: string[]): ClusterLoadAssignment {
  return {
    cluster_name: name,
    endpoints: [
      {
        lb_endpoints: addresses.map(address => ({
          endpoint: { address: { socket_address: { address, port_value: 80 } } },
        })),
      },
    ],
  };
}

function update(cluster: Cluster, endpoints: ClusterLoadAssignment[] = []): LiveCluster {
  clusters.update(config({ clusters: [cluster], endpoints }));
  return clusters.get(cluster.name) as LiveCluster;
}

const ips = (cluster: LiveCluster) => cluster.hosts.map(host => host.address.ip);

it('takes all addresses of a STRICT_DNS name, and the first of a LOGICAL_DNS one', () => {
  network.names.set('a.example.com', ['10.0.0.1', '10.0.0.2']);
  network.names.set('b.example.com', ['10.0.0.2']);
  const load_assignment = assignment('c', 'a.example.com', 'b.example.com');
  const strict = update({ name: 'c', type: 'STRICT_DNS', load_assignment });
  expect(ips(strict)).toEqual(['10.0.0.1', '10.0.0.2']);
  expect(strict.hosts[0]?.hostname).toBe('a.example.com');
  expect(ips(update({ name: 'c', type: 'LOGICAL_DNS', load_assignment }))).toEqual(['10.0.0.1', '10.0.0.2']);
  network.names.set('b.example.com', ['10.0.0.3', '10.0.0.4']);
  expect(ips(update({ name: 'd', type: 'LOGICAL_DNS', load_assignment }))).toEqual(['10.0.0.1', '10.0.0.3']);
});

it('resolves again after dns_refresh_rate', () => {
  network.names.set('a.example.com', ['10.0.0.1']);
  const load_assignment = assignment('c', 'a.example.com');
  const cluster = update({ name: 'c', type: 'STRICT_DNS', dns_refresh_rate: '60s', load_assignment });
  network.names.set('a.example.com', ['10.0.0.7']);
  time += 59_000;
  expect(cluster.chooseHost(0, ORIGINAL)?.address.ip).toBe('10.0.0.1');
  time += 1000;
  expect(cluster.chooseHost(0, ORIGINAL)?.address.ip).toBe('10.0.0.7');
});

it('keeps hosts with their ejection while endpoints come and go, and forgets it with the cluster', async () => {
  const eds: Cluster = {
    name: 'c',
    type: 'EDS',
    outlier_detection: { consecutive_5xx: 1, max_ejection_percent: 100 },
  };
  const cluster = update(eds, [assignment('c', '10.0.0.1')]);
  const [host] = cluster.hosts;
  if (host === undefined) throw new Error('no host');
  cluster.outliers?.putResponseCode(host, 500);
  await setImmediate();
  expect(host.ejected).toBe(true);
  expect(update(eds, [assignment('c', '10.0.0.1', '10.0.0.2')])).toBe(cluster);
  expect(cluster.hosts[0]).toBe(host);
  expect(clusterStatus(cluster).host_statuses[0]?.health_status?.failed_outlier_check).toBe(true);
  expect(cluster.chooseHost(0, ORIGINAL)?.address.ip).toBe('10.0.0.2');
  const changed = update({ ...eds, connect_timeout: '1s' }, [assignment('c', '10.0.0.1')]);
  expect(changed.hosts[0]?.ejected).toBe(false);
  expect(update(eds, []).hosts).toEqual([]);
});

it('chooses an ejected host no more, but a second one for another second', async () => {
  const eds: Cluster = {
    name: 'c',
    type: 'EDS',
    outlier_detection: { consecutive_5xx: 1, max_ejection_percent: 100 },
    common_lb_config: { healthy_panic_threshold: { value: 0 } },
  };
  const cluster = update(eds, [assignment('c', '10.0.0.1', '10.0.0.2', '10.0.0.3')]);
  const chosen = async (failing: number) => {
    cluster.outliers?.putResponseCode(cluster.hosts[failing] as UpstreamHost, 500);
    await setImmediate();
    return [...new Set([0, 1, 2].map(() => cluster.chooseHost(0, ORIGINAL)?.address.ip))].sort();
  };
  expect(await chosen(0)).toEqual(['10.0.0.2', '10.0.0.3']);
  expect(await chosen(1)).toEqual(['10.0.0.2', '10.0.0.3']);
  expect(cluster.counters.get('outlier_detection.ejections_active')).toBe(2);
});

it('leaves out endpoints whose health status says so', () => {
  const ill = assignment('c', '10.0.0.1', '10.0.0.2');
  const endpoints = ill.endpoints?.map(group => ({
    lb_endpoints: (group.lb_endpoints ?? []).map((each, i) =>
      i === 0 ? { ...each, health_status: 'UNHEALTHY' } : each,
    ),
  }));
  const panicOff = { common_lb_config: { healthy_panic_threshold: {} } };
  const cluster = update({ name: 'c', type: 'EDS', ...panicOff }, [
    { cluster_name: 'c', endpoints: endpoints ?? [] },
  ]);
  for (let i = 0; i < 4; i++) expect(cluster.chooseHost(0, ORIGINAL)?.address.ip).toBe('10.0.0.2');
});

it('dials the original destination, and forgets those that are not used', () => {
  const cluster = update({ name: 'PassthroughCluster', type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED' });
  const first = cluster.chooseHost(0, { ip: '10.0.0.1', port: 81 });
  expect(first?.address).toEqual({ ip: '10.0.0.1', port: 81 });
  expect(cluster.chooseHost(1, { ip: '10.0.0.1', port: 81 })).toBe(first);
  time += 60_000;
  cluster.chooseHost(0, { ip: '10.0.0.2', port: 81 });
  expect(ips(cluster)).toEqual(['10.0.0.2']);
});

it.each([
  ['/var/run/nobody/api.sock', 'No such file or directory'],
  ['/etc/hosts', 'Connection refused'],
])('fails at once at the socket %s', async (path, words) => {
  clusters.close();
  clusters = new ClusterManager({
    network,
    resolver: network,
    readFile: file => (file === '/etc/hosts' ? '' : null),
    podIp: '10.244.0.5',
    random: () => 0,
    now: () => time,
  });
  const cluster = update({ name: 'c', type: 'EDS' }, [
    {
      cluster_name: 'c',
      endpoints: [{ lb_endpoints: [{ endpoint: { address: { pipe: { path } } } }] }],
    },
  ]);
  const { outcome } = cluster.send(get('/'), {
    worker: 0,
    originalDestination: ORIGINAL,
    downstreamProtocol: 'http1',
  });
  expect(await outcome).toMatchObject({
    kind: 'failure',
    failure: {
      flag: 'UF',
      reason: 'remote connection failure',
      transportFailure: `immediate connect error: ${words}|remote address:${path}`,
      host: { address: { ip: path, port: 0 } },
    },
  });
  expect(clusterStatus(cluster).host_statuses[0]).toMatchObject({ address: { pipe: { path } } });
});
