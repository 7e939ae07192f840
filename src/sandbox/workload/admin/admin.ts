/**
 * Envoy's admin port: the pages that describe the configuration, its hosts and the proxy, and the levels of its log.
 * Asked by `pilot-agent request`, and over HTTP on the pod's own port 15000 (ports.ts). Pages that change the proxy
 * otherwise, or look into its process, are in changes.ts.
 */
import type { Cluster } from '../../../envoy/config.ts';
import { searchRegex } from '../../../envoy/regex-work.ts';
import type { RunningSidecar, SidecarPod, WorkloadCertificates } from '../surroundings.ts';
import { nodeOf } from './bootstrap.ts';
import { changesPage } from './changes.ts';
import { type ClusterHosts, clustersJson, clustersText } from './clusters.ts';
import { configDump, DUMP_TYPE } from './config-dump.ts';
import { queried } from './dump-query.ts';
import { configuredHosts } from './hosts.ts';
import { prometheus } from './prometheus.ts';
import { serverState, statsOf } from './proxy-state.ts';
import { certsPage } from './secrets.ts';
import { STATIC_CLUSTERS } from './static-config.ts';

export interface AdminAnswer {
  readonly status: number;
  readonly body: string;
  /** text/plain if left out. */
  readonly type?: string;
}

export interface AdminRequest {
  readonly method?: string | undefined;
  readonly certificates?: WorkloadCertificates | null;
}

const HELP = `admin commands are:
  /certs: print certs on machine
  /clusters: upstream cluster status
  /contention: dump current Envoy mutex contention stats (if enabled)
  /config_dump: dump current Envoy configs
      resource, mask, name_regex, include_eds
  /help: print out list of admin commands
  /healthcheck/fail (POST): cause the server to fail health checks
  /healthcheck/ok (POST): cause the server to pass health checks
  /hot_restart_version: print the hot restart compatibility version
  /init_dump: dump current Envoy init manager information (experimental)
  /listeners: print listener info
      format: File format to use; One of (text, json)
  /logging (POST): query/change logging levels
      paths, level
  /ready: print server state, return 200 if LIVE, otherwise return 503
  /reset_counters (POST): reset all counters to zero
  /runtime: print runtime values
  /server_info: print server version/status information
  /stats: print server stats
      usedonly, filter, format; One of (text, json, prometheus)
  /stats/prometheus: print server stats in prometheus format
`;
/** Counters that clients ask for, whether or not anything has been counted. */
const ALWAYS: readonly (readonly [string, number])[] = [
  ['cluster_manager.cds.update_rejected', 0],
  ['listener_manager.lds.update_rejected', 0],
  ['listener_manager.workers_started', 1],
];

