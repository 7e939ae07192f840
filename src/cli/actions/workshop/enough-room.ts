/** A workshop that does not fit is told before worlds are made, not by the pod that finds no node. */
import type { Kube } from '../../../kube/client.ts';
import { UserError } from '../../../shared/errors.ts';
import type { Progress } from '../../../shared/progress.ts';
import { roomFor } from '../../../workshop/room.ts';
import type { WorldNames } from '../../../world/names.ts';

/** Throws on kind, whose one node is all there is. A cluster of the user's may add nodes by itself: there it is noted. */
export async function enoughRoom(
  kube: Kube,
  worlds: readonly WorldNames[],
  on: string,
  progress: Progress,
): Promise<void> {
  const room = await roomFor(kube, worlds);
  if (room === null || room.free >= room.needed) return;
  const free = Math.max(0, room.free);
  const sum = `These learners need ${room.needed} more pods, and the nodes of this cluster take ${free}.`;
  if (on !== 'kind') {
    progress.note?.(`${sum} Unless it adds nodes by itself, the last worlds will wait for room.`);
    return;
  }
  throw new UserError({
    what: sum,
    why: 'A node runs no more pods than its kubelet allows. Nothing was made.',
    next: [
      '--learners with fewer names   makes the worlds that fit',
      'istio-tutor down --on kind   then this command again: a new node takes 250 pods',
    ],
  });
}
