/**
 * Traces a curl call through the client's real sidecar: its configuration and the names that the pod knows are read
 * here, src/envoy/trace.ts does the rest. Nothing is sent. The pure parts are describe-call.ts and pod-names.ts.
 */
import type { EnvoyConfig } from '../envoy/config.ts';
import { readDump } from '../envoy/from-dump.ts';
import { withRegexes } from '../envoy/regex-work.ts';
import { trace } from '../envoy/trace.ts';
import { objectOf } from '../envoy/trace-origin.ts';
import type { Trace } from '../envoy/trace-types.ts';
import { listObjects } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/client.ts';
import { statusMessage } from '../kube/request.ts';
import { readyPod } from '../kube/wait.ts';
import { ToolError } from '../shared/errors.ts';
import { CLIENT, type WorldNames } from '../world/names.ts';
import { describeCall } from './describe-call.ts';
import { type PodNames, resolveInPod, type ServiceName } from './pod-names.ts';
import { causeText } from './refusal-cause.ts';
import { configDump } from './sidecar-admin.ts';
import { standingRefusals } from './standing-refusals.ts';

export type TracedCall =
  | { readonly kind: 'traced'; readonly trace: Trace; readonly notes: readonly string[] }
  /** The pod does not know the name: curl ends with exit code 6, and the sidecar sees nothing. */
  | { readonly kind: 'unresolved'; readonly name: string };

/**
 * `argv`: curl's arguments, without the word curl.
 * Throws UserError for a call without a URL; ToolError when pod or sidecar are out of reach.
 */
export async function traceOf(
  kube: Kube,
  names: WorldNames,
  argv: readonly string[],
  signal?: AbortSignal,
): Promise<TracedCall> {
  const target = describeCall(argv);
  const options = signal === undefined ? {} : { signal };
  const { name: pod } = await readyPod(kube, names.mesh, CLIENT.selector, options);
  const [dump, podNames, virtualServices] = await Promise.all([
    configDump(kube, names, pod, signal),
    namesOf(kube, names, pod, signal),
    listObjects(kube, 'networking.istio.io/v1', 'VirtualService', names.mesh),
  ]);
  const ip = target.ip ?? resolveInPod(target.name, podNames);
  if (ip === null) return { kind: 'unresolved', name: target.name };
  const config = readDump(dump);
  const traced = await withRegexes(() => trace(config, { to: { ip, port: target.port }, ...target.call }));
  const refused = (await standingRefusals(kube, names, pod, dump, signal)) ?? [];
  const notes = [
    ...refused.map(
      ({ words, cause }) =>
        `The sidecar refused an update, and what is traced here is older: ${words}${cause === null ? '' : ` ${causeText(cause)}`}`,
    ),
    ...leftOut(config, traced, virtualServices, names.mesh),
    ...(traced.outcome.kind === 'redirect' && target.follows
      ? ['curl -L goes on from there: trace that URL as well.']
      : []),
  ];
  return { kind: 'traced', trace: traced, notes };
}

/** What the pod's hosts file and the cluster's DNS know. */
async function namesOf(kube: Kube, names: WorldNames, pod: string, signal?: AbortSignal): Promise<PodNames> {
  const read = async (path: string, what: string): Promise<unknown> => {
    const answer = await kube.request('GET', path, signal === undefined ? {} : { signal });
    if (answer.status === 200) return answer.body;
    throw new ToolError({
      what: `${what} could not be read.`,
      why: statusMessage(answer),
      next: ['istio-tutor status'],
    });
  };
  const [own, services] = await Promise.all([
    read(`/api/v1/namespaces/${names.mesh}/pods/${pod}`, 'The client pod'),
    read('/api/v1/services', "The cluster's Services"),
  ]);
  const { spec } = own as { spec?: { hostAliases?: PodNames['hostAliases'] } };
  return {
    namespace: names.mesh,
    hostAliases: spec?.hostAliases ?? [],
    services: (services as { items: KubeObject[] }).items.map(serviceName),
  };
}

function serviceName({ metadata, spec }: KubeObject): ServiceName {
  const { clusterIP, externalName } = (spec ?? {}) as { clusterIP?: string; externalName?: string };
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    // A headless Service's name leads to its pods; any of them would do, and none is looked up.
    addresses: clusterIP === undefined || clusterIP === 'None' ? [] : [clusterIP],
    externalName,
  };
}

/**
 * VirtualServices of the client's namespace that name the call's host and have HTTP routes, but no part in the
 * sidecar's configuration: mostly because an older one for the same host is in effect.
 */
export function leftOut(
  config: EnvoyConfig,
  { call, steps }: Trace,
  virtualServices: readonly KubeObject[],
  namespace: string,
): string[] {
  if (!steps.some(step => step.kind === 'virtual-host')) return [];
  const here = new Set(
    config.routes
      .flatMap(routes => routes.virtual_hosts ?? [])
      .flatMap(host => host.routes ?? [])
      .map(route => objectOf(route.metadata))
      .filter(object => object?.kind === 'VirtualService')
      .map(object => `${object?.namespace}/${object?.name}`),
  );
  const host = call.host.toLowerCase().replace(/:\d+$/, '');
  const taken = steps.find(step => step.kind === 'route');
  const by = [taken?.from, ...(taken?.passedOver ?? []).map(one => one.from)].find(
    from => from !== undefined,
  );
  return virtualServices
    .filter(({ spec }) => {
      const {
        hosts = [],
        http = [],
        gateways = ['mesh'],
      } = (spec ?? {}) as Partial<Record<'hosts' | 'http' | 'gateways', string[]>>;
      return http.length > 0 && gateways.includes('mesh') && hosts.some(name => isFor(name, host, namespace));
    })
    .filter(({ metadata }) => !here.has(`${metadata.namespace ?? namespace}/${metadata.name}`))
    .map(({ metadata }) =>
      by === undefined
        ? `VirtualService ${metadata.name} names ${host} too, and nothing of it is in the sidecar's configuration.`
        : `VirtualService ${metadata.name} names ${host} too, and nothing of it is in the sidecar's configuration: of two for one host the older counts, here ${by.name}.`,
    );
}

function isFor(pattern: string, host: string, namespace: string): boolean {
  const name = pattern.toLowerCase();
  if (name.startsWith('*')) return host.endsWith(name.slice(1));
  const short = [
    name,
    `${name}.${namespace}`,
    `${name}.${namespace}.svc`,
    `${name}.${namespace}.svc.cluster.local`,
  ];
  return short.includes(host) || (!name.includes('.') && host === name);
}
