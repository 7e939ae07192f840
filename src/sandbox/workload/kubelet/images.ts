/**
 * What the sandbox can run in place of images: the external API's script, and the client with curl. Nothing is pulled
 * and nothing from a manifest is executed. Pure.
 */
import { PROXY } from '../admission/injection.ts';
import type { Container, PodSpec, Probe } from '../kube-types.ts';
import { FIELD_PATH, type ValueFrom } from './environment.ts';

/** 'shell': a client without curl, as BusyBox is. 'pause': it does nothing until it is ended. */
export type ContainerProgram = 'api-server' | 'client' | 'shell' | 'pause' | 'sidecar' | 'init' | 'istiod';

export const CAN_RUN =
  'the sandbox pulls no images: it runs curl and busybox images as clients, and node images with the command "node .../api-server.mjs" as API servers';

/** What runs for a container; null: nothing that the sandbox has. */
export function programOf(container: Container): ContainerProgram | null {
  const repository = (container.image ?? '').replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  const image = repository.slice(repository.lastIndexOf('/') + 1);
  if (container.name === PROXY) return 'sidecar';
  if (container.name === 'istio-init') return 'init';
  if (image === 'curl') return 'client';
  if (image === 'busybox') return 'shell';
  if (image === 'pause') return 'pause';
  if (image === 'pilot') return 'istiod';
  const [program, script = ''] = [...(container.command ?? []), ...(container.args ?? [])];
  return image === 'node' && program === 'node' && /(^|\/)api-server\.mjs$/.test(script)
    ? 'api-server'
    : null;
}

/** Whether it runs what its container says as process 1, and has a shell. */
export function isClient(program: ContainerProgram | null): boolean {
  return program === 'client' || program === 'shell';
}

/**
 * What a client runs as process 1. The entry point of curl's image puts `curl` before arguments that are no program.
 * Source: https://github.com/curl/curl-container, etc/entrypoint.sh
 */
export function mainCommand(container: Container): readonly string[] {
  const { command = [], args = [] } = container;
  if (command.length > 0) return [...command, ...args];
  if (programOf(container) === 'shell') return args.length > 0 ? args : ['sh'];
  const [first = ''] = args;
  return first === '' || /^-|:|\.|^[^/]+\//.test(first) ? ['curl', ...args] : args;
}

/** Warnings for what in a pod will not run as it would on a cluster. `path` is where its spec is in the manifest. */
export function podWarnings(spec: PodSpec, path: string): string[] {
  const list = (field: 'containers' | 'initContainers') =>
    (spec[field] ?? []).flatMap((container, index) =>
      containerWarnings(container, `${path}.${field}[${index}]`),
    );
  const unheeded = UNHEEDED.filter(({ field, when }) => when(spec[field]));
  return [
    ...list('initContainers'),
    ...list('containers'),
    ...volumeWarnings(spec, path),
    ...unheeded.map(({ field, why }) => `${path}.${field}: ${why}`),
  ];
}

const isSet = (value: unknown) => value !== undefined && value !== '';
const NAMES = "the sandbox's pods all ask its one DNS, and have no names in it but their Services'";

/** Fields of a pod that have no effect here, though a node would act on them. */
const UNHEEDED: readonly { field: string; when: (value: unknown) => boolean; why: string }[] = [
  {
    field: 'activeDeadlineSeconds',
    when: isSet,
    why: 'the sandbox lets the pod run on',
  },
  { field: 'dnsConfig', when: isSet, why: NAMES },
  { field: 'dnsPolicy', when: value => isSet(value) && value !== 'ClusterFirst', why: NAMES },
  { field: 'subdomain', when: isSet, why: NAMES },
  {
    field: 'hostNetwork',
    when: value => value === true,
    why: 'the sandbox gives the pod an address of its own all the same',
  },
  {
    field: 'readinessGates',
    when: value => Array.isArray(value) && value.length > 0,
    why: 'the sandbox does not wait for these conditions',
  },
];

function containerWarnings(container: Container, path: string): string[] {
  const program = programOf(container);
  const unread = (container.env ?? []).filter(
    ({ valueFrom }) => valueFrom !== undefined && !isKnown(valueFrom),
  );
  return [
    ...(program === null ? [`${path}.image: ${container.image ?? ''} will not start: ${CAN_RUN}`] : []),
    ...(program === 'sidecar'
      ? []
      : [
          ...unread.map(
            ({ name }) => `${path}.env: ${name} stays unset; the sandbox does not know this valueFrom`,
          ),
          ...PROBES.flatMap(probe =>
            probeWarnings(container[probe] as Probe | undefined, `${path}.${probe}`),
          ),
          ...(container.lifecycle === undefined ? [] : [`${path}.lifecycle: the sandbox runs no hooks`]),
        ]),
  ];
}

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;

/** Warns of a probe that the sandbox cannot call, and therefore treats as passing. */
function probeWarnings(probe: Probe | undefined, path: string): string[] {
  return ['exec', 'grpc']
    .filter(way => probe?.[way] !== undefined)
    .map(way => `${path}.${way}: the sandbox does not make this call; the probe always passes`);
}

function isKnown(valueFrom: unknown): boolean {
  const from = valueFrom as ValueFrom;
  if (from.fieldRef) return FIELD_PATH.test(from.fieldRef.fieldPath ?? '');
  return from.configMapKeyRef !== undefined || from.secretKeyRef !== undefined;
}

/** Warnings for kinds of storage that are not mounted here; the scheduler reports claims. */
function volumeWarnings(spec: PodSpec, path: string): string[] {
  return (spec.volumes ?? []).flatMap((volume, index) =>
    Object.keys(volume)
      .filter(kind => !MOUNTED.has(kind))
      .map(kind => `${path}.volumes[${index}].${kind}: the sandbox mounts Secrets and ConfigMaps only`),
  );
}

const MOUNTED = new Set(['name', 'secret', 'configMap', 'emptyDir', 'persistentVolumeClaim']);
