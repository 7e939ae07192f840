/**
 * Those rules of the built-in kinds that a learner meets: required fields, and fields that cannot change.
 * Source: kubernetes/pkg/apis/{core,apps,discovery}/validation. The real server has more: what it would refuse and this
 * one accepts has no effect on a mesh. Addresses and selectors are checked in the workload room (its admissions).
 */
import { type Cause, cause, causeWithoutValue } from '../../../istio/schema/cause.ts';
import { isObject, type JsonObject, sameJson } from '../../../shared/json.ts';
import { RBAC, type ServedKind, type Subresource } from '../kinds.ts';
import { isStored, storedCauses } from '../stored-kinds.ts';
import { at, list, text } from '../tables/fields.ts';
import { dataCauses } from './data-rules.ts';
import { endpointsCauses, sliceCauses } from './endpoint-rules.ts';
import { cronJobCauses, jobCauses } from './job-rules.ts';
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
    return [...podCauses(at(object, 'spec'), 'spec'), ...changes];
  }
  if (kind.resource === 'configmaps' || kind.resource === 'secrets') return dataCauses(object, old);
  if (kind.resource === 'endpointslices.discovery.k8s.io') return sliceCauses(object, old);
  if (kind.resource === 'endpoints') return endpointsCauses(object);
  if (kind.resource === 'jobs.batch') {
    const template = 'spec.template.spec';
    return [...podCauses(at(object, template), template), ...jobCauses(object, old)];
  }
  if (kind.resource === 'cronjobs.batch') {
    const template = 'spec.jobTemplate.spec.template.spec';
    return [...podCauses(at(object, template), template), ...cronJobCauses(object)];
  }
  if (kind.group === RBAC) return rbacCauses(kind, object, old);
  if (isStored(kind)) return storedCauses(kind, object);
  if (kind.group !== 'apps') return [];
  const causes = isObject(at(object, 'spec.selector')) ? [] : [required('spec.selector')];
  const replicas = at(object, 'spec.replicas');
  if (typeof replicas === 'number' && replicas < 0) {
    causes.push(cause('spec.replicas', 'FieldValueInvalid', replicas, 'must be greater than or equal to 0'));
  }
  return [...causes, ...podCauses(at(object, 'spec.template.spec'), 'spec.template.spec')];
}

function required(path: string, detail = ''): Cause {
  return causeWithoutValue(path, 'FieldValueRequired', detail);
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
    if (name !== '' && seen.has(name)) causes.push(cause(`${path}.name`, 'FieldValueDuplicate', name, ''));
    seen.add(name);
    if (typeof number !== 'number' || number < 1 || number > 65_535) {
      causes.push(
        cause(`${path}.port`, 'FieldValueInvalid', number ?? 0, 'must be between 1 and 65535, inclusive'),
      );
    }
  });
  return causes;
}

function podCauses(spec: unknown, path: string): Cause[] {
  const causes: Cause[] = [];
  const volumes = new Set(list(spec, 'volumes').map(each => text(each, 'name')));
  if (list(spec, 'containers').length === 0) causes.push(required(`${path}.containers`));
  for (const field of ['initContainers', 'containers']) {
    const seen = new Set<string>();
    list(spec, field).forEach((container, index) => {
      const here = `${path}.${field}[${index}]`;
      const name = text(container, 'name');
      if (name === '') causes.push(required(`${here}.name`));
      else if (seen.has(name)) causes.push(cause(`${here}.name`, 'FieldValueDuplicate', name, ''));
      seen.add(name);
      if (text(container, 'image') === '') causes.push(required(`${here}.image`));
      list(container, 'env').forEach((variable, at) => {
        if (text(variable, 'name') === '') causes.push(required(`${here}.env[${at}].name`));
      });
      list(container, 'volumeMounts').forEach((mount, at) => {
        const volume = text(mount, 'name');
        if (!volumes.has(volume)) causes.push(notFound(`${here}.volumeMounts[${at}].name`, volume));
      });
    });
  }
  return causes;
}

function notFound(field: string, value: string): Cause {
  // Kubernetes' own reason, which Istio's schemas never give.
  const reason = 'FieldValueNotFound' as Cause['reason'];
  return { field, reason, message: `Not found: ${JSON.stringify(value)}` };
}

const POD_UPDATE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** A pod cannot be changed, only replaced. The real text continues with a diff of the two. */
function podChanges(object: JsonObject, old: JsonObject | null): Cause[] {
  const reason = 'FieldValueForbidden' as Cause['reason'];
  if (old === null) {
    if (list(object, 'spec.ephemeralContainers').length === 0) return [];
    return [{ field: 'spec.ephemeralContainers', reason, message: 'Forbidden: cannot be set on create' }];
  }
  if (sameJson(fixedPart(object), fixedPart(old))) return [];
  return [{ field: 'spec', reason, message: `Forbidden: ${POD_UPDATE}` }];
}

function fixedPart({ spec }: JsonObject): JsonObject {
  const { activeDeadlineSeconds: _, tolerations: __, ...rest } = isObject(spec) ? spec : {};
  const withoutImage = (field: 'containers' | 'initContainers') => ({
    [field]: list(rest, field).map(each => ({ ...(each as JsonObject), image: '' })),
  });
  return { ...rest, ...withoutImage('containers'), ...withoutImage('initContainers') };
}
