import { describe, expect, it } from 'vitest';
import type { Cluster } from '../../../../src/envoy/config.ts';
import { LoadBalancer, priorityLoads } from '../../../../src/sandbox/data-plane/upstream/load-balancer.ts';
import { UpstreamHost } from '../../../../src/sandbox/data-plane/upstream/upstream-host.ts';

function hosts(count: number, each: (host: UpstreamHost, index: number) => void = () => {}): UpstreamHost[] {
  return Array.from({ length: count }, (_, i) => {
    const host = new UpstreamHost({ ip: `10.0.0.${i}`, port: 80 }, '');
    each(host, i);
    return host;
  });
}

/** A small generator of its own, so that each run draws the same. */
function dice(): () => number {
  let state = 42;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function balance(all: UpstreamHost[], policy: Partial<Cluster>, calls = 300) {
  const balancer = new LoadBalancer({ name: 'c', ...policy }, dice());
  balancer.setHosts(all);
  const seen = new Map<string, number>();
  for (let i = 0; i < calls; i++) {
    const host = balancer.choose({});
    seen.set(host?.address.ip ?? 'none', (seen.get(host?.address.ip ?? 'none') ?? 0) + 1);
  }
  return [...seen].sort(([a], [b]) => (a < b ? -1 : 1));
}

const NO_PANIC = { common_lb_config: { healthy_panic_threshold: {} } };

describe('policies', () => {
  it('round robin takes turns, by weight', () => {
    expect(balance(hosts(3), { lb_policy: 'ROUND_ROBIN' })).toEqual([
      ['10.0.0.0', 100],
      ['10.0.0.1', 100],
      ['10.0.0.2', 100],
    ]);
    const weighted = hosts(2, (host, i) => {
      host.weight = i === 0 ? 1 : 3;
    });
    expect(balance(weighted, { lb_policy: 'ROUND_ROBIN' })).toEqual([
      ['10.0.0.0', 75],
      ['10.0.0.1', 225],
    ]);
  });

  it('least request spares who is busy', () => {
    const all = hosts(2, (host, i) => {
      host.activeRequests = i === 0 ? 9 : 0;
    });
    const [[, busy] = ['', 0]] = balance(all, { lb_policy: 'LEAST_REQUEST' });
    expect(busy).toBeGreaterThan(40);
    expect(busy).toBeLessThan(110);
  });

  it('avoids hosts of earlier tries while others come up', () => {
    const all = hosts(2);
    const balancer = new LoadBalancer({ name: 'c', lb_policy: 'ROUND_ROBIN' }, dice());
    balancer.setHosts(all);
    for (let i = 0; i < 10; i++) expect(balancer.choose({ avoid: [all[0] as UpstreamHost] })).toBe(all[1]);
    expect(balancer.choose({ avoid: all })).not.toBeNull();
  });
});

describe('health', () => {
  it('leaves out who is ejected; without a panic threshold nobody may be left', () => {
    const all = hosts(2, (host, i) => {
      host.leftOut = i === 0;
    });
    expect(balance(all, { lb_policy: 'RANDOM', ...NO_PANIC })).toEqual([['10.0.0.1', 300]]);
    for (const host of all) host.leftOut = true;
    expect(balance(all, { lb_policy: 'RANDOM', ...NO_PANIC })).toEqual([['none', 300]]);
    // Panic: rather everybody than nobody.
    expect(balance(all, { lb_policy: 'ROUND_ROBIN' })).toHaveLength(2);
  });

  it('moves to the next priority as the first one fails, from 1 / 1.4 of its hosts on', () => {
    const first = hosts(10);
    const second = hosts(10);
    const loads = () => priorityLoads([first, second], 0).map(each => each.load);
    expect(loads()).toEqual([100, 0]);
    for (let i = 0; i < 5; i++) (first[i] as UpstreamHost).leftOut = true;
    expect(loads()).toEqual([70, 30]);
    for (const host of first) host.leftOut = true;
    expect(loads()).toEqual([0, 100]);
    expect(priorityLoads([[], second], 0).map(each => each.load)).toEqual([0, 100]);
  });

  it('weighs localities where that is asked for', () => {
    const all = hosts(3, (host, i) => {
      host.locality = { region: i === 0 ? 'a' : 'b' };
      host.localityWeight = i === 0 ? 90 : 10;
    });
    const config = { locality_weighted_lb_config: {} } as Cluster['common_lb_config'];
    const [[, mostly] = ['', 0]] = balance(all, {
      lb_policy: 'RANDOM',
      ...(config && { common_lb_config: config }),
    });
    expect(mostly).toBeGreaterThan(240);
  });
});
