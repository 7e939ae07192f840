/**
 * Those rules of the built-in kinds that a learner meets: required fields, and fields that cannot change.
 * Source: kubernetes/pkg/apis/{core,apps,discovery}/validation. The real server has more: what it would refuse and this
 * one accepts has no effect on a mesh. Addresses and selectors are checked in the workload room (its admissions).
 */
import type { Cause } from '../../../istio/schema/cause.ts';
import { isObject, type JsonObject } from '../../../shared/json.ts';
import { RBAC, type ServedKind, type Subresource } from '../kinds.ts';
import { isStored, storedCauses } from '../stored-kinds.ts';
import { at, list, text } from '../tables/fields.ts';
import { duplicate, invalidValue, required } from './causes.ts';
import { dataCauses } from './data-rules.ts';
import { endpointsCauses, sliceCauses } from './endpoint-rules.ts';
import { eventCauses } from './event-rules.ts';
import { cronJobCauses, jobCauses } from './job-rules.ts';
import { lastingPodCauses, podChanges, podSpecCauses } from './pod-rules.ts';
import { rbacCauses } from './rbac-rules.ts';

export function ruleCauses(
  kind: ServedKind,
  object: JsonObject,
  old: JsonObject | null,
  subresource: Subresource['name'] | null,
): Cause[] {
  if (kind.resource === 'services') return serviceCauses(object);
  if (kind.resource === 'pods') {
    // Ephemeral containers have rules of their own.
    const changes = subresource === 'ephemeralcontainers' ? [] : podChanges(object, old);
    return [...podSpecCauses(at(object, 'spec'), 'spec'), ...changes];
  }
  if (kind.resource === 'configmaps' || kind.resource === 'secrets') return dataCauses(object, old);
  if (kind.resource === 'endpointslices.discovery.k8s.io') return sliceCauses(object, old);
  if (kind.resource === 'events') return eventCauses(kind, object, old);
  if (kind.resource === 'endpoints') return endpointsCauses(object);
  if (kind.resource === 'jobs.batch') {
    const template = 'spec.template.spec';
    return [...podSpecCauses(at(object, template), template), ...jobCauses(object, old)];
  }
  if (kind.resource === 'cronjobs.batch') {
    const template = 'spec.jobTemplate.spec.template.spec';
    return [...podSpecCauses(at(object, template), template), ...cronJobCauses(object)];
  }
  if (kind.group === RBAC) return rbacCauses(kind, object, old);
  if (isStored(kind)) return storedCauses(kind, object);
  if (kind.group !== 'apps') return [];
  const causes = isObject(at(object, 'spec.selector')) ? [] : [required('spec.selector')];
  const replicas = at(object, 'spec.replicas');
  if (typeof replicas === 'number' && replicas < 0) {
    causes.push(invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0'));
  }
  const template = at(object, 'spec.template.spec');
  return [
    ...causes,
    ...podSpecCauses(template, 'spec.template.spec'),
    ...lastingPodCauses(template, 'spec.template.spec'),
  ];
}

function serviceCauses(object: JsonObject): Cause[] {
  const causes: Cause[] = [];
  const ports = list(object, 'spec.ports');
  const type = text(object, 'spec.type');
  if (ports.length === 0 && type !== 'ExternalName' && text(object, 'spec.clusterIP') !== 'None') {
    causes.push(required('spec.ports'));
  }
  if (type === 'ExternalName' && text(object, 'spec.externalName') === '')
    causes.push(required('spec.externalName'));
  const seen = new Set<string>();
  ports.forEach((port, index) => {
    const path = `spec.ports[${index}]`;
    const number = at(port, 'port');
    if (ports.length > 1 && text(port, 'name') === '') causes.push(required(`${path}.name`));
    const name = text(port, 'name');
    if (name !== '' && seen.has(name)) causes.push(duplicate(`${path}.name`, name));
    seen.add(name);
    if (typeof number !== 'number' || number < 1 || number > 65_535) {
      causes.push(invalidValue(`${path}.port`, number ?? 0, 'must be between 1 and 65535, inclusive'));
    }
  });
  return causes;
}
