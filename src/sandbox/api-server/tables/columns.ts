/**
 * The columns of `kubectl get`, kind by kind. Sources: kubernetes/pkg/printers/internalversion/printers.go for the
 * built-in kinds, additionalPrinterColumns of Istio's CRDs for its own.
 */
import { istioKind, type PrinterColumn } from '../../../istio/kinds.ts';
import { age } from '../duration.ts';
import type { ServedKind } from '../kinds.ts';
import type { StoredObject } from '../store.ts';
import {
  AGE,
  type Cell,
  type Column,
  column,
  containers,
  NAME,
  none,
  pairs,
  selector,
  wide,
} from './column.ts';
import { at, list, number, text } from './fields.ts';
import { JOB_COLUMNS } from './jobs.ts';
import { OTHER_COLUMNS } from './others.ts';
import { podCells } from './pod.ts';

const size =
  (field: string): Cell =>
  object =>
    Object.keys((at(object, field) as object) ?? {}).length;
/** At most three, then how many more. */
function some(all: readonly string[], empty: string): string {
  const shown = all.slice(0, 3).join(',');
  if (all.length > 3) return `${shown} + ${all.length - 3} more...`;
  return shown === '' ? empty : shown;
}

function pod(index: number): Cell {
  return (object, now) => podCells(object, now)[index];
}

const NODE_ROLE = 'node-role.kubernetes.io/';
const nodeAddress =
  (type: string): Cell =>
  object =>
    none(
      text(
        list(object, 'status.addresses').find(each => text(each, 'type') === type),
        'address',
      ),
    );

const WEBHOOKS = column('Webhooks', object => list(object, 'webhooks').length);

const BUILT_IN: Readonly<Record<string, readonly Column[]>> = {
  ...JOB_COLUMNS,
  ...OTHER_COLUMNS,
  configmaps: [NAME, column('Data', size('data')), AGE],
  daemonsets: [
    NAME,
    column('Desired', object => number(object, 'status.desiredNumberScheduled')),
    column('Current', object => number(object, 'status.currentNumberScheduled')),
    column('Ready', object => number(object, 'status.numberReady')),
    column('Up-to-date', object => number(object, 'status.updatedNumberScheduled')),
    column('Available', object => number(object, 'status.numberAvailable')),
    column('Node Selector', object => none(pairs(at(object, 'spec.template.spec.nodeSelector')))),
    AGE,
  ],
  deployments: [
    NAME,
    column('Ready', object => `${number(object, 'status.readyReplicas')}/${number(object, 'spec.replicas')}`),
    column('Up-to-date', object => number(object, 'status.updatedReplicas')),
    column('Available', object => number(object, 'status.availableReplicas')),
    AGE,
    wide('Containers', containers('spec.template', 'name')),
    wide('Images', containers('spec.template', 'image')),
    wide('Selector', selector('spec.selector')),
  ],
  endpoints: [NAME, column('Endpoints', object => some(endpointsOf(object), '<none>')), AGE],
  endpointslices: [
    NAME,
    column('AddressType', object => text(object, 'addressType')),
    column('Ports', object =>
      some(
        list(object, 'ports').map(each => text(each, 'port') || '*'),
        '<unset>',
      ),
    ),
    column('Endpoints', object =>
      some(
        list(object, 'endpoints').flatMap(each => list(each, 'addresses').map(String)),
        '<unset>',
      ),
    ),
    AGE,
  ],
  events: [
    column('Last Seen', (object, now) => seen(object, now, 'lastTimestamp')),
    column('Type', object => text(object, 'type')),
    column('Reason', object => text(object, 'reason')),
    column('Object', object => involved(object)),
    wide('Subobject', object => text(object, 'involvedObject.fieldPath')),
    wide('Source', object => sourceOf(object)),
    column('Message', object => text(object, 'message').trim()),
    wide('First Seen', (object, now) => seen(object, now, 'firstTimestamp')),
    wide('Count', object => number(object, 'count') || 1),
    { ...wide('Name', ({ metadata }) => metadata.name), format: 'name' },
  ],
  mutatingwebhookconfigurations: [NAME, WEBHOOKS, AGE],
  namespaces: [NAME, column('Status', object => text(object, 'status.phase')), AGE],
  nodes: [
    NAME,
    column('Status', object => nodeStatus(object)),
    column('Roles', ({ metadata }) =>
      none(
        Object.keys(metadata.labels ?? {})
          .filter(key => key.startsWith(NODE_ROLE))
          .map(key => key.slice(NODE_ROLE.length))
          .join(','),
      ),
    ),
    AGE,
    column('Version', object => text(object, 'status.nodeInfo.kubeletVersion')),
    wide('Internal-IP', nodeAddress('InternalIP')),
    wide('External-IP', nodeAddress('ExternalIP')),
    wide('OS-Image', object => text(object, 'status.nodeInfo.osImage') || '<unknown>'),
    wide('Kernel-Version', object => text(object, 'status.nodeInfo.kernelVersion') || '<unknown>'),
    wide(
      'Container-Runtime',
      object => text(object, 'status.nodeInfo.containerRuntimeVersion') || '<unknown>',
    ),
  ],
  pods: [
    NAME,
    column('Ready', pod(0)),
    column('Status', pod(1)),
    column('Restarts', pod(2)),
    AGE,
    wide('IP', object => none(text(list(object, 'status.podIPs')[0], 'ip') || text(object, 'status.podIP'))),
    wide('Node', object => none(text(object, 'spec.nodeName'))),
    wide('Nominated Node', object => none(text(object, 'status.nominatedNodeName'))),
    wide('Readiness Gates', () => '<none>'),
  ],
  replicasets: [
    NAME,
    column('Desired', object => number(object, 'spec.replicas')),
    column('Current', object => number(object, 'status.replicas')),
    column('Ready', object => number(object, 'status.readyReplicas')),
    AGE,
    wide('Containers', containers('spec.template', 'name')),
    wide('Images', containers('spec.template', 'image')),
    wide('Selector', selector('spec.selector')),
  ],
  secrets: [NAME, column('Type', object => text(object, 'type')), column('Data', size('data')), AGE],
  serviceaccounts: [NAME, column('Secrets', object => list(object, 'secrets').length), AGE],
  services: [
    NAME,
    column('Type', object => text(object, 'spec.type')),
    column('Cluster-IP', object =>
      none(String(list(object, 'spec.clusterIPs')[0] ?? text(object, 'spec.clusterIP'))),
    ),
    column('External-IP', object => externalIp(object)),
    column('Port(s)', object => none(list(object, 'spec.ports').map(portText).join(','))),
    AGE,
    wide('Selector', object => none(pairs(at(object, 'spec.selector')))),
  ],
  validatingwebhookconfigurations: [NAME, WEBHOOKS, AGE],
};

