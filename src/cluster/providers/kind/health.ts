/** Whether the cluster and the world in it work, and if not, which of Docker, node, API or world is at fault. */
import { existsSync } from 'node:fs';
import { asTutorError, Interrupted } from '../../../shared/errors.ts';
import type { Health } from '../../../world/health.ts';
import type { WorldNames } from '../../../world/names.ts';
import { findNodes, isOurCluster } from './node.ts';
import type { KindSite } from './site.ts';

/** How long the API may take to say that it is ready, in milliseconds. */
const PATIENCE_MS = 5000;

export async function kindHealth(site: KindSite, names: WorldNames, signal: AbortSignal): Promise<Health> {
  let silence: string | undefined;
  if (existsSync(site.kubeconfig)) {
    const [{ connect }, { worldHealth }] = await Promise.all([
      import('../../../kube/client.ts'),
      import('../../../world/bring-up.ts'),
    ]);
    try {
      const kube = await connect({ path: site.kubeconfig, context: `kind-${site.name}` });
      const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
      const { status } = await kube.request('GET', '/readyz', { signal: patience });
      if (status === 200) return await worldHealth(kube, names);
      silence = `The API server answers ${status} when asked whether it is ready.`;
    } catch (error) {
      if (signal.aborted) throw new Interrupted();
      silence =
        error instanceof Interrupted ? `No answer within ${PATIENCE_MS / 1000} seconds.` : wordsOf(error);
    }
  }
  return whyNot(site, silence, signal);
}

async function whyNot(site: KindSite, silence: string | undefined, signal: AbortSignal): Promise<Health> {
  const detail = silence === undefined ? {} : { detail: silence };
  let nodes: Awaited<ReturnType<typeof findNodes>>;
  try {
    nodes = await findNodes(site.name, site.kubeconfig, signal);
  } catch (error) {
    if (signal.aborted) throw new Interrupted();
    // A cluster that was never made is absent, whatever became of Docker.
    if (site.record() === null) return { state: 'absent' };
    return { state: 'broken', why: asTutorError(error).problem.what, ...detail };
  }
  const record = site.record();
  if (nodes.length === 0) return { state: 'absent' };
  if (record === null || !isOurCluster(record, nodes)) {
    return { state: 'broken', why: `The kind cluster ${site.name} was not made by istio-tutor.` };
  }
  if (record.phase === 'creating') return { state: 'broken', why: 'It was never completed.' };
  const down = nodes.find(node => node.state !== 'running');
  if (down)
    return { state: 'broken', why: `Its container ${down.name} is not running (${down.state}).`, ...detail };
  if (!existsSync(site.kubeconfig)) return { state: 'broken', why: 'Its kubeconfig is missing.' };
  return { state: 'broken', why: 'Its container runs, but the Kubernetes in it does not answer.', ...detail };
}

function wordsOf(error: unknown): string {
  const { what, why } = asTutorError(error).problem;
  return why === undefined ? what : `${what} ${why}`;
}
