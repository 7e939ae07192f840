/** A Sidecar's egressProxy beside istiod's cache: the same steps through istiod's own generators and cache gave the same. */
import { expect, it } from 'vitest';
import type { EnvoyConfig } from '../../src/envoy/config.ts';
import type { Resource } from '../../src/istio/resource.ts';
import { Store } from '../../src/sandbox/api-server/store.ts';
import { DiscoveryServer } from '../../src/sandbox/istiod/discovery-server.ts';

const ENTRIES = 'serviceentries.networking.istio.io';
const SIDECARS = 'sidecars.networking.istio.io';
const PROXY = 'outbound|80||canary.test';
const PASSTHROUGH = 'PassthroughCluster';

const istio = (kind: string, name: string, spec: unknown): Resource => ({
  ...{ apiVersion: 'networking.istio.io/v1', kind, metadata: { name, namespace: 'x' } },
  spec,
});
const entry = (host: string): Resource =>
  istio('ServiceEntry', host, {
    ...{ hosts: [host], resolution: 'DNS' },
    ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
  });
const sidecar = (proxy: boolean): Resource =>
  istio('Sidecar', 'default', {
    egress: [{ hosts: ['./*'] }],
    outboundTrafficPolicy: {
      mode: 'ALLOW_ANY',
      ...(proxy && { egressProxy: { host: 'canary.test', port: { number: 80 } } }),
    },
  });

/** A mesh to which one thing happens after another; where unknown http:// calls go is asked after each. */
function mesh(): {
  after(change: (store: Store) => void, milliseconds?: number): Promise<string | undefined>;
} {
  let now = 1_000_000;
  let config: EnvoyConfig | undefined;
  const store = new Store(() => now);
  const istiod = new DiscoveryServer(store, () => now);
  istiod.add({ namespace: 'x', labels: {}, ip: '10.244.0.9', update: next => (config = next) });
  return {
    async after(change, milliseconds = 1000) {
      now += milliseconds;
      change(store);
      // The entry gets its addresses, then all is pushed.
      for (let i = 0; i < 4; i++) await Promise.resolve();
      const table = config?.routes.find(({ name }) => name === '80');
      return table?.virtual_hosts?.find(({ name }) => name === 'allow_any')?.routes?.[0]?.route?.cluster;
    },
  };
}

it('a proxy that comes when nothing else changes is not seen, and one that was seen stays', async () => {
  const { after } = mesh();
  expect(await after(store => store.create(ENTRIES, entry('canary.test')))).toBe(PASSTHROUGH);
  expect(await after(store => store.create(SIDECARS, sidecar(true)))).toBe(PASSTHROUGH);
  expect(await after(store => store.create(ENTRIES, entry('other.test')))).toBe(PROXY);
  expect(await after(store => store.delete(ENTRIES, 'x', 'other.test'))).toBe(PASSTHROUGH);
});

it('a proxy before its entry is seen, also when it is gone, until the entry changes', async () => {
  const { after } = mesh();
  await after(store => store.create(SIDECARS, sidecar(true)));
  expect(await after(store => store.create(ENTRIES, entry('canary.test')))).toBe(PROXY);
  expect(await after(store => store.update(SIDECARS, sidecar(false)))).toBe(PROXY);
  const touched = entry('canary.test');
  expect(
    await after(store =>
      store.update(ENTRIES, { ...touched, metadata: { ...touched.metadata, labels: { a: 'b' } } }),
    ),
  ).toBe(PASSTHROUGH);
});

it('what is applied at once is one push', async () => {
  const { after } = mesh();
  await after(store => store.create(ENTRIES, entry('canary.test')));
  expect(await after(store => store.create(SIDECARS, sidecar(true)), 20)).toBe(PROXY);
});
