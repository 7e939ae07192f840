/**
 * What the API does with objects of kinds that are stored and have no effect: a Warning that says so, the defaults that a
 * real server writes into them, and the rules by which it refuses the usual mistakes. Sources: kubernetes/pkg/apis/{core,
 * networking,policy,scheduling,storage}/{v1/defaults.go,validation/validation.go}
 */
import type { Cause } from '../../istio/schema/cause.ts';
import { isObject, type JsonObject } from '../../shared/json.ts';
import type { Admission } from '../rooms.ts';
import { forbidden, invalidValue, required } from './built-in/causes.ts';
import { resourceName, type ServedKind } from './kinds.ts';
import { at, list, text } from './tables/fields.ts';
import { UNMODELLED } from './unmodelled-kinds.ts';

const STORED = new Map(
  UNMODELLED.filter(each => each.stored).map(each => [resourceName(each.group, each.plural), each]),
);

export const storedAdmission: Admission = ({ operation, resource }) => {
  const kind = operation === 'DELETE' ? undefined : STORED.get(resource);
  return kind === undefined ? {} : { warnings: [`stored; has no effect in the sandbox: ${kind.why}`] };
};

const DEFAULTS: Readonly<Record<string, JsonObject>> = {
  PriorityClass: { preemptionPolicy: 'PreemptLowerPriority' },
  StorageClass: { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' },
};
const SPEC_DEFAULTS: Readonly<Record<string, JsonObject>> = {
  PersistentVolume: { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' },
  PersistentVolumeClaim: { volumeMode: 'Filesystem' },
};
const NO_DISRUPTIONS = { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 };
const STATUS: Readonly<Record<string, JsonObject>> = {
  Ingress: { loadBalancer: {} },
  PersistentVolume: { phase: 'Pending' },
  PersistentVolumeClaim: { phase: 'Pending' },
  PodDisruptionBudget: NO_DISRUPTIONS,
  ResourceQuota: {},
};

export function isStored({ resource }: ServedKind): boolean {
  return STORED.has(resource);
}

export function storedDefaults({ kind }: ServedKind, object: JsonObject): JsonObject {
  const spec = isObject(object.spec) ? object.spec : {};
  const defaults = kind === 'NetworkPolicy' ? policyTypes(spec) : SPEC_DEFAULTS[kind];
  return {
    ...DEFAULTS[kind],
    ...object,
    ...(defaults === undefined ? {} : { spec: { ...defaults, ...spec } }),
  };
}

export function storedStatus({ kind }: ServedKind): JsonObject | undefined {
  return STATUS[kind];
}

/** A NetworkPolicy is about what comes in, and about what goes out if it says something of that. */
function policyTypes(spec: JsonObject): JsonObject {
  return { policyTypes: ['Ingress', ...(list(spec, 'egress').length > 0 ? ['Egress'] : [])] };
}

export function storedCauses({ kind }: ServedKind, object: JsonObject): Cause[] {
  return RULES[kind]?.(object) ?? [];
}

const RULES: Readonly<Record<string, (object: JsonObject) => Cause[]>> = {
  Ingress: object =>
    list(object, 'spec.rules').flatMap((rule, index) =>
      list(rule, 'http.paths').flatMap((path, at) =>
        pathCauses(path, `spec.rules[${index}].http.paths[${at}]`),
      ),
    ),
  PersistentVolumeClaim: object => [
    ...(list(object, 'spec.accessModes').length > 0
      ? []
      : [required('spec.accessModes', 'at least 1 access mode is required')]),
    ...(text(object, 'spec.resources.requests.storage') === '' ? [required('spec.resources[storage]')] : []),
  ],
  PodDisruptionBudget: object => {
    const [least, most] = [at(object, 'spec.minAvailable'), at(object, 'spec.maxUnavailable')];
    if (least === undefined || most === undefined) return [];
    const why = 'minAvailable and maxUnavailable cannot be both set';
    return [invalidValue('spec', object.spec, why)];
  },
  PriorityClass: object => {
    const value = at(object, 'value');
    if (typeof value !== 'number' || value <= 1_000_000_000) return [];
    return [forbidden('value', 'maximum allowed value of a user defined priority is 1000000000')];
  },
  StorageClass: object => (text(object, 'provisioner') === '' ? [required('provisioner')] : []),
};

function pathCauses(path: unknown, here: string): Cause[] {
  const type = text(path, 'pathType');
  if (type === '') return [required(`${here}.pathType`, 'pathType must be specified')];
  const given = text(path, 'path');
  if (type !== 'ImplementationSpecific' && !given.startsWith('/'))
    return [invalidValue(`${here}.path`, given, 'must be an absolute path')];
  return [];
}
