/**
 * DELETE of one object or of a collection. What is deleted is gone when the answer is sent, unless it has finalizers:
 * Kubernetes gives a pod its grace period and a namespace the time that its controllers need; here deletionTimestamp of
 * those appears only in the answer.
 * Source: apiserver/pkg/endpoints/handlers/delete.go, apiserver/pkg/registry/generic/registry/store.go
 */
import { isObject, type JsonObject } from '../../shared/json.ts';
import { isoSeconds } from '../time.ts';
import { isGoing } from './finalizers.ts';
import { isDryRun } from './options.ts';
import type { RequestTarget } from './path.ts';
import { presentList, spoken } from './present.ts';
import { badRequest, conflict, forbidden } from './status.ts';
import type { StoredObject } from './store.ts';
import { at, text } from './tables/fields.ts';
import { type Api, admitted, existing } from './write.ts';

export interface DeleteOptions {
  readonly dryRun: boolean;
  /** Null: as it is usual for the kind. */
  readonly orphan: boolean | null;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
  readonly gracePeriodSeconds: number | undefined;
}

/** From the body, or from the query if there is none. */
export function deleteOptions(body: JsonObject | null, query: URLSearchParams): DeleteOptions {
  const preconditions = isObject(body?.preconditions) ? body.preconditions : {};
  const texts = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
  const policy = body?.propagationPolicy ?? query.get('propagationPolicy');
  const grace = body?.gracePeriodSeconds ?? query.get('gracePeriodSeconds');
  return {
    dryRun: isDryRun([...texts(body?.dryRun), ...query.getAll('dryRun')], 'DeleteOptions'),
    orphan: typeof policy === 'string' ? policy === 'Orphan' : orphanOf(body),
    uid: typeof preconditions.uid === 'string' ? preconditions.uid : undefined,
    resourceVersion:
      typeof preconditions.resourceVersion === 'string' ? preconditions.resourceVersion : undefined,
    gracePeriodSeconds: grace === null || grace === undefined ? undefined : Number(grace),
  };
}

/** An older way to say the same. */
function orphanOf(body: JsonObject | null): boolean | null {
  return typeof body?.orphanDependents === 'boolean' ? body.orphanDependents : null;
}

export interface Deleted {
  readonly body: object;
  readonly warnings: readonly string[];
}

/** Of these the object is returned, and a Status of all others. Source: ReturnDeletedObject in kubernetes/pkg/registry. */
const RETURNED = new Set([
  ...['persistentvolumeclaims', 'persistentvolumes', 'podtemplates', 'resourcequotas', 'serviceaccounts'],
  ...['services', 'storageclasses.storage.k8s.io'],
]);

export function deleteObject(api: Api, target: RequestTarget, options: DeleteOptions): Deleted {
  const { kind } = target;
  const { object, warnings } = deleteOne(api, target, options);
  if (kind.resource === 'pods' || kind.resource === 'namespaces') {
    return { body: going(object, target, options, api.now()), warnings };
  }
  if (isGoing(object) || RETURNED.has(kind.resource)) return { body: spoken(object, target), warnings };
  const { name, uid } = object.metadata;
  const details = { name, ...(kind.group === '' ? {} : { group: kind.group }), kind: kind.plural, uid };
  return { body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details }, warnings };
}

/**
 * Deletes a pod as a drain does; but not from a node that is cordoned for it, since there is no other.
 * Source: kubernetes/pkg/registry/core/pod/storage/eviction.go
 */
export function evict(api: Api, target: RequestTarget, body: JsonObject, query: URLSearchParams): object {
  const { metadata } = body;
  const name = isObject(metadata) ? metadata.name : undefined;
  if (name !== target.name) throw badRequest('name in URL does not match name in Eviction object');
  const asked = deleteOptions(isObject(body.deleteOptions) ? body.deleteOptions : null, query);
  const node = text(existing(api, { ...target, subresource: null }), 'spec.nodeName');
  if (at(api.store.get('nodes', null, node), 'spec.unschedulable') === true) {
    const why = `node ${node} is cordoned and the only one, so it cannot be drained: kubectl uncordon ${node}`;
    throw forbidden('pods', String(name), why);
  }
  deleteObject(api, { ...target, subresource: null }, asked);
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
}

/** `objects` are those that the selectors match; returns the list of what was deleted. */
export function deleteCollection(
  api: Api,
  target: RequestTarget,
  objects: readonly StoredObject[],
  options: DeleteOptions,
): Deleted {
  const gone = objects.map(({ metadata: { name, namespace } }) =>
    deleteOne(api, { ...target, name, namespace: namespace ?? null }, options),
  );
  const { kind, version } = target;
  const to = { form: 'object', kind, version, now: api.now() } as const;
  const items = gone.map(each => each.object);
  const body = presentList(items, to, { resourceVersion: api.store.resourceVersion });
  return { body, warnings: gone.flatMap(each => each.warnings) };
}

/** Source: pkg/registry/batch/job/storage/storage.go; where what is usual dates from the first version. */
const PODS_STAY =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning';

const IMMORTAL = new Set(['default', 'kube-public', 'kube-system']);

function deleteOne(api: Api, target: RequestTarget, options: DeleteOptions) {
  const { kind, namespace, name } = target;
  const object = existing(api, target);
  checkPreconditions(target, object, options);
  if (kind.resource === 'namespaces' && IMMORTAL.has(name ?? ''))
    throw forbidden('namespaces', name ?? '', 'this namespace may not be deleted');
  const before = spoken(object, target);
  const { warnings } = admitted(api, 'DELETE', target, before as unknown as JsonObject, before);
  const unsaid = options.orphan === null && kind.resource === 'jobs.batch';
  const told = unsaid ? [...warnings, PODS_STAY] : warnings;
  if (options.dryRun) return { object, warnings: told };
  if (options.orphan ?? unsaid) orphan(api, object);
  return { object: api.store.delete(kind.resource, namespace, name ?? '') ?? object, warnings: told };
}

function checkPreconditions(
  { kind, name }: RequestTarget,
  { metadata }: StoredObject,
  options: DeleteOptions,
): void {
  const { uid, resourceVersion } = options;
  const failed = (what: string, wanted: string, is: string) =>
    conflict(
      kind.resource,
      name ?? '',
      `Precondition failed: ${what} in precondition: ${wanted}, ${what} in object meta: ${is}`,
    );
  if (uid !== undefined && uid !== metadata.uid) throw failed('UID', uid, metadata.uid);
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    throw failed('ResourceVersion', resourceVersion, metadata.resourceVersion);
  }
}

/** The dependents forget their owner, and so they stay. */
function orphan({ store }: Api, owner: StoredObject): void {
  for (const [resource, object] of store.dependents(owner.metadata.uid)) {
    const owners = object.metadata.ownerReferences as { uid: string }[];
    const ownerReferences = owners.filter(each => each.uid !== owner.metadata.uid);
    store.update(resource, { ...object, metadata: { ...object.metadata, ownerReferences } });
  }
}

/** The object as it looks on a cluster while it is being deleted. */
function going(
  object: StoredObject,
  target: RequestTarget,
  { gracePeriodSeconds }: DeleteOptions,
  now: number,
): object {
  const isPod = target.kind.resource === 'pods';
  const metadata = {
    ...object.metadata,
    deletionTimestamp: isoSeconds(now),
    ...(isPod ? { deletionGracePeriodSeconds: gracePeriodSeconds ?? 30 } : {}),
  };
  const status = isPod ? object.status : { phase: 'Terminating' };
  return { ...spoken(object, target), metadata, status };
}
