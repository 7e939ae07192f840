/**
 * The kind provider: a whole cluster of our own in one Docker container, with Istio and the lab world.
 * Everything it needs to remember is in a record beside its kubeconfig (providers/record.ts), so a later
 * run can go on where a killed one stopped. What we did not make is never touched, not even when it has
 * our name.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Progress } from '../../../shared/progress.ts';
import type { Health } from '../../../world/health.ts';
import type { WorldNames } from '../../../world/names.ts';
import type { Capabilities, Cluster } from '../../cluster.ts';
import { withLock } from '../lock.ts';
import { deleteCluster } from './commands.ts';
import { kindHealth } from './health.ts';
import { findNodes, isOurCluster, requireTools, runNodeCommand } from './node.ts';
import { DEFAULT_NAME, type KindOptions, type KindSite, kindSite, notOurs } from './site.ts';

export function kindCluster(options: KindOptions): Cluster {
  const site = kindSite(options);
  const { names } = options;
  const lock = join(dirname(site.kubeconfig), `kind-${site.name}`);

  return {
    name: site.name === DEFAULT_NAME ? 'kind' : `kind ${site.name}`,
    kubeconfig: { path: site.kubeconfig, context: `kind-${site.name}` },

    get can(): Capabilities {
      const istio = site.record()?.istio;
      return { kind: 'kind', recreate: true, istio };
    },

    up: (progress, signal) =>
      withLock(lock, `istio-tutor up${site.flag}`, async () => {
        progress.stage('Checking the tools');
        requireTools(['docker', 'kind', 'istioctl']);
        // The Kubernetes client is big; it is loaded where work begins, not where a cluster is named.
        const { bringUpKind } = await import('./bring-up.ts');
        await bringUpKind(site, names, progress, signal);
      }),

    health: (signal): Promise<Health> => kindHealth(site, names, signal),

    down: (progress, signal) =>
      withLock(lock, `istio-tutor down${site.flag}`, () =>
        names.learner === null
          ? deleteAll(site, progress, signal)
          : deleteWorld(site, names, progress, signal),
      ),
  };
}

/** Deletes the cluster that we made. Refuses one of the same name that we did not make. */
async function deleteAll(site: KindSite, progress: Progress, signal: AbortSignal): Promise<void> {
  requireTools(['docker', 'kind']);
  progress.stage(`Looking for the kind cluster ${site.name}`);
  const nodes = await findNodes(site.name, site.kubeconfig, signal);
  if (nodes.length === 0) {
    progress.note?.(`There is no kind cluster ${site.name}; nothing to remove.`);
    site.forget();
    return;
  }
  if (!isOurCluster(site.record(), nodes)) throw notOurs(site.name);
  progress.stage(`Deleting the kind cluster ${site.name}`);
  await runNodeCommand(deleteCluster(site.name, site.kubeconfig), site.kubeconfig, {
    signal,
    onLine: line => progress.line(line),
  });
  site.forget();
}

/** A learner's `down` removes the learner's world and leaves the cluster to the others. */
async function deleteWorld(
  site: KindSite,
  names: WorldNames,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  if (!existsSync(site.kubeconfig)) {
    progress.note?.(`There is no kind cluster ${site.name}; nothing to remove.`);
    return;
  }
  const [{ connect }, { removeWorld }] = await Promise.all([
    import('../../../kube/client.ts'),
    import('../../../world/bring-up.ts'),
  ]);
  const kube = await connect({ path: site.kubeconfig, context: `kind-${site.name}` });
  await removeWorld(kube, names, progress, signal);
}
