/**
 * Which pods get a sidecar, and what the pod looks like then: istio-init, and istio-proxy as a native sidecar.
 * Source: manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml (which pods it is asked about),
 * pkg/kube/inject/inject.go (injectRequired), files/injection-template.yaml. Pure.
 * Istio's template reads many more annotations; here those for resources and capture, userVolume and userVolumeMount.
 * The others get Warnings (mesh-metadata.ts).
 */
import { CAPTURE, INTERCEPTION } from '../capture.ts';
import type { Container, Pod, PodSpec, Volume, VolumeMount } from '../kube-types.ts';
import { checkAnnotations } from './annotation-rules.ts';
import { podDefaults } from './defaults.ts';

export const PROXY = 'istio-proxy';
const PROXY_IMAGE = 'docker.io/istio/proxyv2:1.31-dev';
const INJECT = 'sidecar.istio.io/inject';
const REVISION = 'istio.io/rev';
/** Source: pkg/kube/inject/webhook.go (IgnoredNamespaces). */
const IGNORED = ['kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage'];

type Labels = Readonly<Record<string, string>>;

/** Whether Istio injects a pod, given the labels of its namespace and its own. */
export function wantsSidecar(
  namespace: string,
  ofNamespace: Labels,
  pod: Pick<Pod, 'metadata' | 'spec'>,
): boolean {
  const labels = pod.metadata.labels ?? {};
  const decision = labels[INJECT] ?? pod.metadata.annotations?.[INJECT];
  if (pod.spec.hostNetwork || IGNORED.includes(namespace) || decision === 'false') return false;
  return webhookOf(ofNamespace, labels) !== null;
}

/** Which of the four webhooks is asked about a pod, in a mesh whose only revision is 'default'; null: none. */
export function webhookOf(namespace: Labels, pod: Labels): string | null {
  const injection = namespace['istio-injection'];
  const revision = namespace[REVISION];
  const named = (name: string, asked: boolean) => (asked ? `${name}.sidecar-injector.istio.io` : null);
  if (pod[INJECT] === 'false') return null;
  if (injection !== undefined) return named('namespace', injection === 'enabled');
  if (revision !== undefined) return named('rev.namespace', revision === 'default');
  if (pod[REVISION] !== undefined) return named('rev.object', pod[REVISION] === 'default');
  return named('object', pod[INJECT] === 'true');
}

/** A copy of an injected pod, such as `kubectl debug --copy-to` makes, has them already. */
function besides<T extends { name: string }>(own: readonly T[], given: readonly T[] = []): T[] {
  return given.filter(each => own.every(({ name }) => name !== each.name));
}

/** The pod with its sidecar. Throws like Istio for annotations that it cannot parse. */
export function withSidecar<P extends Pick<Pod, 'metadata' | 'spec'>>(pod: P): P {
  const { metadata, spec } = pod;
  const annotations = metadata.annotations ?? {};
  checkAnnotations(annotations);
  const volumes = Object.entries(parsed<Omit<Volume, 'name'>>(annotations, 'userVolume'));
  const mounts = Object.entries(parsed<Omit<VolumeMount, 'name'>>(annotations, 'userVolumeMount'));
  const first = spec.containers[0]?.name ?? '';
  const app = metadata.labels?.app ?? '';
  const added: Volume[] = [
    { name: 'istio-envoy', emptyDir: { medium: 'Memory' } },
    { name: 'istio-data', emptyDir: {} },
    { name: 'istiod-ca-cert', configMap: { name: 'istio-ca-root-cert' } },
    ...volumes.map(([name, volume]): Volume => ({ name, ...volume })),
  ];
  const captured = annotations[INTERCEPTION] !== 'NONE';
  const init = [...(captured ? [initContainer(annotations)] : []), proxyContainer(annotations, mounts)];
  const status = {
    initContainers: init.map(each => each.name),
    containers: null,
    volumes: added.map(each => each.name),
    imagePullSecrets: null,
    revision: 'default',
  };
  const injected: PodSpec = podDefaults({
    ...spec,
    initContainers: [...init, ...besides(init, spec.initContainers)],
    volumes: [...added, ...besides(added, spec.volumes)],
  });
  return {
    ...pod,
    metadata: {
      ...metadata,
      annotations: {
        'istio.io/rev': 'default',
        'kubectl.kubernetes.io/default-container': first,
        'kubectl.kubernetes.io/default-logs-container': first,
        ...annotations,
        'sidecar.istio.io/status': JSON.stringify(status),
      },
      labels: {
        ...metadata.labels,
        'security.istio.io/tlsMode': 'istio',
        'service.istio.io/canonical-name': app,
        'service.istio.io/canonical-revision': metadata.labels?.version ?? 'latest',
      },
    },
    spec: injected,
  };
}

