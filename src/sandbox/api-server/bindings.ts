/**
 * A scheduler's decision: which node a pod gets. Source: kubernetes/pkg/registry/core/pod/storage/storage.go
 * (BindingREST).
 */
import type { JsonObject } from '../../shared/json.ts';
import type { RequestTarget } from './path.ts';
import { badRequest, conflict, notFound } from './status.ts';
import { text } from './tables/fields.ts';
import type { Api } from './write.ts';

/** `target` is a pod's `binding`, or the collection of bindings; then the object names the pod. */
export function bindPod(
  { store }: Api,
  { namespace, name: ofPath }: RequestTarget,
  binding: JsonObject,
): object {
  const name = ofPath ?? text(binding, 'metadata.name');
  const node = text(binding, 'target.name');
  const kind = text(binding, 'target.kind');
  if (node === '' || (kind !== '' && kind !== 'Node')) throw badRequest('target.name: Required value');
  const pod = store.get('pods', namespace, name);
  if (pod === undefined) throw notFound('pods', name);
  const before = text(pod, 'spec.nodeName');
  if (before !== '')
    throw conflict('pods/binding', name, `pod ${name} is already assigned to node "${before}"`);
  store.update('pods', { ...pod, spec: { ...(pod.spec as object), nodeName: node } });
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
}
