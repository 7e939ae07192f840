import { expect, it } from 'vitest';
import type { Cluster, EnvoyConfig, Listener, RouteConfiguration } from '../../../src/envoy/config.ts';
import { AcceptedConfig, type Answer } from '../../../src/sandbox/data-plane/accepted-config.ts';
import { UpdateLog } from '../../../src/sandbox/data-plane/update-log.ts';

function listener(name: string, port: number, ...serverNames: string[]): Listener {
  const filter_chains = serverNames.map(each => ({ filter_chain_match: { server_names: [each] } }));
  return { name, address: { socket_address: { address: '0.0.0.0', port_value: port } }, filter_chains };
}

function http(port: number): Listener {
  const filter = {
    name: 'envoy.filters.network.http_connection_manager' as const,
    typed_config: { stat_prefix: `outbound_0.0.0.0_${port};`, rds: { route_config_name: String(port) } },
  };
  return { ...listener(`0.0.0.0_${port}`, port), filter_chains: [{ filters: [filter] }] };
}

function table(name: string, cluster: string, domains = ['*']): RouteConfiguration {
  const routes = [{ match: { prefix: '/' }, route: { cluster } }];
  return {
    name,
    virtual_hosts: domains.map((domain, at) => ({ name: `host-${at}`, domains: [domain], routes })),
  };
}

const VIRTUAL_OUTBOUND = listener('virtualOutbound', 15001);

function push(parts: Partial<EnvoyConfig>): EnvoyConfig {
  return { listeners: [], routes: [], clusters: [], endpoints: [], ...parts };
}

function sidecar() {
  const accepted = new AcceptedConfig();
  const lines: string[] = [];
  const updates = new UpdateLog(
    line => lines.push(line),
    () => Date.UTC(2026, 10, 28, 12),
    () => true,
  );
  return {
    lines,
    take(parts: Partial<EnvoyConfig>): Answer[] {
      const answers = accepted.take(push(parts));
      updates.record(answers, accepted.config);
      return answers;
    },
    names: () => accepted.config.listeners.map(each => each.name),
    listener: (name: string) => accepted.config.listeners.find(each => each.name === name),
    table: (name: string) => accepted.config.routes.find(each => each.name === name),
    clusters: () => accepted.config.clusters.map(each => `${each.name} ${each.connect_timeout}`),
    stats: () => Object.fromEntries(updates.entries()),
  };
}

it('keeps the last good listener, takes the others of the push, and takes it again once the cause is gone', () => {
  const { take, names, listener: of } = sidecar();
  const good = listener('0.0.0.0_443', 443, 'api.io');
  take({ listeners: [good, VIRTUAL_OUTBOUND] });
  const bad = listener('0.0.0.0_443', 443, 'api.io', '*data-zone.io');
  take({ listeners: [bad, listener('0.0.0.0_9000', 9000), VIRTUAL_OUTBOUND] });
  expect(of('0.0.0.0_443')).toBe(good);
  expect(names()).toContain('0.0.0.0_9000');
  const still = listener('0.0.0.0_443', 443, 'api.io', '*data-zone.io', 'pay.io');
  take({ listeners: [still, VIRTUAL_OUTBOUND] });
  expect(of('0.0.0.0_443')).toBe(good);
  expect(names()).not.toContain('0.0.0.0_9000');
  const mended = listener('0.0.0.0_443', 443, 'api.io', 'pay.io');
  take({ listeners: [mended, VIRTUAL_OUTBOUND] });
  expect(of('0.0.0.0_443')).toBe(mended);
});

it('has no listener where the first one was refused', () => {
  const { take, names } = sidecar();
  take({ listeners: [listener('0.0.0.0_443', 443, '*data-zone.io'), VIRTUAL_OUTBOUND] });
  expect(names()).toEqual(['virtualOutbound']);
});

it("gives an address of the sidecar's own to nobody, and removes before it adds", () => {
  const { take, names } = sidecar();
  take({ listeners: [VIRTUAL_OUTBOUND] });
  const own = [15001, 15006, 15021, 15090].map(port => listener(`0.0.0.0_${port}`, port));
  take({ listeners: [...own, VIRTUAL_OUTBOUND, listener('a', 9000)] });
  expect(names()).toEqual(['virtualOutbound', 'a']);
  take({ listeners: [VIRTUAL_OUTBOUND, listener('b', 9000)] });
  expect(names()).toEqual(['virtualOutbound', 'b']);
});

