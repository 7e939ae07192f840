import { afterEach, expect, it } from 'vitest';
import type { EnvoyConfig } from '../../../src/envoy/config.ts';
import type { Resource } from '../../../src/istio/resource.ts';
import { Store } from '../../../src/sandbox/api-server/store.ts';
import { DiscoveryServer } from '../../../src/sandbox/istiod/discovery-server.ts';
import { setLogSink } from '../../../src/shared/log.ts';

afterEach(() => setLogSink(null));

const SLICES = 'endpointslices.discovery.k8s.io';
const ENTRIES = 'serviceentries.networking.istio.io';

const slice = (endpoints: object[]): Resource & { endpoints: object[] } => ({
  ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
  metadata: { name: 's', namespace: 'x', labels: { 'kubernetes.io/service-name': 'a' } },
  ...{ addressType: 'IPv4', endpoints, ports: [{ port: 80 }] },
});
const entry = (host: string): Resource => ({
  ...{ apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', metadata: { name: host, namespace: 'x' } },
  spec: { hosts: [host], ports: [{ number: 80, name: 'http', protocol: 'HTTP' }], resolution: 'DNS' },
});

it('an object that istiod cannot read is left out until it changes, and told to --verbose', async () => {
  const told: string[] = [];
  setLogSink(line => told.push(line));
  const store = new Store(Date.now);
  const istiod = new DiscoveryServer(store, Date.now);
  let config: EnvoyConfig | undefined;
  const sidecar = {
    namespace: 'x',
    labels: {},
    ip: '10.244.0.9',
    update: (next: EnvoyConfig) => (config = next),
  };
  istiod.add(sidecar);
  const clusters = () => config?.clusters.map(each => each.name).filter(name => name.endsWith('.test')) ?? [];

  // Past the API server, which would refuse it.
  store.create(SLICES, slice([{ conditions: {} }]));
  store.create(ENTRIES, entry('a.test'));
  await Promise.resolve();
  expect(clusters()).toEqual(['outbound|80||a.test']);
  store.create(ENTRIES, entry('b.test'));
  await Promise.resolve();
  expect(clusters()).toEqual(['outbound|80||a.test', 'outbound|80||b.test']);
  expect(told.map(line => line.split(':')[0])).toEqual([
    '[sandbox] went on after leaving out endpointslices.discovery.k8s.io x/s',
  ]);

  store.update(SLICES, slice([{ addresses: ['10.0.0.1'] }]));
  await Promise.resolve();
  expect(told).toHaveLength(1);
  istiod.close();
});
