/**
 * What a candidate left in namespaces that belong to no question: beside the servers outside, in Istio's root
 * namespace, in one that they made themselves. It affects all questions, so it is kept once for the whole exam.
 */
import type { Cluster } from '../cluster/cluster.ts';
import { apply, listObjects, readObject } from '../kube/apply.ts';
import type { KubeObject } from '../kube/client.ts';
import { connect, type Kube } from '../kube/client.ts';
import { shortName } from '../kube/kinds.ts';
import { refOf } from '../lesson/fence.ts';
import { log } from '../shared/log.ts';
import { isOurs, type WorldNames } from '../world/names.ts';
import { isRouting, parseSeen, SYSTEM, seenKinds, seenObjects, textOfAll } from './seen-objects.ts';

/** Marks the namespace of the exam's world: what was left beside it has been put back for this exam. */
const RESTORED = 'istio-tutor/exam-beside';

export interface SharedPlace {
  readonly cluster: Cluster;
  readonly base: WorldNames;
  readonly exam: string;
  /** Where to look; null: everywhere. */
  readonly namespaces: readonly string[] | null;
  /** Whether a namespace belongs to a question. */
  readonly isOwned: (namespace: string) => boolean;
}

export class SharedObjects {
  readonly #place: SharedPlace;

  constructor(place: SharedPlace) {
    this.#place = place;
  }

  /** As YAML, namespaces first. */
  async look(all?: readonly KubeObject[]): Promise<string> {
    const kube = await connect(this.#place.cluster.kubeconfig);
    const where = this.#place.namespaces;
    const [namespaces, objects] = await Promise.all([
      where === null ? listObjects(kube, 'v1', 'Namespace', null) : [],
      all ?? seenObjects(kube, where, seenKinds(this.#place.cluster)),
    ]);
    const made = namespaces.filter(each => !isOurs(each) && !SYSTEM.has(each.metadata.name)).map(bare);
    return textOfAll([...made, ...objects.filter(each => this.#isBeside(each))]);
  }

  /** Puts it back into a world that was made anew; a world in which that was done already stays as it is. */
  async prepare(seen: string, signal: AbortSignal): Promise<void> {
    const { cluster, base, exam } = this.#place;
    const kube = await connect(cluster.kubeconfig);
    const ref = { apiVersion: 'v1', kind: 'Namespace', name: base.mesh };
    if ((await readObject(kube, ref))?.metadata.annotations?.[RESTORED] === exam) return;
    for (const object of parseSeen(seen)) await putBack(kube, object, signal);
    const body = { metadata: { annotations: { [RESTORED]: exam } } };
    const path = `/api/v1/namespaces/${base.mesh}`;
    await kube.request('PATCH', path, { body, contentType: 'application/merge-patch+json', signal });
  }

  #isBeside(object: KubeObject): boolean {
    const { namespace = '' } = object.metadata;
    if (object.kind === 'Namespace' || isOurs(object) || this.#place.isOwned(namespace)) return false;
    return isRouting(object) || !SYSTEM.has(namespace);
  }
}

function bare({ apiVersion, kind, metadata: { name, labels = {}, annotations } }: KubeObject): KubeObject {
  const { 'kubernetes.io/metadata.name': _own, ...given } = labels;
  const own = annotations === undefined ? {} : { annotations };
  return { apiVersion, kind, metadata: { name, labels: given, ...own } };
}

/** Applies an object as it was. If the API refuses it, only this one is lost, and the log says why. */
export async function putBack(kube: Kube, object: KubeObject, signal: AbortSignal): Promise<void> {
  const result = await apply(kube, object, signal);
  if (result.outcome === 'refused') log('exam', `${shortName(refOf(object))}: ${result.message}`);
}
