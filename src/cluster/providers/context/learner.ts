/**
 * A workshop learner's world: made by the instructor, repaired by the learner's own program, which asks nothing of the
 * cluster outside the two namespaces. What it must know about Istio, the instructor has left in a ConfigMap.
 */
import type { Kube } from '../../../kube/client.ts';
import type { Progress } from '../../../shared/progress.ts';
import { readFacts } from '../../../workshop/learner-maps.ts';
import { bringUpWorld } from '../../../world/bring-up.ts';
import type { WorldNames } from '../../../world/names.ts';
import { firstProbe } from '../first-probe.ts';

/** Returns Istio's version, as the workshop recorded it. */
export async function bringUpLearner(
  kube: Kube,
  names: WorldNames,
  progress: Progress,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { istio, revision, telemetry, curl, server } = await readFacts(kube, names);
  const images = { curl: curl || undefined, node: server || undefined };
  const options = { fenced: true, prepared: true, telemetry: telemetry === 'true', images };
  await bringUpWorld(kube, names, { ...options, ...(revision === '' ? {} : { revision }) }, progress, signal);
  progress.stage('Sending a first call through the mesh');
  await firstProbe(kube, names, progress, signal);
  return istio === '' ? undefined : istio;
}
