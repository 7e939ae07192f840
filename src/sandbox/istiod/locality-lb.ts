/**
 * Locality load balancing: priorities and weights of an assignment's localities, relative to the client.
 * Failover needs outlier detection, or Envoy would never leave the first priority.
 * Source: pilot/pkg/networking/core/loadbalancer/loadbalancer.go. Left out: traffic distribution.
 */
import type { LbEndpoint, LocalityLbEndpoints } from '../../envoy/config.ts';
import { compareText } from '../../istio/age.ts';
import type { LoadBalancerSettings } from '../../istio/types.ts';
import { envoyLocality, type LocalityGroup } from './endpoints.ts';

export type LocalitySetting = NonNullable<LoadBalancerSettings['localityLbSetting']>;

export interface Client {
  /** 'region/zone/subzone' */
  readonly locality: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The setting in force: the rule's, else the mesh's, which is on with nothing else set; undefined: turned off. */
export function localitySetting(lb: LoadBalancerSettings | undefined): LocalitySetting | undefined {
  const setting = lb?.zoneAwareLbSetting ? undefined : (lb?.localityLbSetting ?? {});
  return setting?.enabled === false ? undefined : setting;
}

type ZoneAwareSetting = NonNullable<LoadBalancerSettings['zoneAwareLbSetting']>;

/** Replaces priorities by locality: Envoy itself balances the zones of one region. */
export function zoneAwareConfig({ enabled, minClusterSize }: ZoneAwareSetting) {
  return {
    ...(enabled === false && { routing_enabled: {} }),
    ...(minClusterSize !== undefined && { min_cluster_size: String(minClusterSize) }),
  };
}

/** Priorities by region: the client's own, one that a failover names, all others. */
export function applyZoneAware(
  groups: readonly LocalityGroup[],
  setting: ZoneAwareSetting,
  client: Client,
): LocalityLbEndpoints[] {
  const { failoverPriority = [], failover = [] } = setting;
  if (setting.enabled === false) return groups.map(g => g.lb);
  const ranked = failoverPriority.length
    ? compact(groups.flatMap(g => splitByLabels(g, failoverPriority, client.labels)))
    : groups.map(g => g.lb);
  const { region = '' } = envoyLocality(client.locality);
  const next = failover.find(f => (f.from ?? '') === region)?.to;
  return compact(
    ranked.map(group => {
      const to = group.locality?.region ?? '';
      const rank = to === region ? 0 : to === next ? 1 : 2;
      return { ...group, priority: (group.priority ?? 0) * 3 + rank };
    }),
  );
}

export function applyLocality(
  groups: readonly LocalityGroup[],
  setting: LocalitySetting | undefined,
  client: Client,
  failover: boolean,
): LocalityLbEndpoints[] {
  const plain = groups.map(g => g.lb);
  if (setting === undefined) return plain;
  if (setting.distribute !== undefined) return distribute(plain, setting.distribute, client.locality);
  if (!failover) return plain;
  if (!setting.failoverPriority?.length) return byRegion(plain, setting.failover ?? [], client.locality);
  const split = groups.flatMap(g => splitByLabels(g, setting.failoverPriority ?? [], client.labels));
  const ranked = compact(split);
  return setting.failover?.length ? byRegion(ranked, setting.failover, client.locality) : ranked;
}

/** Priorities as Envoy wants them: 0, 1, 2 without gaps. 0 is left out. */
function compact(groups: readonly LocalityLbEndpoints[]): LocalityLbEndpoints[] {
  const used = [...new Set(groups.map(g => g.priority ?? 0))].sort((a, b) => a - b);
  return groups.map(({ priority = 0, ...group }) => {
    const rank = used.indexOf(priority);
    return rank === 0 ? group : { ...group, priority: rank };
  });
}

/** Same subzone, zone, region, another region; a `failover` from the client's region prefers the region it names. */
function byRegion(
  groups: readonly LocalityLbEndpoints[],
  failover: NonNullable<LocalitySetting['failover']>,
  clientLocality: string,
): LocalityLbEndpoints[] {
  const from = envoyLocality(clientLocality);
  const rule = failover.find(f => (f.from ?? '') === (from.region ?? ''));
  return compact(
    groups.map(group => {
      const to = group.locality ?? {};
      let rank = 3;
      if (from.region === to.region) {
        rank = from.zone !== to.zone ? 2 : from.sub_zone !== to.sub_zone ? 1 : 0;
      } else if (rule !== undefined && to.region !== rule.to) rank = 4;
      return { ...group, priority: (group.priority ?? 0) * 5 + rank };
    }),
  );
}

/** The more labels (in their order) an endpoint shares with the client, the earlier it is used. */
function splitByLabels(
  group: LocalityGroup,
  priorities: readonly string[],
  clientLabels: Readonly<Record<string, string>>,
): LocalityLbEndpoints[] {
  const byPriority = new Map<number, LbEndpoint[]>();
  for (const [i, endpoint] of group.endpoints.entries()) {
    const lb = group.lb.lb_endpoints?.[i];
    if (lb === undefined) continue;
    let priority = 0;
    let otherNetwork = 0;
    for (const [j, entry] of priorities.entries()) {
      const [label = '', value] = entry.split('=');
      if ((value ?? clientLabels[label] ?? '') === (endpoint.labels[label] ?? '')) continue;
      if (j === 0 && label === 'topology.istio.io/network') {
        otherNetwork = priorities.length;
        continue;
      }
      priority = priorities.length - j;
      break;
    }
    const rank = priority + otherNetwork;
    byPriority.set(rank, [...(byPriority.get(rank) ?? []), lb]);
  }
  return [...byPriority.keys()]
    .sort((a, b) => a - b)
    .map(priority => {
      const endpoints = byPriority.get(priority) ?? [];
      return {
        ...group.lb,
        lb_endpoints: endpoints,
        load_balancing_weight: endpoints.reduce((sum, e) => sum + (e.load_balancing_weight ?? 0), 0),
        priority,
      };
    });
}

function distribute(
  groups: readonly LocalityLbEndpoints[],
  rules: NonNullable<LocalitySetting['distribute']>,
  clientLocality: string,
): LocalityLbEndpoints[] {
  const rule = rules.find(r => localityFits(clientLocality, r.from ?? ''));
  if (rule === undefined) return [...groups];
  const out: (LocalityLbEndpoints | undefined)[] = groups.map(() => undefined);
  // Go iterates over a map here, in any order; the most specific target first is what a reader expects.
  const targets = Object.entries(rule.to ?? {}).sort(([a], [b]) => b.length - a.length || compareText(a, b));
  for (const [target, weight] of targets) {
    const fitting = groups
      .map((group, i) => ({ group, i }))
      .filter(({ group, i }) => out[i] === undefined && localityFits(localityText(group), target));
    const total = fitting.reduce((sum, { group }) => sum + (group.load_balancing_weight ?? 1), 0);
    for (const { group, i } of fitting) {
      const share = Math.ceil(((group.load_balancing_weight ?? 1) * weight) / total);
      out[i] = share > 0 ? { ...group, load_balancing_weight: share } : group;
    }
  }
  // A locality that no target names gets no traffic.
  return groups.map(({ lb_endpoints: _, ...group }, i) => out[i] ?? group);
}

const localityText = ({ locality = {} }: LocalityLbEndpoints): string =>
  [locality.region ?? '', locality.zone ?? '', locality.sub_zone ?? ''].join('/').replace(/\/+$/, '');

function localityFits(locality: string, rule: string): boolean {
  const have = locality.split('/');
  return rule
    .split('/')
    .every((part, i) => part === '*' || (i > 0 && part === '') || part === (have[i] ?? ''));
}
