/** Which schema applies to an object. */
import { ISTIO_NETWORKING, type Resource } from '../resource.ts';
import { destinationRuleSchema } from './destination-rule.ts';
import { serviceEntrySchema, workloadEntrySchema } from './service-entry.ts';
import { gatewaySchema, sidecarSchema } from './sidecar.ts';
import { obj, type Schema } from './structural.ts';
import { virtualServiceSchema } from './virtual-service.ts';

const NETWORKING: Readonly<Record<string, Schema>> = {
  ServiceEntry: serviceEntrySchema,
  DestinationRule: destinationRuleSchema,
  VirtualService: virtualServiceSchema,
  Sidecar: sidecarSchema,
  Gateway: gatewaySchema,
  WorkloadEntry: workloadEntrySchema,
};

/**
 * Telemetry: a real cluster checks it like any other kind; here any spec is stored, since the only Telemetry that
 * matters is the one that turns the access log on.
 */
const ANY_SPEC: Schema = obj({
  spec: obj({}, { preserveUnknown: true }),
  status: obj({}, { preserveUnknown: true }),
});

export function schemaOf(resource: Pick<Resource, 'apiVersion' | 'kind'>): Schema {
  const isNetworking = resource.apiVersion?.startsWith(`${ISTIO_NETWORKING}/`);
  return (isNetworking ? NETWORKING[resource.kind] : undefined) ?? ANY_SPEC;
}