it('is reached by nothing where a sidecar starts with its own port given away', () => {
  const { take, names } = sidecar();
  take({ listeners: [http(80), listener('0.0.0.0_15001', 15001), VIRTUAL_OUTBOUND] });
  expect(names()).toEqual([]);
});

it('keeps the last good route table, and takes the others of the push', () => {
  const { take, table: of, stats } = sidecar();
  const listeners = [http(80), http(81), VIRTUAL_OUTBOUND];
  take({ listeners, routes: [table('80', 'old'), table('81', 'old')] });
  take({ listeners, routes: [table('80', 'new', ['*', '*']), table('81', 'new')] });
  expect([of('80'), of('81')]).toEqual([table('80', 'old'), table('81', 'new')]);
  expect(stats()).toMatchObject({
    'http.outbound_0.0.0.0_80;.rds.80.update_rejected': 1,
    'http.outbound_0.0.0.0_80;.rds.80.update_success': 1,
    'http.outbound_0.0.0.0_81;.rds.81.update_success': 2,
  });
});

it('takes nothing of a message in which a constraint of a proto is broken', () => {
  const { take, table: of } = sidecar();
  const listeners = [http(80), http(81), VIRTUAL_OUTBOUND];
  take({ listeners, routes: [table('80', 'old'), table('81', 'old')] });
  const broken = {
    name: '81',
    virtual_hosts: [{ name: 'a', domains: ['*'], routes: [{ match: { prefix: '/' } }] }],
  };
  take({ listeners: [http(82), ...listeners], routes: [table('80', 'new'), broken, table('82', 'new')] });
  expect([of('80'), of('81')]).toEqual([table('80', 'old'), table('81', 'old')]);
  // A listener that is new asks for its own table by itself.
  expect(of('82')).toEqual(table('82', 'new'));
});

it('leaves a listener without a table where the first one was refused', () => {
  const { take, names, table: of } = sidecar();
  take({ listeners: [http(80), VIRTUAL_OUTBOUND], routes: [table('80', 'new', ['*', '*'])] });
  expect(names()).toEqual(['0.0.0.0_80', 'virtualOutbound']);
  expect(of('80')).toBeUndefined();
});

it('keeps clusters that came with a refused one as they were, and those of later pushes not', () => {
  const { take, clusters } = sidecar();
  const of = (name: string, connect_timeout: string): Cluster => ({ name, type: 'STATIC', connect_timeout });
  take({ clusters: [of('a', '1s'), of('b', '1s')] });
  take({ clusters: [of('a', '0s'), of('b', '2s'), of('c', '2s')] });
  expect(clusters()).toEqual(['a 1s', 'b 1s']);
  // istiod sends what has changed since, and that alone.
  take({ clusters: [of('a', '0s'), of('b', '3s'), of('c', '2s')] });
  expect(clusters()).toEqual(['a 1s', 'b 3s']);
  take({ clusters: [of('a', '4s'), of('c', '3s')] });
  expect(clusters()).toEqual(['a 4s', 'c 3s']);
});

it('says so in the log as Envoy does, and counts', () => {
  const { take, lines, stats } = sidecar();
  take({ listeners: [listener('0.0.0.0_443', 443, '*data-zone.io'), VIRTUAL_OUTBOUND] });
  take({ listeners: [VIRTUAL_OUTBOUND] });
  const words =
    'error adding listener \'0.0.0.0:443\': partial wildcards are not supported in "server_names"';
  const rejected =
    'config for type.googleapis.com/envoy.config.listener.v3.Listener rejected: ' +
    `Error adding/updating listener(s) 0.0.0.0_443: ${words}\n\tthread=16`;
  const source = 'external/envoy/source';
  expect(lines).toEqual([
    `2026-11-28T12:00:00.000000Z\twarning\tenvoy upstream ${source}/common/listener_manager/lds_api.cc:88\tlds: listener '0.0.0.0_443' config rejected: ${words}\tthread=16`,
    `2026-11-28T12:00:00.000000Z\twarning\tenvoy config ${source}/extensions/config_subscription/grpc/delta_subscription_state.cc:282\tdelta ${rejected}`,
    `2026-11-28T12:00:00.000000Z\twarning\tenvoy config ${source}/extensions/config_subscription/grpc/grpc_subscription_impl.cc:138\tgRPC ${rejected}`,
  ]);
  expect(stats()).toMatchObject({
    'listener_manager.lds.update_rejected': 1,
    'listener_manager.lds.update_success': 1,
  });
});
