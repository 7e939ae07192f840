/**
 * Who decided a call's way: the objects behind the route and the cluster that the sidecar's log names, read from the
 * sidecar's own configuration. Pure, but for a dear regex, which needs withRegexes() around it.
 */
import type { Cluster, EnvoyConfig } from '../envoy/config.ts';
import { trace } from '../envoy/trace.ts';
import { objectOf } from '../envoy/trace-origin.ts';
import { tlsModeOf } from '../envoy/trace-tls.ts';
import type { ConfigObject, DescribedCall, TraceStep } from '../envoy/trace-types.ts';
import type { KubeObject } from '../kube/client.ts';
import { portOf } from './access-log.ts';
import { optionsOf } from './curl-args.ts';
import { describeCall } from './describe-call.ts';
import type { Evidence, LogLine, Transfer, Way } from './evidence.ts';
import { lineOf } from './match.ts';
import { soleEntry } from './sole-entry.ts';

/** One for each cluster that the sidecar's log names for this call, '-' where it names none. `entries`: the ServiceEntries around. */
export function waysOf(config: EnvoyConfig, entries: readonly KubeObject[], evidence: Evidence): Way[] {
  if (!evidence.sidecar.read) return [];
  const ways = new Map<string, Way>();
  for (const [index, transfer] of evidence.curl.transfers.entries()) {
    const line = lineOf(evidence, index);
    if (line === undefined || ways.has(line.cluster)) continue;
    const call = describedCall(evidence.curl.argv, transfer, line);
    if (call === null) continue;
    const cluster = config.clusters.find(one => one.name === line.cluster);
    ways.set(line.cluster, {
      cluster: line.cluster,
      route: routeOf(config, call, line.cluster, entries),
      policy: cluster === undefined ? null : policyOf(cluster, flagsAt(evidence, line.cluster)),
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

function routeOf(
  config: EnvoyConfig,
  call: DescribedCall,
  cluster: string,
  entries: readonly KubeObject[],
): string | null {
  const { steps } = trace(config, call);
  const route = steps.find(step => step.kind === 'route');
  if (cluster === '-') {
    const rules = route?.name === '' ? route.passedOver.flatMap(each => each.from ?? []) : [];
    return rules[0] === undefined ? null : objectWords(rules[0]);
  }
  // What is in effect by now may send the call elsewhere.
  if (!steps.some(step => step.kind === 'cluster' && step.name === cluster)) return null;
  if (route?.from !== undefined) return objectWords(route.from) + positionWords(route);
  const chain = steps.find(step => step.kind === 'filter-chain');
  if (chain?.from !== undefined) return objectWords(chain.from);
  const registered = registryWords(cluster, entries);
  if (registered === null) return null;
  return `${call.sni !== '' && route === undefined ? 'SNI' : route === undefined ? 'address' : 'Host'} of ${registered}`;
}

const objectWords = ({ kind, name }: ConfigObject) => `${kind} ${name}`;

function positionWords({ position }: TraceStep): string {
  return position === undefined || position.of < 2 ? '' : `, route ${position.index} of ${position.of}`;
}

/** The Service, or the ServiceEntry, by which the registry knows a cluster's host. */
function registryWords(cluster: string, entries: readonly KubeObject[]): string | null {
  const [direction, , , host = ''] = cluster.split('|');
  if (direction !== 'outbound' || host === '') return null;
  const [, service] = /^([^.]+)\.[^.]+\.svc\./.exec(host) ?? [];
  if (service !== undefined) return `Service ${service}`;
  const entry = soleEntry(entries, host);
  return entry === null ? `a ServiceEntry for ${host}` : `ServiceEntry ${entry.metadata.name}`;
}

/** The DestinationRule behind a cluster, and those of its fields that had a part in these calls. */
function policyOf(cluster: Cluster, flags: string): string | null {
  const from = objectOf(cluster.metadata);
  if (from === undefined) return null;
  const mode = tlsModeOf(cluster);
  const fields = [
    ...(mode === null ? [] : [`tls ${mode}`]),
    ...(/\bUO\b/.test(flags) ? ['connectionPool'] : []),
    ...(/\bUH\b/.test(flags) ? ['outlierDetection'] : []),
  ];
  return fields.length === 0 ? objectWords(from) : `${objectWords(from)}: ${fields.join(', ')}`;
}
