/**
 * What the API server fills in by itself. Defaults of Deployments, Pods and Services are in the workload room (its
 * admissions), which runs them. Source: kubernetes/pkg/apis/core/v1/defaults.go, pkg/registry/core.
 */
import { isObject, type JsonObject } from '../../../shared/json.ts';
import { RBAC, type ServedKind } from '../kinds.ts';
import { isStored, storedDefaults, storedStatus } from '../stored-kinds.ts';
import { rbacDefaults } from './rbac-rules.ts';

export function withDefaults(kind: ServedKind, object: JsonObject): JsonObject {
  if (kind.resource === 'namespaces') return namespace(object);
  if (kind.group === RBAC) return rbacDefaults(object);
  if (isStored(kind)) return storedDefaults(kind, object);
  return kind.resource === 'secrets' ? secret(object) : object;
}

function namespace(object: JsonObject): JsonObject {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const labels = { ...(isObject(metadata.labels) ? metadata.labels : {}) };
  return {
    ...object,
    metadata: { ...metadata, labels: { ...labels, 'kubernetes.io/metadata.name': metadata.name ?? '' } },
    spec: { finalizers: ['kubernetes'], ...(isObject(object.spec) ? object.spec : {}) },
  };
}

/** stringData can be written, but is never read back. */
function secret({ stringData, ...object }: JsonObject): JsonObject {
  const data = { ...(isObject(object.data) ? object.data : {}) };
  const plain = isObject(stringData) ? Object.entries(stringData) : [];
  const encoded = Object.fromEntries(
    plain.map(([key, value]) => [key, Buffer.from(String(value)).toString('base64')]),
  );
  const all = { ...data, ...encoded };
  return { ...object, ...(Object.keys(all).length > 0 ? { data: all } : {}), type: object.type ?? 'Opaque' };
}

/** The initial status of a kind; for kinds whose status a client cannot set. */
export function firstStatus(kind: ServedKind): JsonObject | undefined {
  if (kind.resource === 'namespaces') return { phase: 'Active' };
  if (kind.resource === 'pods') return { phase: 'Pending' };
  if (kind.resource === 'services') return { loadBalancer: {} };
  if (kind.group === 'apps' || kind.group === 'batch') return {};
  return storedStatus(kind);
}
