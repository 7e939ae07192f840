/** The columns of kinds of which there are few objects, or none. */
import { UNMODELLED } from '../unmodelled-kinds.ts';
import { AGE, type Cell, type Column, column, NAME, wide } from './column.ts';
import { list, number, text } from './fields.ts';
import { STORED_COLUMNS } from './stored.ts';

const EMPTY = UNMODELLED.filter(each => each.columns !== '').map(({ plural, columns }) => {
  const rest = columns.split('|').map(name => (name === 'Age' ? AGE : column(name, () => '')));
  return [plural, [NAME, ...rest]] as const;
});

const CREATED_AT = column('Created At', ({ metadata }) => metadata.creationTimestamp);

const subjects =
  (kind: string): Cell =>
  object =>
    list(object, 'subjects')
      .filter(each => text(each, 'kind') === kind)
      .map(each => (kind === 'ServiceAccount' ? `${text(each, 'namespace')}/` : '') + text(each, 'name'))
      .join(', ');

const BINDING: readonly Column[] = [
  NAME,
  column('Role', object => `${text(object, 'roleRef.kind')}/${text(object, 'roleRef.name')}`),
  AGE,
  wide('Users', subjects('User')),
  wide('Groups', subjects('Group')),
  wide('ServiceAccounts', subjects('ServiceAccount')),
];

export const OTHER_COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  ...Object.fromEntries(EMPTY),
  ...STORED_COLUMNS,
  apiservices: [
    NAME,
    column('Service', object => text(object, 'spec.service') || 'Local'),
    column('Available', object => text(list(object, 'status.conditions')[0], 'status')),
    AGE,
  ],
  clusterrolebindings: BINDING,
  clusterroles: [NAME, CREATED_AT],
  componentstatuses: [
    NAME,
    column('Status', object =>
      text(list(object, 'conditions')[0], 'status') === 'True' ? 'Healthy' : 'Unhealthy',
    ),
    column('Message', object => text(list(object, 'conditions')[0], 'message')),
    column('Error', object => text(list(object, 'conditions')[0], 'error')),
  ],
  customresourcedefinitions: [NAME, CREATED_AT],
  leases: [NAME, column('Holder', object => text(object, 'spec.holderIdentity')), AGE],
  rolebindings: BINDING,
  roles: [NAME, CREATED_AT],
};

/** Of the subresource of Deployments. */
export const SCALE_COLUMNS: readonly Column[] = [
  column('Name', ({ metadata }) => metadata.name),
  column('Desired', object => number(object, 'spec.replicas'), 0, 'integer'),
  column('Available', object => number(object, 'status.replicas'), 0, 'integer'),
  AGE,
];
