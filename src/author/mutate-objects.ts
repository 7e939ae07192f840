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
    const as = (metadata: object): KubeObject => ({
      ...object,
      metadata: { ...object.metadata, ...metadata },
    });
    const what = `${object.kind}/${name}`;
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
