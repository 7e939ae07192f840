/** A generated mesh, and the same with one field of one of its Istio objects changed. */
import { variantsOf } from '../../../src/author/mutate.ts';
import type { Resource } from '../../../src/istio/resource.ts';
import type { KubeObject } from '../../../src/kube/client.ts';
import { admit } from '../meshes/answer.ts';
import { Dice } from '../meshes/dice.ts';
import { type Mesh, mesh, setAnyField } from '../meshes/mesh.ts';
import { type Client, WORLD } from '../meshes/world.ts';

export interface Change {
  /** 'SEED/NUMBER/MUTANT' */
  readonly id: string;
  /** 'VirtualService/vir-a1 spec.http[0].timeout left out' */
  readonly what: string;
  readonly client: Client;
  readonly before: readonly Resource[];
  readonly after: readonly Resource[];
}

/** Up to `most` changes of a mesh that the API takes; as often one of what is there as a field of the schema set. */
export function changesOf(seed: string, number: number, most: number): readonly Change[] {
  const { id, objects, clients }: Mesh = mesh(seed, number);
  const dice = Dice.of(`${id}/changes`);
  const stored = objects.flatMap(each => taken(each) ?? []);
  const istio = stored.filter(isIstio);
  const others = [...WORLD, ...stored.filter(each => !isIstio(each))];
  if (istio.length === 0) return [];
  const variants = variantsOf(istio as unknown as readonly KubeObject[]);
  const made: Change[] = [];
  const seen = new Set([JSON.stringify(istio)]);
  for (let tries = 0; made.length < most && tries < 4 * most; tries++) {
    const one = dice.chance(0.5) ? dice.pick(variants) : withAnyField(dice, istio);
    const changed = (one.objects as readonly Resource[]).flatMap(each => taken(each) ?? []);
    const text = JSON.stringify(changed);
    if (changed.length < one.objects.length || seen.has(text)) continue;
    seen.add(text);
    made.push({
      ...{ id: `${id}/${made.length}`, what: one.what, client: dice.pick(clients) },
      ...{ before: [...others, ...istio], after: [...others, ...changed] },
    });
  }
  return made;
}

const isIstio = ({ apiVersion }: Resource) => apiVersion.includes('istio.io');

/** As it would be stored; null when it is refused. */
const taken = (object: Resource) => (isIstio(object) ? admit(object, [], []) : object);

function withAnyField(dice: Dice, objects: readonly Resource[]) {
  const at = dice.below(objects.length);
  const changed = structuredClone(objects[at]) as Resource;
  const field = setAnyField(dice, changed);
  return {
    what: `${changed.kind}/${changed.metadata.name} ${field} set`,
    objects: objects.with(at, changed),
  };
}
