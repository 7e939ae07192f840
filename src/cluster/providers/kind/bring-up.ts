/** The stages of `up` on kind, in their order: a node that answers, Istio, the lab world, a first call. */
import type { Progress } from '../../../shared/progress.ts';
import { bringUpWorld } from '../../../world/bring-up.ts';
import type { WorldNames } from '../../../world/names.ts';
import { firstProbe } from '../first-probe.ts';
import { ofWorld } from '../world-images.ts';
import { ensureNode } from './ensure-node.ts';
import { ensureIstio } from './install-istio.ts';
import type { KindSite } from './site.ts';

/** Makes or repairs everything. Each stage looks first and does only what is missing. */
export async function bringUpKind(
  site: KindSite,
  names: WorldNames,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const kube = await ensureNode(site, progress, signal);
  if (site.preload) {
    const { preload } = await import('./images.ts');
    await preload(site, progress, signal);
  }
  await ensureIstio(site, kube, progress, signal);
  await bringUpWorld(kube, names, { fenced: true, images: ofWorld(site.images) }, progress, signal);
  progress.stage('Sending a first call through the mesh');
  await firstProbe(kube, names, progress, signal);
}
