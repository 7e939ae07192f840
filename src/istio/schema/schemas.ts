/** Which schema applies to an object. */
import { ISTIO_NETWORKING, type Resource } from '../resource.ts';
import { destinationRuleSchema } from './destination-rule.ts';
import { serviceEntrySchema, workloadEntrySchema } from './service-entry.ts';
import { gatewaySchema, sidecarSchema } from './sidecar.ts';
import { storedSchema } from './stored.ts';
import { obj, type Schema } from './structural.ts';
import { virtualServiceSchema } from './virtual-service.ts';

/** Of the group networking.istio.io: written out, with rules, because something acts on them. */
export const MODELLED: Readonly<Record<string, Schema>> = {
  ServiceEntry: serviceEntrySchema,
  DestinationRule: destinationRuleSchema,
  VirtualService: virtualServiceSchema,
  Sidecar: sidecarSchema,
  Gateway: gatewaySchema,
  WorkloadEntry: workloadEntrySchema,
};

/** Of what is none of Istio's kinds. */
const ANY_SPEC: Schema = obj({
  spec: obj({}, { preserveUnknown: true }),
  status: obj({}, { preserveUnknown: true }),
});

export function schemaOf({ apiVersion = '', kind }: Pick<Resource, 'apiVersion' | 'kind'>): Schema {
  const [group = ''] = apiVersion.split('/');
  const modelled = group === ISTIO_NETWORKING ? MODELLED[kind] : undefined;
  return modelled ?? storedSchema(group, kind) ?? ANY_SPEC;
}
