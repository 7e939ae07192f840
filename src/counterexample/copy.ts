/** What is in effect in a learner's world, as a state of the twin's. */
import type { KubeObject } from '../kube/client.ts';
import { agedChains, byAge } from '../lesson/by-age.ts';
import { refOf } from '../lesson/fence.ts';
import { withoutServerFields } from '../lesson/inspect.ts';
import type { DesiredState } from '../lesson/state-of.ts';
import { literally, mapTexts } from '../shared/texts.ts';
import type { WorldNames } from '../world/names.ts';

export interface Place {
  readonly names: WorldNames;
  /** By the placeholders' names: {stableIP: '10.96.1.2'}. */
  readonly placeholders: Readonly<Record<string, string>>;
}

/**
 * The routing objects of `objects` that lie in the namespaces of `from`, under the names and addresses of `to`; the
 * workloads are those of `like`. Age is kept where it may decide.
 */
export function copyOf(
  objects: readonly KubeObject[],
  namespaces: readonly string[],
  from: Place,
  to: Place,
  like: DesiredState,
): DesiredState {
  const moved = objects
    .filter(each => namespaces.includes(each.metadata.namespace ?? ''))
    .sort(byAge)
    .map(object => translated(withoutServerFields(object), from, to));
  return {
    ...like,
    objects: moved.map(object => ({ ref: refOf(object), object })),
    aged: agedChains(moved),
  };
}

function translated(object: KubeObject, from: Place, to: Place): KubeObject {
  const names = new Map([
    [from.names.mesh, to.names.mesh],
    [from.names.outside, to.names.outside],
  ]);
  const words = [...names.keys()].map(literally).join('|');
  // A further client's namespace has one more part.
  const inWords = new RegExp(`(?<![\\w-])(${words})(?=(-[a-z0-9]+)?(?![\\w-]))`, 'g');
  const addresses = new Map(
    Object.entries(from.placeholders)
      .filter(([name, ip]) => name.endsWith('IP') && ip !== '')
      .map(([name, ip]) => [ip, to.placeholders[name] ?? ip]),
  );
  return mapTexts(object, text =>
    text
      .replace(/(?<![\d.])\d+(\.\d+){3}(?![\d.])/g, ip => addresses.get(ip) ?? ip)
      .replace(inWords, name => names.get(name) ?? name),
  );
}
