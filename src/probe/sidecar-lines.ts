/**
 * Envoy's configuration in lines that a learner can read. Columns are those of `istioctl proxy-config`; what belongs to
 * a row is indented below it. Pure: JSON in, lines out.
 */
import type { Json, JsonObject } from '../shared/json.ts';
import { list, object } from './sidecar-config.ts';

/** A row of a table, and the facts that belong to it. */
interface Row {
  readonly cells: readonly string[];
  readonly details: readonly string[];
  /** The name that the log gives it, where the cells show it in parts: it can be searched for as well. */
  readonly name?: string;
}

/** HOST PORT SUBSET TYPE; below: the DestinationRule, TLS, limits, outlier detection. */
export function clusterLines(clusters: readonly JsonObject[], match?: string): string[] {
  const rows = clusters
    .filter(cluster => !/^inbound/i.test(String(cluster.name)))
    .sort((a, b) => byHost(String(a.name), String(b.name)))
    .map((cluster): Row => {
      const name = String(cluster.name);
      const [, port, subset, host] = name.split('|');
      const type = text(cluster.type) ?? text(object(cluster.cluster_type)?.name) ?? '-';
      const rule = /destination-rule\/(.+)$/.exec(
        text(path(cluster, 'metadata', 'filter_metadata', 'istio', 'config')) ?? '',
      )?.[1];
      return {
        name,
        cells: [host ?? name, port ?? '-', subset || '-', type],
        details: [
          ...(rule === undefined ? [] : [`DestinationRule ${rule}`]),
          ...tlsOf(cluster),
          ...limitsOf(cluster),
          ...outliersOf(cluster),
        ],
      };
    });
  return table(['HOST', 'PORT', 'SUBSET', 'TYPE'], rows, match);
}

/** Envoy lists by port; a reader looks for a host. Clusters without a host (PassthroughCluster) come first. */
function byHost(a: string, b: string): number {
  const [, portA = '', subsetA = '', hostA = ''] = a.split('|');
  const [, portB = '', subsetB = '', hostB = ''] = b.split('|');
  return (
    hostA.localeCompare(hostB) ||
    Number(portA) - Number(portB) ||
    subsetA.localeCompare(subsetB) ||
    a.localeCompare(b)
  );
}

function tlsOf(cluster: JsonObject): string[] {
  const outer = object(cluster.transport_socket);
  const inner = object(object(outer?.typed_config)?.transport_socket);
  const socket = inner ?? outer;
  if (socket === undefined || text(socket.name) !== 'envoy.transport_sockets.tls') return [];
  const context = object(socket.typed_config);
  const common = object(context?.common_tls_context);
  const own =
    list(common?.tls_certificates).length + list(common?.tls_certificate_sds_secret_configs).length > 0;
  const http = Object.values(object(cluster.typed_extension_protocol_options) ?? {}).map(object);
  const auto = http.some(one => object(one?.upstream_http_protocol_options)?.auto_sni === true);
  const sni = text(context?.sni) ?? (auto ? 'as in the Host header' : 'none');
  const mode = own ? 'opens TLS and shows a client certificate' : 'opens TLS';
  return [`${mode}, server name ${sni}`];
}

/** 2^32-1 is how Istio writes 'no limit'. */
const NO_LIMIT = 4_294_967_295;

function limitsOf(cluster: JsonObject): string[] {
  const threshold = list(object(cluster.circuit_breakers)?.thresholds)[0];
  const limits = (
    [
      ['max_connections', 'connections'],
      ['max_pending_requests', 'requests waiting for one'],
      ['max_requests', 'requests at a time'],
      ['max_retries', 'retries at a time'],
    ] as const
  ).flatMap(([key, what]) => {
    const limit = threshold?.[key];
    return typeof limit === 'number' && limit < NO_LIMIT ? [`${what}: ${limit}`] : [];
  });
  return limits.length === 0 ? [] : [`limits: ${limits.join(', ')}`];
}

function outliersOf(cluster: JsonObject): string[] {
  const outliers = object(cluster.outlier_detection);
  if (outliers === undefined) return [];
  const errors = outliers.consecutive_5xx ?? outliers.consecutive_gateway_failure ?? '5';
  const out = text(outliers.base_ejection_time) ?? '30s';
  const percent = outliers.max_ejection_percent ?? 10;
  return [`ejects after ${errors} errors in a row for ${out}, at most ${percent} % of the endpoints`];
}

