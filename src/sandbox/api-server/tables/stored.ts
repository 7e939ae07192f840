/** The columns of kinds that are stored and have no effect. Source: kubernetes/pkg/printers/internalversion/printers.go */
import type { StoredObject } from '../store.ts';
import { AGE, type Column, column, containers, NAME, none, pairs, selector, wide } from './column.ts';
import { at, list, number, text } from './fields.ts';

const MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

const modes = (object: StoredObject, field: string) =>
  Object.entries(MODES)
    .filter(([mode]) => list(object, field).includes(mode))
    .map(([, short]) => short)
    .join(',');
const unset = (path: string) => (object: StoredObject) => text(object, path) || '<unset>';

const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

export const STORED_COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  ingressclasses: [
    NAME,
    column('Controller', object => text(object, 'spec.controller')),
    column('Parameters', parameters),
    AGE,
  ],
  ingresses: [
    NAME,
    column('Class', object => text(object, 'spec.ingressClassName') || '<none>'),
    column('Hosts', hosts),
    column('Address', object =>
      list(object, 'status.loadBalancer.ingress')
        .map(each => text(each, 'ip') || text(each, 'hostname'))
        .join(','),
    ),
    column('Ports', object => (list(object, 'spec.tls').length > 0 ? '80, 443' : '80')),
    AGE,
  ],
  limitranges: [NAME, column('Created At', ({ metadata }) => metadata.creationTimestamp)],
  networkpolicies: [NAME, column('Pod-Selector', object => selector('spec.podSelector')(object, 0)), AGE],
  persistentvolumeclaims: [
    NAME,
    column('Status', object => text(object, 'status.phase')),
    column('Volume', object => text(object, 'spec.volumeName')),
    column('Capacity', object => text(object, 'status.capacity.storage')),
    column('Access Modes', object => modes(object, 'status.accessModes')),
    column('StorageClass', object => text(object, 'spec.storageClassName')),
    column('VolumeAttributesClass', unset('spec.volumeAttributesClassName')),
    AGE,
    wide('VolumeMode', unset('spec.volumeMode')),
  ],
  persistentvolumes: [
    NAME,
    column('Capacity', object => text(object, 'spec.capacity.storage') || '0'),
    column('Access Modes', object => modes(object, 'spec.accessModes')),
    column('Reclaim Policy', object => text(object, 'spec.persistentVolumeReclaimPolicy')),
    column('Status', object => text(object, 'status.phase')),
    column('Claim', object =>
      ['namespace', 'name']
        .map(each => text(object, `spec.claimRef.${each}`))
        .filter(each => each !== '')
        .join('/'),
    ),
    column('StorageClass', object => text(object, 'spec.storageClassName')),
    column('VolumeAttributesClass', unset('spec.volumeAttributesClassName')),
    column('Reason', object => text(object, 'status.reason')),
    AGE,
    wide('VolumeMode', unset('spec.volumeMode')),
  ],
  poddisruptionbudgets: [
    NAME,
    column('Min Available', object => text(object, 'spec.minAvailable') || 'N/A'),
    column('Max Unavailable', object => text(object, 'spec.maxUnavailable') || 'N/A'),
    column('Allowed Disruptions', object => number(object, 'status.disruptionsAllowed'), 0, 'integer'),
    AGE,
  ],
  podtemplates: [
    NAME,
    column('Containers', containers('template', 'name')),
    column('Images', containers('template', 'image')),
    column('Pod Labels', object => none(pairs(at(object, 'template.metadata.labels')))),
  ],
  priorityclasses: [
    NAME,
    column('Value', object => number(object, 'value'), 0, 'integer'),
    column('Global-Default', object => at(object, 'globalDefault') === true, 0, 'boolean'),
    AGE,
    column('PreemptionPolicy', object => text(object, 'preemptionPolicy')),
  ],
  resourcequotas: [
    NAME,
    column('Request', object => quota(object, name => !name.startsWith('limits.'))),
    column('Limit', object => quota(object, name => name.startsWith('limits.'))),
    AGE,
  ],
  storageclasses: [
    column('Name', ({ metadata: { name, annotations } }) =>
      annotations?.[DEFAULT_CLASS] === 'true' ? `${name} (default)` : name,
    ),
    column('Provisioner', object => text(object, 'provisioner')),
    column('ReclaimPolicy', object => text(object, 'reclaimPolicy') || 'Delete'),
    column('VolumeBindingMode', object => text(object, 'volumeBindingMode') || 'Immediate'),
    column('AllowVolumeExpansion', object => at(object, 'allowVolumeExpansion') === true),
    AGE,
  ],
};

/** At most three, then how many rules more. */
function hosts(object: StoredObject): string {
  const rules = list(object, 'spec.rules');
  const named = rules.map(each => text(each, 'host')).filter(each => each !== '');
  if (named.length === 0) return '*';
  const shown = named.slice(0, 3).join(',');
  return rules.length > 3 && named.length >= 3 ? `${shown} + ${rules.length - 3} more...` : shown;
}

function parameters(object: StoredObject): string {
  const of = (field: string) => text(object, `spec.parameters.${field}`);
  if (of('name') === '') return '<none>';
  return `${of('kind')}${of('apiGroup') === '' ? '' : `.${of('apiGroup')}`}/${of('name')}`;
}

/** Only what a quota controller has counted is shown, and there is none here. */
function quota(object: StoredObject, wanted: (name: string) => boolean): string {
  const hard = (at(object, 'status.hard') ?? {}) as Record<string, string>;
  const used = (at(object, 'status.used') ?? {}) as Record<string, string>;
  return Object.keys(hard)
    .filter(wanted)
    .sort()
    .map(name => `${name}: ${used[name] ?? '0'}/${hard[name]}`)
    .join(', ');
}
