/**
 * That an object is where its path says. Source: apiserver/pkg/registry/rest/{create,update}.go (BeforeCreate,
 * BeforeUpdate)
 */
import { isObject, type JsonObject } from '../../shared/json.ts';
import { isGoing } from './finalizers.ts';
import type { ServedKind } from './kinds.ts';
import { withoutEmptyMaps } from './metadata.ts';
import type { RequestTarget } from './path.ts';
import { badRequest, forbidden, notFound, type StatusError } from './status.ts';
import type { Store } from './store.ts';

/**
 * The object with the path's namespace. Throws if its name or namespace differs from the path's, or the namespace does
 * not exist or is being deleted.
 */
export function inNamespace(
  { store }: { readonly store: Store },
  target: RequestTarget,
  object: JsonObject,
): JsonObject {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  if (target.name !== null) {
    if (!metadata.name) {
      throw badRequest('the name of the object (based on the URL) was undeterminable: name must be provided');
    }
    if (metadata.name !== target.name) {
      throw badRequest(
        `the name of the object (${metadata.name}) does not match the name on the URL (${target.name})`,
      );
    }
  }
  const { namespace: given, ...rest } = withoutEmptyMaps(metadata);
  if (!target.kind.namespaced) return { ...object, metadata: rest };
  const namespace = target.namespace ?? '';
  if (given && given !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  const home = store.get('namespaces', null, namespace);
  if (home === undefined) throw notFound('namespaces', namespace);
  if (isGoing(home) && target.name === null)
    throw terminating(target.kind, String(metadata.name ?? ''), namespace);
  return { ...object, metadata: { ...rest, namespace } };
}

/** Source: apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go */
function terminating({ resource }: ServedKind, name: string, namespace: string): StatusError {
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const causes = [
    {
      reason: 'NamespaceTerminating',
      message: `namespace ${namespace} is being terminated`,
      field: 'metadata.namespace',
    },
  ];
  return forbidden(resource, name, why, causes);
}