/** ADDRESS PORT MATCH DESTINATION */
export function listenerLines(listeners: readonly JsonObject[], match?: string): string[] {
  const rows = listeners
    .filter(listener => listener.traffic_direction !== 'INBOUND')
    .flatMap(listener => {
      const address = object(path(listener, 'address', 'socket_address'));
      const at = [String(address?.address ?? '-'), String(address?.port_value ?? '-')];
      const last = object(listener.default_filter_chain);
      const chains = [...list(listener.filter_chains), ...(last === undefined ? [] : [last])];
      return chains.map(
        (chain): Row => ({ cells: [...at, chainMatch(chain), destination(chain)], details: [] }),
      );
    });
  return table(['ADDRESS', 'PORT', 'MATCH', 'DESTINATION'], rows, match);
}

function chainMatch(chain: JsonObject): string {
  const match = object(chain.filter_chain_match);
  const names = strings(match?.server_names);
  if (names.length > 0) return `SNI: ${names.join(', ')}`;
  const addresses = list(match?.prefix_ranges).map(range => `${range.address_prefix}/${range.prefix_len}`);
  const protocols = strings(match?.application_protocols);
  const parts = [
    ...(addresses.length > 0 ? [`Addr: ${addresses.join(', ')}`] : []),
    ...(protocols.length > 0 ? [`App: ${protocols.join(', ')}`] : []),
    ...(match?.destination_port !== undefined ? [`Port: ${match.destination_port}`] : []),
  ];
  return parts.join('; ') || 'ALL';
}

function destination(chain: JsonObject): string {
  for (const filter of list(chain.filters)) {
    const config = object(filter.typed_config);
    const route = text(object(config?.rds)?.route_config_name);
    if (route !== undefined) return `Route: ${route}`;
    const cluster = text(config?.cluster);
    if (cluster !== undefined) return cluster;
    const weighted = list(object(config?.weighted_clusters)?.clusters);
    if (weighted.length > 0) return weighted.map(one => `${one.weight} ${one.name}`).join(', ');
  }
  return '-';
}

/** NAME HOST MATCH; below: where it leads, and what the route does besides. */
export function routeLines(routes: readonly JsonObject[], match?: string): string[] {
  const rows = routes.flatMap(config =>
    list(config.virtual_hosts).flatMap(host =>
      list(host.routes).map((route): Row => {
        const domain = strings(host.domains)[0] ?? '*';
        return {
          cells: [String(config.name), domain, routeMatch(object(route.match))],
          details: [...routeTargets(route), ...routeDetails(route)],
        };
      }),
    ),
  );
  return table(['NAME', 'HOST', 'MATCH'], rows, match);
}

function routeMatch(match: JsonObject | undefined): string {
  const prefix = text(match?.prefix) ?? text(match?.path_separated_prefix);
  const regex = text(object(match?.safe_regex)?.regex);
  const where =
    prefix !== undefined
      ? `${prefix}*`
      : (text(match?.path) ?? (regex === undefined ? '/*' : `regex ${regex}`));
  const wanted = [...list(match?.headers), ...list(match?.query_parameters)].map(one => {
    const value = object(one.string_match);
    const how = value === undefined ? 'is there' : `${Object.keys(value)[0]} ${Object.values(value)[0]}`;
    return `${one.invert_match === true ? 'not ' : ''}${one.name} ${how}`;
  });
  return [where, ...wanted].join(', ');
}

function routeTargets(route: JsonObject): string[] {
  if (route.redirect !== undefined)
    return [`redirect ${Object.values(object(route.redirect) ?? {}).join(' ')}`];
  const direct = object(route.direct_response);
  if (direct !== undefined) return [`answers ${direct.status} itself`];
  const action = object(route.route);
  const weighted = list(object(action?.weighted_clusters)?.clusters);
  return weighted.length > 0
    ? weighted.map(one => `-> ${one.name}, weight ${one.weight ?? 0}`)
    : [`-> ${text(action?.cluster) ?? '-'}`];
}

