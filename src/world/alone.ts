/** Whether anybody else has a world on the cluster: another learner, a question of an exam. */
import type { Kube, KubeObject } from '../kube/client.ts';
import { BELONGS_TO } from './further-clients.ts';
import { MANAGED_BY, type WorldNames } from './names.ts';

/** True when every namespace that this program made belongs to this world. False where listing them is forbidden. */
export async function isAlone(kube: Kube, names: WorldNames, signal?: AbortSignal): Promise<boolean> {
  const label = 'app.kubernetes.io/managed-by';
  const selector = encodeURIComponent(`${label}=${MANAGED_BY[label]}`);
  const path = `/api/v1/namespaces?labelSelector=${selector}`;
  const { status, body } = await kube.request('GET', path, signal === undefined ? {} : { signal });
  if (status !== 200) return false;
  const ours = ({ metadata: { name, labels } }: KubeObject) =>
    name === names.mesh || name === names.outside || labels?.[BELONGS_TO] === names.mesh;
  return (body as { items: KubeObject[] }).items.every(ours);
}