function endpointsOf(object: StoredObject): string[] {
  return list(object, 'subsets').flatMap(subset => {
    const addresses = list(subset, 'addresses').map(each => text(each, 'ip'));
    const ports = list(subset, 'ports').map(each => text(each, 'port'));
    return ports.length === 0 ? addresses : ports.flatMap(port => addresses.map(ip => `${ip}:${port}`));
  });
}

function portText(port: unknown): string {
  const nodePort = text(port, 'nodePort');
  return `${text(port, 'port')}${nodePort === '' ? '' : `:${nodePort}`}/${text(port, 'protocol')}`;
}

function externalIp(object: StoredObject): string {
  const type = text(object, 'spec.type');
  if (type === 'ExternalName') return text(object, 'spec.externalName');
  const ips = list(object, 'spec.externalIPs').map(String);
  const balancer = list(object, 'status.loadBalancer.ingress').map(
    each => text(each, 'ip') || text(each, 'hostname'),
  );
  const all = type === 'LoadBalancer' ? [...balancer, ...ips] : ips;
  if (all.length > 0) return all.join(',');
  return type === 'LoadBalancer' ? '<pending>' : '<none>';
}

function involved(object: StoredObject): string {
  const [kind, name] = [
    text(object, 'involvedObject.kind').toLowerCase(),
    text(object, 'involvedObject.name'),
  ];
  return name === '' ? kind : `${kind}/${name}`;
}

function sourceOf(object: StoredObject): string {
  const component = text(object, 'source.component') || text(object, 'reportingComponent');
  const instance = text(object, 'source.host') || text(object, 'reportingInstance');
  return instance === '' ? component : `${component}, ${instance}`;
}

function seen(object: StoredObject, now: number, field: string): string {
  const first = at(object, 'firstTimestamp') ?? at(object, 'eventTime');
  const series = field === 'lastTimestamp' ? at(object, 'series.lastObservedTime') : undefined;
  return age(series ?? at(object, field) ?? first, now);
}

function nodeStatus(object: StoredObject): string {
  const ready = list(object, 'status.conditions').find(each => text(each, 'type') === 'Ready');
  const status = ready === undefined ? 'Unknown' : text(ready, 'status') === 'True' ? 'Ready' : 'NotReady';
  return at(object, 'spec.unschedulable') === true ? `${status},SchedulingDisabled` : status;
}

/** A CRD's column: a list is shown as JSON, a missing value as an empty cell. */
function custom([name, path]: PrinterColumn): Column {
  if (path === 'metadata.creationTimestamp') return CUSTOM_AGE;
  return column(name, object => {
    const value = at(object, path);
    if (value === undefined || value === null) return null;
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  });
}

const CUSTOM_AGE: Column = { ...AGE, type: 'date' };

/** A CRD without its own columns shows the age. */
export function columnsOf(kind: ServedKind): readonly Column[] {
  const own = BUILT_IN[kind.resource.split('.')[0] ?? ''];
  if (own !== undefined) return own;
  const { columns } = istioKind(kind.kind);
  return [NAME, ...(columns.length === 0 ? [CUSTOM_AGE] : columns.map(custom))];
}
