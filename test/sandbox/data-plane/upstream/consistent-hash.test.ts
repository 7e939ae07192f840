/**
 * Which host a call meets, held against what Envoy 1.39.3 did with the same clusters: upstreams number 0 to 4 for the
 * keys user-0, user-1 and so on, first and (where the first is not wanted again) second.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Cluster, HashPolicy } from '../../../../src/envoy/config.ts';
import type { RequestHead } from '../../../../src/envoy/match-route.ts';
import { hostsOf } from '../../../../src/sandbox/data-plane/upstream/cluster-hosts.ts';
import { connectionHash, requestHash } from '../../../../src/sandbox/data-plane/upstream/hash-policy.ts';
import { LoadBalancer } from '../../../../src/sandbox/data-plane/upstream/load-balancer.ts';
import type { UpstreamHost } from '../../../../src/sandbox/data-plane/upstream/upstream-host.ts';
import { xxHash64 } from '../../../../src/sandbox/data-plane/upstream/xxhash64.ts';

interface Recorded {
  readonly clusters: Record<string, { cluster: Cluster; hosts: string; second?: string }>;
  readonly policies: Record<string, string>;
  readonly madeCookies: readonly {
    from: string;
    remote?: string;
    to: string;
    setCookie: string;
    host: number;
  }[];
}

const recorded = JSON.parse(
  readFileSync(new URL('../../../fixtures/consistent-hash.json', import.meta.url), 'utf8'),
) as Recorded;

function balancerOf(cluster: Cluster): LoadBalancer {
  const balancer = new LoadBalancer(cluster, () => 0);
  balancer.setHosts(hostsOf(cluster, cluster.load_assignment, { resolve: () => [] }, []));
  return balancer;
}

const number = (host: UpstreamHost | null) => (host?.address.port ?? Number.NaN) - 9101;

describe('tables', () => {
  it.each(Object.entries(recorded.clusters))('%s', (_name, { cluster, hosts, second = '' }) => {
    const balancer = balancerOf(cluster);
    const met = Array.from(hosts, (_, i) => number(balancer.choose({ hash: xxHash64(`user-${i}`) })));
    expect(met.join('')).toBe(hosts);
    const again = Array.from(second, (_, i) => {
      const hash = xxHash64(`user-${i}`);
      const first = balancer.choose({ hash });
      return number(balancer.choose({ hash, avoid: first === null ? [] : [first] }));
    });
    expect(again.join('')).toBe(second);
  });

  it('a host that is out leaves its calls to others, and gets them back', () => {
    const { cluster, hosts } = recorded.clusters.ring ?? { cluster: { name: '' }, hosts: '' };
    const all = hostsOf(cluster, cluster.load_assignment, { resolve: () => [] }, []);
    const balancer = new LoadBalancer(cluster, () => 0);
    balancer.setHosts(all);
    const met = () =>
      Array.from(hosts, (_, i) => number(balancer.choose({ hash: xxHash64(`user-${i}`) }))).join('');
    const [out] = all;
    if (out !== undefined) out.leftOut = true;
    const without = met();
    expect(without).not.toContain('0');
    // The ring is drawn anew with more places for each; nearly all that were not at the host stay where they were.
    const moved = [...hosts].filter((host, i) => host !== '0' && host !== without[i]);
    expect(moved.length).toBeLessThan(hosts.length / 8);
    if (out !== undefined) out.leftOut = false;
    expect(met()).toBe(hosts);
  });

  it('a retry goes by the hash whatever it would make of the priorities', () => {
    const { cluster, hosts } = recorded.clusters.ring ?? { cluster: { name: '' }, hosts: '' };
    const balancer = new LoadBalancer(cluster, () => 0);
    const all = () => hostsOf(cluster, cluster.load_assignment, { resolve: () => [] }, []);
    const further = all().map(host => Object.assign(host, { priority: 1 }));
    balancer.setHosts([...all(), ...further]);
    const priorityLoads = () => [0, 100];
    const met = Array.from(hosts, (_, i) => balancer.choose({ hash: xxHash64(`user-${i}`), priorityLoads }));
    expect(met.map(number).join('')).toBe(hosts);
    expect(met.filter(host => host?.priority === 1)).toEqual([]);
  });

  it('a table size that is no prime, which Envoy refuses, ends in no host and not in a loop', () => {
    const { cluster } = recorded.clusters.table ?? { cluster: { name: '' } };
    const balancer = balancerOf({ ...cluster, maglev_lb_config: { table_size: '6' } });
    expect(balancer.choose({ hash: 1n })).toBeNull();
  });
});

describe('policies', () => {
  const ring = balancerOf(recorded.clusters.ring?.cluster ?? { name: '' });
  const host = (policies: readonly HashPolicy[], head: Partial<RequestHead>, remote = '127.0.0.1') => {
    const request = { method: 'GET', path: '/', authority: '127.0.0.1:9001', scheme: 'http', ...head };
    const { hash } = requestHash(policies, {
      request: { headers: new Map(), ...request },
      remote: { ip: remote, port: 0 },
      from: { ip: '127.0.0.1', port: 1 },
      to: { ip: '127.0.0.1', port: 9001 },
    });
    return hash === undefined ? '-' : String(number(ring.choose({ hash })));
  };
  const headers = (name: string, ...values: readonly string[]) => ({
    headers: (asked: string) => (asked === name ? values : []),
  });
  const eight = (each: (i: number) => string, count = 8) => Array.from({ length: count }, (_, i) => each(i));

  const user: HashPolicy = { header: { header_name: 'X-User' } };
  const query: HashPolicy = { query_parameter: { name: 'u' } };
  const cookie: HashPolicy = { cookie: { name: 'who' } };
  const ana = headers('x-user', 'ana');

  const cases: Record<string, string[]> = {
    'two headers': eight(i => host([user], headers('x-user', `b${i}`, `a${i}`))),
    'latin1 header': eight(i => host([user], headers('x-user', Buffer.from(`ü${i}`).toString('latin1')))),
    'empty header': eight(() => host([user], headers('x-user', '')), 6),
    cookie: eight(i => host([cookie], headers('cookie', `a=b; who=c${i}`))),
    'quoted cookie': eight(i => host([cookie], headers('cookie', `who="c${i}"`))),
    'cookie twice': eight(i => host([cookie], headers('cookie', `who=c${i}; who=zz`))),
    query: eight(i => host([query], { path: `/query?x=1&u=q${i}` })),
    'query encoded': eight(i => host([query], { path: `/query?u=q%20${i}` })),
    'query plain': eight(i => host([query], { path: `/query?u=q+${i}` })),
    'query empty': eight(() => host([query], { path: '/query?u=' }), 4),
    'query no equals': eight(() => host([query], { path: '/query?u' }), 4),
    both: eight(i => host([user, query], { ...ana, path: `/both?u=q${i}` }), 16),
    'both, query only': eight(i => host([user, query], { path: `/both?u=q${i}` })),
    terminal: eight(i => host([{ ...user, terminal: true }, query], { ...ana, path: `/term?u=q${i}` }), 4),
    'terminal without': eight(i => host([{ ...user, terminal: true }, query], { path: `/term?u=q${i}` })),
    xff: eight(i => host([{ connection_properties: { source_ip: true } }], {}, `10.0.0.${i}`)),
    'xff bad': eight(() => host([{ connection_properties: { source_ip: true } }], {})),
    source: eight(i => host([{ connection_properties: { source_ip: true } }], {}, `127.0.0.${10 + i}`)),
    host: eight(() => host([{ header: { header_name: 'Host' } }], {}), 2),
    path: eight(i => host([{ header: { header_name: ':path' } }], { path: `/path/${i}` })),
    tcp: eight(i => {
      const hash = connectionHash([{ source_ip: {} }], { ip: `127.0.0.${10 + i}`, port: 1 });
      return String(number(ring.choose({ hash })));
    }, 16),
  };

  it.each(Object.entries(recorded.policies))('%s', (name, hosts) => {
    expect(cases[name]?.join('')).toBe(hosts);
  });

  it('none applies: no hash', () => {
    expect(host([user, query, cookie, { connection_properties: {} }], headers('cookie', 'who='))).toBe('-');
    expect(connectionHash(undefined, { ip: '10.0.0.1', port: 1 })).toBeUndefined();
  });

  it.each(recorded.madeCookies)(
    'a value made for $from',
    ({ from, remote = from, to, setCookie, host: met }) => {
      const address = (text: string) => {
        const [ip = '', port] = text.split(':');
        return { ip, port: Number(port) };
      };
      const made: HashPolicy = setCookie.includes('Max-Age')
        ? { cookie: { name: 'who', ttl: '60s', path: '/x' } }
        : { cookie: { name: 'who', ttl: '0s' } };
      const { hash, cookies } = requestHash([made], {
        request: { method: 'GET', path: '/', authority: '', scheme: 'http', headers: new Map() },
        remote: address(remote),
        from: address(from),
        to: address(to),
      });
      expect(cookies).toEqual([setCookie]);
      expect(number(ring.choose({ hash }))).toBe(met);
    },
  );
});
