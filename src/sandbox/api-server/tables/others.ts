/** The columns of kinds of which there are few objects, or none. */
import { UNMODELLED } from '../unmodelled-kinds.ts';
import { AGE, type Column, column, NAME } from './column.ts';
import { at, list, number, text } from './fields.ts';

const EMPTY = UNMODELLED.filter(each => each.columns !== '').map(({ plural, columns }) => {
  const rest = columns.split('|').map(name => (name === 'Age' ? AGE : column(name, () => '')));
  return [plural, [NAME, ...rest]] as const;
});

export const OTHER_COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  ...Object.fromEntries(EMPTY),
  componentstatuses: [
    NAME,
    column('Status', object =>
      text(list(object, 'conditions')[0], 'status') === 'True' ? 'Healthy' : 'Unhealthy',
    ),
    column('Message', object => text(list(object, 'conditions')[0], 'message')),
    column('Error', object => text(list(object, 'conditions')[0], 'error')),
  ],
  leases: [NAME, column('Holder', object => text(object, 'spec.holderIdentity')), AGE],
  priorityclasses: [
    NAME,
    column('Value', object => at(object, 'value'), 0, 'integer'),
    column('Global-Default', object => at(object, 'globalDefault') === true, 0, 'boolean'),
    AGE,
    column('PreemptionPolicy', object => text(object, 'preemptionPolicy')),
  ],
};

/** Of the subresource of Deployments. */
export const SCALE_COLUMNS: readonly Column[] = [
  column('Name', ({ metadata }) => metadata.name),
  column('Desired', object => number(object, 'spec.replicas'), 0, 'integer'),
  column('Available', object => number(object, 'status.replicas'), 0, 'integer'),
  AGE,
];
