/**
 * Who decided a call's way: the objects behind the route and the cluster that the sidecar's log names, read from the
 * sidecar's own configuration. Pure, but for a dear regex, which needs withRegexes() around it.
 */
import type { Cluster, EnvoyConfig } from '../envoy/config.ts';
import { trace } from '../envoy/trace.ts';
import { assignmentOf } from '../envoy/trace-cluster.ts';
import { objectOf } from '../envoy/trace-origin.ts';
import { tlsModeOf } from '../envoy/trace-tls.ts';
import type { ConfigObject, DescribedCall, TraceStep } from '../envoy/trace-types.ts';
import { entryFor } from '../istio/reach.ts';
import type { Resource } from '../istio/resource.ts';
import { portOf } from './access-log.ts';
import { optionsOf } from './curl-args.ts';
import { describeCall } from './describe-call.ts';
import type { Evidence, LogLine, Transfer, Way } from './evidence.ts';
import { lineOf } from './match.ts';
import { ruleOf } from './why-fields.ts';

/** What a way is read from. */
export interface Ground {
  readonly config: EnvoyConfig;
  /** Those that routing depends on in the client's namespace. */
  readonly objects: readonly Resource[];
  readonly namespace: string;
}

/** One for each cluster that the sidecar's log names for this call, '-' where it names none. */
export function waysOf(ground: Ground, evidence: Evidence): Way[] {
  if (!evidence.sidecar.read) return [];
  const ways = new Map<string, Way>();
  for (const [index, transfer] of evidence.curl.transfers.entries()) {
    const line = lineOf(evidence, index);
    if (line === undefined || ways.has(line.cluster)) continue;
    const call = describedCall(evidence.curl.argv, transfer, line);
    if (call === null) continue;
    const cluster = ground.config.clusters.find(one => one.name === line.cluster);
    ways.set(line.cluster, {
      cluster: line.cluster,
      route: routeOf(ground, call, line.cluster),
      policy: cluster === undefined ? null : policyOf(ground, cluster, flagsAt(evidence, line.cluster)),
      tls: cluster === undefined ? null : tlsModeOf(cluster),
    });
  }
  return [...ways.values()];
}

function flagsAt(evidence: Evidence, cluster: string): string {
  const lines = evidence.sidecar.read ? evidence.sidecar.lines : [];
  return lines.flatMap(each => (each.cluster === cluster ? [each.flags] : [])).join(' ');
}

/** The call of one transfer: the command line with this URL alone, to the address that the app dialled. */
function describedCall(argv: readonly string[], transfer: Transfer, line: LogLine): DescribedCall | null {
  const cut = line.downstreamLocal.lastIndexOf(':');
  if (cut <= 0) return null;
  const others = optionsOf(argv).flatMap(([name, , words]) => (name === '' || name === '--url' ? [] : words));
  try {
    const { call } = describeCall([...others, '-g', transfer.url]);
    return { ...call, to: { ip: line.downstreamLocal.slice(0, cut), port: portOf(line.downstreamLocal) } };
  } catch {
    return null; // A URL that curl reads and this does not: nothing is said of it.
  }
}

function routeOf(ground: Ground, call: DescribedCall, cluster: string): string | null {
  const { steps, outcome } = trace(ground.config, call);
  const route = steps.find(step => step.kind === 'route');
  if (cluster === '-') {
    if (route?.from !== undefined && outcome.kind === 'no-cluster')
      return `${ruleWords(ground, call, route, route.from)}${subsetWords(outcome.name)}`;
    const rules = route?.name === '' ? route.passedOver.flatMap(each => each.from ?? []) : [];
    return rules[0] === undefined ? null : objectWords(rules[0]);
  }
  // What is in effect by now may send the call elsewhere.
  if (!steps.some(step => step.kind === 'cluster' && step.name === cluster)) return null;
  if (route?.from !== undefined) return ruleWords(ground, call, route, route.from);
  const chain = steps.find(step => step.kind === 'filter-chain');
  if (chain?.from !== undefined) return objectWords(chain.from);
  const registered = registryWords(ground, cluster);
  if (registered === null) return null;
  return `${call.sni !== '' && route === undefined ? 'SNI' : route === undefined ? 'address' : 'Host'} of ${registered}`;
}

const objectWords = ({ kind, name }: ConfigObject) => `${kind} ${name}`;

/** The VirtualService, and which of its own rules it was: Envoy's routes are more, one for each match. */
function ruleWords(
  { objects, namespace }: Ground,
  call: DescribedCall,
  { position }: TraceStep,
  from: ConfigObject,
): string {
  const caller = { namespace, port: call.to.port };
  const rule = position === undefined ? '' : ruleOf(liveSpec(objects, from), position, caller);
  return rule === '' ? objectWords(from) : `${objectWords(from)}, ${rule}`;
}

/** The subset of a cluster that is not there. */
function subsetWords(cluster: string): string {
  const [, , subset = ''] = cluster.split('|');
  return subset === '' ? '' : `: subset ${subset}`;
}

function liveSpec(objects: readonly Resource[], { kind, namespace, name }: ConfigObject): unknown {
  const live = objects.find(
    each => each.kind === kind && each.metadata.name === name && each.metadata.namespace === namespace,
  );
  return live?.spec;
}

/** The Service, or the ServiceEntry, by which the registry knows a cluster's host. */
function registryWords({ objects, namespace }: Ground, cluster: string): string | null {
  const [direction, port, , host = ''] = cluster.split('|');
  if (direction !== 'outbound' || host === '') return null;
  const [, service] = /^([^.]+)\.[^.]+\.svc\./.exec(host) ?? [];
  if (service !== undefined) return `Service ${service}`;
  const entry = entryFor(objects, { namespace, labels: {} }, { host, port: Number(port) });
  return entry === null ? `a ServiceEntry for ${host}` : `ServiceEntry ${entry.metadata.name}`;
}

/** The DestinationRule behind a cluster, and those of its fields that had a part in these calls. */
function policyOf({ config, objects }: Ground, cluster: Cluster, flags: string): string | null {
  const from = objectOf(cluster.metadata);
  if (from === undefined) return null;
  const mode = tlsModeOf(cluster);
  const ranked = isRanked(config, cluster);
  // Which endpoint is first is for the one to say, which of them is well enough for the other: neither does without.
  const watched = ranked && cluster.outlier_detection !== undefined;
  const fields = [
    ...(mode === null ? [] : [`tls ${mode}`]),
    ...(/\bUO\b/.test(flags) ? ['connectionPool'] : []),
    ...(ranked ? [rankingField(liveSpec(objects, from))] : []),
    ...(watched || /\bUH\b/.test(flags) ? ['outlierDetection'] : []),
  ];
  return fields.length === 0 ? objectWords(from) : `${objectWords(from)}: ${fields.join(', ')}`;
}

/** Its endpoints have priorities. */
function isRanked(config: EnvoyConfig, cluster: Cluster): boolean {
  return (assignmentOf(config, cluster)?.endpoints ?? []).some(each => (each.priority ?? 0) > 0);
}

/** Where a DestinationRule says so; without it, the localities of the endpoints do. */
const rankingField = (spec: unknown): string =>
  JSON.stringify(spec ?? {}).includes('"failoverPriority"') ? 'failoverPriority' : 'localityLbSetting';
