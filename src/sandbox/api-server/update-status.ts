/**
 * Writes of the subresources status and finalize. A write of the status takes the metadata too, where a controller may
 * note something: all of a built-in kind but what its strategy keeps, and nothing of a custom resource.
 * Source: PrepareForUpdate of the status strategies in kubernetes/pkg/registry; for custom resources
 * apiextensions-apiserver/pkg/registry/customresource/status_strategy.go; core/namespace/strategy.go.
 */
import { isObject, type JsonObject } from '../../shared/json.ts';
import type { ServedKind } from './kinds.ts';
import { checkMetadataTypes, withoutEmptyMaps } from './metadata.ts';
import type { MutationOptions } from './options.ts';
import type { RequestTarget } from './path.ts';
import { spoken } from './present.ts';
import type { StoredObject } from './store.ts';
import {
  type Api,
  checkedStatus,
  existing,
  type Source,
  updateObject,
  type Written,
  written,
} from './write.ts';

/** Writes the status; no admission is asked. */
export function updateStatus(
  api: Api,
  target: RequestTarget,
  source: Source,
  options: MutationOptions,
): Written {
  const old = existing(api, target);
  const { apiVersion = '', kind = '', metadata, status: given = null } = source.object;
  checkMetadataTypes(source.object, target.kind, target.version);
  const resourceVersion = isObject(metadata) ? metadata.resourceVersion : undefined;
  // Nothing else is taken from the object, but its kind and name are checked.
  const before = spoken(old, target);
  const noted = withNotes(target.kind, old.metadata, isObject(metadata) ? metadata : {});
  const asked = { ...(before as unknown as JsonObject), apiVersion, kind, status: given };
  const whole = { ...source, object: { ...asked, metadata: noted as JsonObject } };
  const { object, warnings } = checkedStatus(target, whole, before, options);
  const next = {
    ...old,
    ...(object.status === undefined ? {} : { status: object.status }),
    metadata: { ...noted, ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}) },
  };
  return written(api, target, target.version, next, old, options, warnings);
}

const NOTES = ['labels', 'annotations', 'finalizers', 'ownerReferences'];
const KEPT: Readonly<Record<string, string>> = { 'deployments.apps': 'labels', pods: 'ownerReferences' };

/** What the given metadata leaves out is taken away. */
function withNotes(
  { builtIn, resource }: ServedKind,
  old: StoredObject['metadata'],
  given: JsonObject,
): StoredObject['metadata'] {
  const taken = builtIn ? NOTES.filter(each => each !== KEPT[resource]) : [];
  const kept = Object.entries(old).filter(([field]) => !taken.includes(field));
  const noted = Object.entries(withoutEmptyMaps(given)).filter(
    ([field, value]) => taken.includes(field) && value !== null,
  );
  return Object.fromEntries([...kept, ...noted]) as StoredObject['metadata'];
}

/** Its finalizers are those that are given; without any, no default takes their place. */
export function finalizeNamespace(
  api: Api,
  target: RequestTarget,
  source: Source,
  options: MutationOptions,
): Written {
  const { spec } = source.object;
  const object = { ...source.object, spec: { finalizers: [], ...(isObject(spec) ? spec : {}) } };
  return updateObject(api, target, { ...source, object }, options);
}
