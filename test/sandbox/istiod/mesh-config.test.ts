import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { EnvoyConfig } from '../../../src/envoy/config.ts';
import { Store } from '../../../src/sandbox/api-server/store.ts';
import { DiscoveryServer } from '../../../src/sandbox/istiod/discovery-server.ts';
import { meshConfigAdmission, meshConfigMap } from '../../../src/sandbox/istiod/mesh-config.ts';
import { makeSystemObjects } from '../../../src/sandbox/system-objects.ts';

const installed = (meshConfigMap().data as { mesh: string }).mesh;
const configMap = (mesh: string, more: object = {}) => ({
  ...meshConfigMap(),
  data: { mesh, meshNetworks: 'networks: {}', ...more },
});

describe('the ConfigMap istio', () => {
  const policies = async (...texts: (string | null)[]) => {
    const store = new Store(Date.now);
    makeSystemObjects(store, '', Date.now());
    const istiod = new DiscoveryServer(store, Date.now);
    let config: EnvoyConfig | undefined;
    istiod.add({ namespace: 'x', labels: {}, ip: '10.244.0.9', update: next => (config = next) });
    const found: (string | undefined)[] = [];
    for (const text of texts) {
      if (text === null) store.delete('configmaps', 'istio-system', 'istio');
      else if (store.get('configmaps', 'istio-system', 'istio')) store.update('configmaps', configMap(text));
      else store.create('configmaps', configMap(text));
      await Promise.resolve();
      const catchAll = config?.routes[0]?.virtual_hosts?.at(-1)?.name;
      found.push(catchAll);
    }
    istiod.close();
    return found;
  };
  const [any, only] = ['allow_any', 'block_all'];

  it('decides what becomes of calls to hosts that the mesh does not know, at once', async () => {
    const blocked = `${installed}\noutboundTrafficPolicy:\n  mode: REGISTRY_ONLY\n`;
    expect(await policies(blocked, installed, blocked, null)).toEqual([only, any, only, any]);
    expect(
      await policies('outboundTrafficPolicy: {}', '{"outboundTrafficPolicy": {"mode": "ALLOW_ANY"}}'),
    ).toEqual([only, any]);
  });

  it('that cannot be read changes nothing', async () => {
    const blocked = 'outboundTrafficPolicy: {mode: REGISTRY_ONLY}';
    expect(await policies(blocked, 'a: [', 'outboundTrafficPolicy: {mode: NO}', '- a', '')).toEqual([
      ...[only, only, only, only],
      any,
    ]);
  });

  it('is YAML of what its table tells', () => {
    const ask = (mesh: string, more?: object) =>
      meshConfigAdmission({
        operation: 'UPDATE',
        resource: 'configmaps',
        object: configMap(mesh, more),
        old: null,
      }).warnings;
    const unmodelled = (path: string) => `data.${path}: the sandbox does not model this; see docs/sandbox.md`;
    expect(ask(`# mine\n${installed}`)).toEqual([]);
    expect(ask(`${installed}\noutboundTrafficPolicy: {mode: REGISTRY_ONLY}`)).toEqual([]);
    expect(Object.keys(parse(installed))).toHaveLength(6);
    const mine = 'trustDomain: mine\nconnectTimeout: 1s\nrootNamespace: istio-system\n';
    expect(ask(mine)).toEqual([unmodelled('mesh.trustDomain'), unmodelled('mesh.connectTimeout')]);
    // Lines that its writer did not write are not the writer's to answer for.
    expect(ask('outboundTrafficPolicy: {mode: REGISTRY_ONLY}')).toEqual([]);
    expect(ask(installed, { meshNetworks: 'networks: {a: {}}' })).toEqual([unmodelled('meshNetworks')]);
    expect(ask('a: [')).toEqual([
      'data.mesh: istiod cannot read this, and keeps the configuration that it has',
    ]);
  });
});
