/** Changes of whole objects: one doubled under another name, moved to another namespace, or copied there. Pure. */
import type { KubeObject } from '../kube/client.ts';

export interface ChangedObjects {
  /** 'VirtualService/api moved to mesh-network-b'. */
  readonly what: string;
  readonly objects: readonly KubeObject[];
}

/** `namespaces`: those where callers are. */
export function changedObjects(
  objects: readonly KubeObject[],
  namespaces: readonly string[],
): readonly ChangedObjects[] {
  return objects.flatMap((object, at) => {
    const { name, namespace } = object.metadata;
    const what = nameAmong(objects, at);
    const as = (metadata: object): KubeObject => ({
      ...object,
      metadata: { ...object.metadata, ...metadata },
    });
    const elsewhere = namespaces.filter(each => each !== namespace);
    return [
      { what: `${what} doubled`, objects: objects.toSpliced(at + 1, 0, as({ name: `${name}-too` })) },
      ...elsewhere.flatMap(each => [
        { what: `${what} moved to ${each}`, objects: objects.with(at, as({ namespace: each })) },
        { what: `${what} copied to ${each}`, objects: objects.toSpliced(at + 1, 0, as({ namespace: each })) },
      ]),
    ];
  });
}

/** 'VirtualService/api', and where it lies if another one has this name. */
export function nameAmong(objects: readonly KubeObject[], at: number): string {
  const of = ({ kind, metadata }: KubeObject) => `${kind}/${metadata.name}`;
  const object = objects[at] as KubeObject;
  const isOne = objects.filter(each => of(each) === of(object)).length === 1;
  return isOne ? of(object) : `${of(object)} in ${object.metadata.namespace}`;
}
