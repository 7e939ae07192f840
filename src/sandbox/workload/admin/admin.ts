/**
 * Envoy's admin port, as `pilot-agent request GET PATH` calls it: the pages that describe the configuration and its
 * hosts. Read only. Left out: pages that change the proxy (logging, runtime, drain), profiles, certificates.
 */
import { searchRegex } from '../../../envoy/regex-work.ts';
import type { RunningSidecar, SidecarPod } from '../surroundings.ts';
import { type ClusterHosts, clustersJson, clustersText } from './clusters.ts';
import { configDump, nodeOf } from './config-dump.ts';
import { configuredHosts } from './hosts.ts';

export interface AdminAnswer {
  readonly status: number;
  readonly body: string;
}

const PAGES = 'config_dump, config_dump?include_eds, clusters, listeners, stats, server_info, ready';
/** Counters that clients ask for, whether or not anything has been counted. */
const ALWAYS: readonly (readonly [string, number])[] = [
  ['cluster_manager.cds.update_rejected', 0],
  ['listener_manager.lds.update_rejected', 0],
  ['server.live', 1],
];

/** `path` may have a leading slash: 'stats?filter=update_rejected'. */
export function askAdmin(
  path: string,
  sidecar: RunningSidecar,
  pod: SidecarPod,
  started: number,
  now: number,
): AdminAnswer {
  const url = new URL(path.replace(/^\/*/, '/'), 'http://localhost:15000');
  const asJson = url.searchParams.get('format') === 'json';
  switch (url.pathname) {
    case '/config_dump':
      if (url.searchParams.has('resource') || url.searchParams.has('mask')) {
        return { status: 501, body: 'the sandbox prints the whole config_dump, without resource and mask\n' };
      }
      return json(configDump(sidecar.pushed(), pod, url.searchParams.has('include_eds')));
    case '/clusters':
      return asJson ? json(clustersJson(hostsOf(sidecar, pod))) : text(clustersText(hostsOf(sidecar, pod)));
    case '/listeners':
      return asJson ? json(listenersJson(sidecar)) : text(listenersText(sidecar));
    case '/stats':
      return stats(sidecar, url.searchParams);
    case '/server_info':
      return json(serverInfo(pod, Math.max(0, Math.floor((now - started) / 1000))));
    case '/ready':
      return text('LIVE\n');
    default:
      return { status: 404, body: `invalid path. The sandbox's sidecar has: ${PAGES}\n` };
  }
}

function hostsOf(sidecar: RunningSidecar, pod: SidecarPod): ClusterHosts[] {
  const { config } = sidecar.pushed();
  const live = new Map(sidecar.clusterStatuses?.().map(each => [each.name, each.host_statuses]));
  return config.clusters.map(cluster => ({
    cluster,
    hosts: live.get(cluster.name) ?? configuredHosts(config, cluster, pod.resolver),
  }));
}

function listenersText(sidecar: RunningSidecar): string {
  return sidecar
    .pushed()
    .config.listeners.map(({ name, address: { socket_address: at } }) => {
      return `${name}::${at.address}:${at.port_value}\n`;
    })
    .join('');
}

function listenersJson(sidecar: RunningSidecar): object {
  const { listeners } = sidecar.pushed().config;
  return { listener_statuses: listeners.map(({ name, address }) => ({ name, local_address: address })) };
}

function stats(sidecar: RunningSidecar, query: URLSearchParams): AdminAnswer {
  const all = [...new Map<string, number>([...ALWAYS, ...Object.entries(sidecar.stats?.() ?? {})])];
  const usedOnly = query.has('usedonly');
  const fits = searchRegex(
    query.get('filter') ?? '',
    all.map(([name]) => name),
  );
  if (fits === null) return { status: 400, body: 'Invalid re2 regex\n' };
  const lines = all
    .filter(([, value], index) => fits[index] === true && !(usedOnly && value === 0))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  if (query.get('format') === 'json') return json({ stats: lines.map(([name, value]) => ({ name, value })) });
  return text(lines.map(([name, value]) => `${name}: ${value}\n`).join(''));
}

function serverInfo(pod: SidecarPod, seconds: number): object {
  return {
    version: 'sandbox/1.39/Clean/RELEASE/istio-tutor',
    state: 'LIVE',
    uptime_current_epoch: `${seconds}s`,
    uptime_all_epochs: `${seconds}s`,
    hot_restart_version: 'disabled',
    command_line_options: { concurrency: 2, file_flush_interval: '0.100s' },
    node: nodeOf(pod),
  };
}

/** Indented by one space per level, as Envoy prints JSON. */
function json(value: object): AdminAnswer {
  return { status: 200, body: `${JSON.stringify(value, null, 1)}\n` };
}

function text(body: string): AdminAnswer {
  return { status: 200, body };
}