function parsed<T>(annotations: Labels, name: string): Record<string, T> {
  const text = annotations[`sidecar.istio.io/${name}`];
  if (text === undefined) return {};
  try {
    return JSON.parse(text) as Record<string, T>;
  } catch (cause) {
    throw new Error(`annotation sidecar.istio.io/${name} is no JSON: ${(cause as Error).message}`, { cause });
  }
}

function resources(annotations: Labels): Record<string, unknown> {
  const amounts = (kind: 'limits' | 'requests', suffix: string) => {
    const [cpu, memory] = [
      annotations[`sidecar.istio.io/proxyCPU${suffix}`],
      annotations[`sidecar.istio.io/proxyMemory${suffix}`],
    ];
    const told = { ...(cpu ? { cpu } : {}), ...(memory ? { memory } : {}) };
    return cpu === undefined && memory === undefined ? {} : { [kind]: told };
  };
  const told = { ...amounts('limits', 'Limit'), ...amounts('requests', '') };
  if (Object.keys(told).length > 0) return told;
  return { limits: { cpu: '2', memory: '1Gi' }, requests: { cpu: '100m', memory: '128Mi' } };
}

function initContainer(annotations: Labels): Container {
  const of = (name: string) => annotations[`${CAPTURE}${name}`];
  const option = (flag: string, name: string) => {
    const value = of(name);
    return value === undefined ? [] : [flag, value];
  };
  const inbound = ['15090', '15021', '15020', ...(of('excludeInboundPorts') ?? '').split(',')];
  return {
    name: 'istio-init',
    image: PROXY_IMAGE,
    args: [
      ...['istio-iptables', '-p', '15001', '-z', '15006', '-u', '1337'],
      ...['-m', annotations[INTERCEPTION] ?? 'REDIRECT'],
      ...['-i', of('includeOutboundIPRanges') ?? '*', '-x', of('excludeOutboundIPRanges') ?? ''],
      ...['-b', of('includeInboundPorts') ?? '*', '-d', inbound.filter(port => port !== '').join(',')],
      ...option('-q', 'includeOutboundPorts'),
      ...option('-o', 'excludeOutboundPorts'),
      '--log_output_level=default:info',
    ],
    resources: resources(annotations),
    securityContext: { capabilities: { add: ['NET_ADMIN', 'NET_RAW'], drop: ['ALL'] }, runAsUser: 0 },
  };
}

function proxyContainer(
  annotations: Labels,
  mounts: readonly [string, Omit<VolumeMount, 'name'>][],
): Container {
  const ready = { httpGet: { path: '/healthz/ready', port: 15021 } };
  return {
    name: PROXY,
    image: PROXY_IMAGE,
    args: [
      ...['proxy', 'sidecar', '--domain', '$(POD_NAMESPACE).svc.cluster.local', '--proxyLogLevel=warning'],
      ...['--proxyComponentLogLevel=misc:error', '--log_output_level=default:info'],
    ],
    ports: [{ containerPort: 15090, name: 'http-envoy-prom', protocol: 'TCP' }],
    readinessProbe: { ...ready, failureThreshold: 4, periodSeconds: 15, timeoutSeconds: 3 },
    resources: resources(annotations),
    restartPolicy: 'Always',
    securityContext: { capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true, runAsUser: 1337 },
    startupProbe: { ...ready, failureThreshold: 600, periodSeconds: 1, timeoutSeconds: 3 },
    volumeMounts: [
      { mountPath: '/var/run/secrets/istio', name: 'istiod-ca-cert' },
      { mountPath: '/var/lib/istio/data', name: 'istio-data' },
      { mountPath: '/etc/istio/proxy', name: 'istio-envoy' },
      ...mounts.map(([name, mount]): VolumeMount => ({ ...mount, name })),
    ],
  };
}