function routeDetails(route: JsonObject): string[] {
  const action = object(route.route) ?? {};
  const rule = /virtual-service\/(.+)$/.exec(
    text(path(route, 'metadata', 'filter_metadata', 'istio', 'config')) ?? '',
  )?.[1];
  // Istio's defaults are on every route; only a VirtualService's own are worth a line.
  if (rule === undefined) return [];
  const rewrite = text(action.prefix_rewrite) ?? text(object(action.regex_rewrite)?.substitution);
  const timeout = text(action.timeout);
  const retries = object(action.retry_policy);
  const tries =
    retries === undefined ? 'no retries' : `${retries.num_retries} retries on ${retries.retry_on}`;
  const perTry = text(retries?.per_try_timeout);
  const mirrors = list(action.request_mirror_policies).map(
    mirror => `mirrored ${share(mirror.runtime_fraction)} to ${mirror.cluster}`,
  );
  const fault = object(path(route, 'typed_per_filter_config', 'envoy.filters.http.fault'));
  return [
    `VirtualService ${rule}`,
    ...(rewrite === undefined ? [] : [`rewritten to ${rewrite}`]),
    ...(timeout === undefined || timeout === '0s' ? [] : [`timeout ${timeout}`]),
    ...(route.route === undefined ? [] : [perTry === undefined ? tries : `${tries}, ${perTry} each`]),
    ...mirrors,
    ...faults(fault),
  ];
}

function faults(fault: JsonObject | undefined): string[] {
  const delay = object(fault?.delay);
  const abort = object(fault?.abort);
  return [
    ...(delay === undefined
      ? []
      : [`delayed ${delay.fixed_delay} for ${share({ default_value: delay.percentage ?? null })}`]),
    ...(abort === undefined
      ? []
      : [`answered ${abort.http_status} for ${share({ default_value: abort.percentage ?? null })}`]),
  ];
}

/** A FractionalPercent in percent; left out means 0 for faults and all for mirrors, so it is shown as it is. */
function share(fraction: Json | undefined): string {
  const value = object(object(fraction)?.default_value);
  if (value === undefined) return 'all';
  const per =
    { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 }[text(value.denominator) ?? 'HUNDRED'] ?? 100;
  return `${((Number(value.numerator ?? 0) / per) * 100).toFixed(2).replace(/\.?0+$/, '')} %`;
}

/** ENDPOINT STATUS CLUSTER, from the admin's `clusters?format=json`. */
export function endpointLines(clusters: Json, match?: string): string[] {
  const rows = list(object(clusters)?.cluster_statuses)
    .filter(cluster => String(cluster.name).startsWith('outbound|'))
    .flatMap(cluster =>
      list(cluster.host_statuses).map((host): Row => {
        const address = object(path(host, 'address', 'socket_address'));
        const pipe = text(object(path(host, 'address', 'pipe'))?.path);
        const health = object(host.health_status);
        const ejected = health?.failed_outlier_check === true;
        const name = text(host.hostname);
        return {
          cells: [
            pipe ?? `${address?.address ?? '-'}:${address?.port_value ?? '-'}`,
            ejected ? 'EJECTED' : (text(health?.eds_health_status) ?? 'HEALTHY'),
            String(cluster.name),
          ],
          details: name === undefined || name === '' ? [] : [name],
        };
      }),
    );
  return table(['ENDPOINT', 'STATUS', 'CLUSTER'], rows, match);
}

function table(head: readonly string[], rows: readonly Row[], match?: string): string[] {
  const shown = rows.filter(
    row =>
      match === undefined ||
      [row.name ?? '', ...row.cells, ...row.details].some(cell => cell.includes(match)),
  );
  if (shown.length === 0) return [match === undefined ? 'nothing' : `nothing that contains ${match}`];
  const widths = head.map((title, at) =>
    Math.max(title.length, ...shown.map(row => row.cells[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  return [
    line(head),
    ...shown.flatMap(row => [line(row.cells), ...row.details.map(detail => `    ${detail}`)]),
  ];
}

function path(from: Json | undefined, ...keys: readonly string[]): Json | undefined {
  return keys.reduce<Json | undefined>((value, key) => object(value)?.[key], from);
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function strings(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter(one => typeof one === 'string') : [];
}
