/** The workload whose calls are planned: a pod with a sidecar, of a Deployment or by name. */
import type { EnvoyConfig } from '../envoy/config.ts';
import { readBootstrap, readDump } from '../envoy/from-dump.ts';
import { readObject } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/client.ts';
import { exec } from '../kube/exec.ts';
import { readyPod } from '../kube/wait.ts';
import { ToolError, UserError } from '../shared/errors.ts';

export interface Workload {
  /** 'deploy/client' */
  readonly name: string;
  readonly namespace: string;
  readonly pod: string;
  readonly ip: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly hostAliases: readonly { readonly ip?: string; readonly hostnames?: readonly string[] }[];
  /** What its sidecar has now. */
  readonly config: EnvoyConfig;
  /** The part of it that no object changes. */
  readonly bootstrap: ReturnType<typeof readBootstrap>;
}

/** As kubectl takes them, in lower case. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ...['deploy', 'deployment', 'deployments', 'deployments.apps'].map(each => [each, 'Deployment'] as const),
  ...['sts', 'statefulset', 'statefulsets', 'statefulsets.apps'].map(each => [each, 'StatefulSet'] as const),
  ...['ds', 'daemonset', 'daemonsets', 'daemonsets.apps'].map(each => [each, 'DaemonSet'] as const),
  ...['po', 'pod', 'pods'].map(each => [each, 'Pod'] as const),
]);

/**
 * `from`: 'deploy/NAME', 'pod/NAME' and the like. Throws a UserError for what is not there, a ToolError where its sidecar
 * does not answer.
 */
export async function findWorkload(
  kube: Kube,
  from: string,
  namespace: string,
  signal: AbortSignal,
): Promise<Workload> {
  const pod = await podOf(kube, from, namespace, signal);
  const object = await readObject(kube, { apiVersion: 'v1', kind: 'Pod', name: pod, namespace });
  if (object === null) throw notThere(from, namespace);
  const { containers = [], initContainers = [], hostAliases = [] } = (object.spec ?? {}) as PodSpec;
  if (![...containers, ...initContainers].some(each => each.name === SIDECAR)) {
    throw new UserError({
      what: `${from} in namespace ${namespace} has no sidecar.`,
      why: `Pod ${pod} has no container ${SIDECAR}: nothing that Istio is told changes its calls.`,
      next: ['--from deploy/NAME -n NAMESPACE   another workload'],
    });
  }
  const target = { namespace, pod, container: SIDECAR };
  const argv = ['pilot-agent', 'request', 'GET', 'config_dump?include_eds'];
  const { exit, stdout, stderr } = await exec(kube, target, argv, { signal });
  if (exit !== 0) {
    throw new ToolError({
      what: `The sidecar of ${pod} did not give its configuration.`,
      why: stderr.trim(),
      next: ['istio-tutor status'],
    });
  }
  const dump: unknown = JSON.parse(stdout);
  const { podIP = '' } = (object.status ?? {}) as { podIP?: string };
  return {
    ...{ name: from, namespace, pod, ip: podIP, hostAliases },
    labels: object.metadata.labels ?? {},
    config: readDump(dump),
    bootstrap: readBootstrap(dump),
  };
}

const SIDECAR = 'istio-proxy';

interface PodSpec {
  readonly containers?: readonly { readonly name: string }[];
  readonly initContainers?: readonly { readonly name: string }[];
  readonly hostAliases?: Workload['hostAliases'];
}

async function podOf(kube: Kube, from: string, namespace: string, signal: AbortSignal): Promise<string> {
  const [type = '', name = '', more] = from.split('/');
  if (more !== undefined || name === '') {
    throw new UserError({
      what: `--from cannot be ${JSON.stringify(from)}.`,
      why: 'It is a kind and a name.',
      next: ['--from deploy/client', '--from pod/client-7c9f'],
    });
  }
  const kind = KINDS.get(type.toLowerCase());
  if (kind === undefined) {
    throw new UserError({
      what: `--from does not know the kind ${type}.`,
      why: 'It knows deploy, sts, ds and pod.',
      next: [`--from deploy/${name}`],
    });
  }
  if (kind === 'Pod') return name;
  const owner: KubeObject | null = await readObject(kube, { apiVersion: 'apps/v1', kind, name, namespace });
  if (owner === null) throw notThere(from, namespace);
  const { selector = {} } = owner.spec as { selector?: Selector };
  return (await readyPod(kube, namespace, selectorText(selector), { timeoutMs: 5000, signal })).name;
}

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** As the API takes it. Source: kubernetes, apimachinery pkg/labels/selector.go. */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: Selector): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    return operator === 'DoesNotExist' ? `!${key}` : `${key} ${operator.toLowerCase()} (${values.join(',')})`;
  });
  return [...labels, ...expressions].join(',');
}

function notThere(from: string, namespace: string): UserError {
  return new UserError({
    what: `There is no ${from} in namespace ${namespace}.`,
    next: [`kubectl get deploy,sts,ds -n ${namespace}`, '-n NAMESPACE   another namespace'],
  });
}