/** `path` may have a leading slash: 'stats?filter=update_rejected'. */
export function askAdmin(
  path: string,
  sidecar: RunningSidecar,
  pod: SidecarPod,
  started: number,
  now: number,
  { method = 'GET', certificates = null }: AdminRequest = {},
): AdminAnswer {
  const url = new URL(path.replace(/^\/*/, '/'), 'http://localhost:15000');
  const asJson = url.searchParams.get('format') === 'json';
  if (url.pathname === '/logging') return logging(method, url.searchParams, pod, now);
  if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') {
    return { status: 405, body: `Method ${method} not allowed, GET or POST required.` };
  }
  const changed = changesPage(url.pathname, method, sidecar);
  if (changed !== null) return changed;
  switch (url.pathname) {
    case '/config_dump': {
      const withEndpoints = url.searchParams.has('include_eds');
      const pushed = sidecar.pushed();
      const all = configDump({ pushed, pod, started, certificates, withEndpoints });
      const found = queried(all, url.searchParams, DUMP_TYPE);
      return 'text' in found ? { status: found.status, body: found.text } : json({ configs: found });
    }
    case '/certs':
      return json(certificates ? certsPage(certificates, now) : { certificates: [] });
    case '/clusters':
      return asJson ? json(clustersJson(hostsOf(sidecar, pod))) : text(clustersText(hostsOf(sidecar, pod)));
    case '/listeners':
      return asJson ? json(listenersJson(sidecar)) : text(listenersText(sidecar));
    case '/stats':
      return stats(sidecar, url.searchParams, url.searchParams.get('format') ?? 'text');
    case '/stats/prometheus':
      return stats(sidecar, url.searchParams, 'prometheus');
    case '/server_info':
      return json(serverInfo(pod, serverState(sidecar), Math.max(0, Math.floor((now - started) / 1000))));
    case '/ready':
      return { status: serverState(sidecar) === 'LIVE' ? 200 : 503, body: `${serverState(sidecar)}\n` };
    case '/init_dump':
      return json({});
    case '/hot_restart_version':
      return text('disabled');
    case '/':
    case '/help':
      return text(HELP);
    default:
      return { status: 404, body: `invalid path. The sandbox's sidecar has only these: ${HELP}` };
  }
}

function logging(
  method: string,
  query: URLSearchParams,
  { loggers, log }: SidecarPod,
  now: number,
): AdminAnswer {
  if (method !== 'POST') return { status: 405, body: `Method ${method} not allowed, POST required.` };
  const { error, lower } = loggers.change(query);
  if (error !== null) return { status: 400, body: loggers.refusal(error) };
  if (lower.length > 0) {
    const time = new Date(now).toISOString().replace('Z', '000Z');
    const which = lower.length > 3 ? 'all of its loggers' : lower.join(', ');
    log(
      `${time}\twarning\tenvoy main sandbox\tthe sandbox's proxy has no lines below the level warning, so none appear for ${which}; its access log is always on\tthread=16`,
    );
  }
  return text(loggers.page());
}

function hostsOf(sidecar: RunningSidecar, pod: SidecarPod): ClusterHosts[] {
  const { config } = sidecar.pushed();
  const live = new Map(sidecar.clusterStatuses?.().map(each => [each.name, each.host_statuses]));
  const all = config.clusters.map(cluster => ({
    cluster,
    hosts: live.get(cluster.name) ?? configuredHosts(config, cluster, pod.resolver),
  }));
  const own = STATIC_CLUSTERS.map(each => {
    const cluster = each as Cluster;
    return { cluster, hosts: configuredHosts(config, cluster, pod.resolver), isStatic: true };
  });
  return [...own, ...all];
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

function stats(sidecar: RunningSidecar, query: URLSearchParams, format: string): AdminAnswer {
  const live = serverState(sidecar) === 'LIVE';
  const server: [string, number][] = [
    ['server.live', live ? 1 : 0],
    ['server.state', live ? 0 : 1],
  ];
  const all = [...new Map<string, number>([...ALWAYS, ...server, ...Object.entries(statsOf(sidecar))])];
  const usedOnly = query.has('usedonly');
  const fits = searchRegex(
    query.get('filter') ?? '',
    all.map(([name]) => name),
  );
  if (fits === null) return { status: 400, body: 'Invalid re2 regex\n' };
  const lines = all
    .filter(([, value], index) => fits[index] === true && !(usedOnly && value === 0))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  if (format === 'prometheus') return text(prometheus(lines));
  if (format === 'json') return json({ stats: lines.map(([name, value]) => ({ name, value })) });
  return text(lines.map(([name, value]) => `${name}: ${value}\n`).join(''));
}

function serverInfo(pod: SidecarPod, state: string, seconds: number): object {
  return {
    version: 'sandbox/1.39/Clean/RELEASE/istio-tutor',
    state,
    uptime_current_epoch: `${seconds}s`,
    uptime_all_epochs: `${seconds}s`,
    hot_restart_version: 'disabled',
    command_line_options: { concurrency: 2, file_flush_interval: '0.100s' },
    node: nodeOf(pod),
  };
}

/** Indented by one space per level, as Envoy prints JSON. */
function json(value: object): AdminAnswer {
  return { status: 200, body: `${JSON.stringify(value, null, 1)}\n`, type: 'application/json' };
}

function text(body: string): AdminAnswer {
  return { status: 200, body };
}
