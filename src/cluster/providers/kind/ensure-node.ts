/**
 * From whatever is there (nothing, half a cluster, a stopped container, a lost kubeconfig) to an API server
 * that answers. Each way is tried once; what cannot be repaired is made again, after a yes.
 */
import { existsSync } from 'node:fs';
import { connect, type Kube } from '../../../kube/client.ts';
import { until } from '../../../kube/wait.ts';
import { ToolError } from '../../../shared/errors.ts';
import { log } from '../../../shared/log.ts';
import type { Progress } from '../../../shared/progress.ts';
import { endLeftover } from '../../../shared/tool.ts';
import type { KindRecord } from '../record.ts';
import { createCluster, deleteCluster, exportKubeconfig, startNodes, unpauseNodes } from './commands.ts';
import { findNodes, isOurCluster, type Node, runNodeCommand } from './node.ts';
import { type KindSite, notOurs } from './site.ts';

/** How long a node may take to answer before it is called broken, in milliseconds. */
const HEALTHY_WITHIN_MS = 60_000;

/** Connects to the cluster, making or mending it first. The record says afterwards that it is ours. */
export async function ensureNode(site: KindSite, progress: Progress, signal: AbortSignal): Promise<Kube> {
  const nodes = await findNodes(site.name, site.kubeconfig, signal);
  const record = site.record();
  if (nodes.length === 0) return create(site, record, progress, signal);
  if (record === null || !isOurCluster(record, nodes)) throw notOurs(site.name);
  if (record.phase === 'creating') {
    progress.note?.(`An earlier \`up\` was ended while kind was making ${site.name}; it is made again.`);
    return recreate(site, record, progress, signal);
  }
  if (site.nodeImage !== undefined && site.nodeImage !== record.nodeImage) {
    progress.note?.(
      `${site.name} runs ${record.nodeImage ?? "kind's own node image"}; --node-image counts after \`istio-tutor down\`.`,
    );
  }
  const answered = await mend(site, nodes, progress, signal);
  if (answered !== null) return answered;
  await agree(site, signal);
  return recreate(site, record, progress, signal);
}

async function create(
  site: KindSite,
  before: KindRecord | null,
  progress: Progress,
  signal: AbortSignal,
): Promise<Kube> {
  const nodeImage = site.nodeImage ?? before?.nodeImage;
  const istioFile = site.istioFile.wanted ?? before?.istioFile;
  const record: KindRecord = {
    version: 1,
    provider: 'kind',
    name: site.name,
    since: new Date().toISOString(),
    phase: 'creating',
    nodeImage,
    istioFile,
  };
  site.forget();
  site.save(record);
  progress.stage(`Creating the kind cluster ${site.name}`);
  const command = createCluster(site.name, site.config, site.kubeconfig, nodeImage);
  await runNodeCommand(command, site.kubeconfig, {
    signal,
    onStart: pid => site.save({ ...record, pid }),
    onLine: line => progress.line(line),
  });
  const [node] = await findNodes(site.name, site.kubeconfig, signal);
  site.save({ ...record, phase: 'created', ...(node ? { container: node.id } : {}) });
  return answering(site, HEALTHY_WITHIN_MS, signal);
}

async function recreate(
  site: KindSite,
  record: KindRecord,
  progress: Progress,
  signal: AbortSignal,
): Promise<Kube> {
  progress.stage(`Deleting the broken kind cluster ${site.name}`);
  // A kind that still runs would clean up after itself when it fails, and take the new node with it.
  if (record.pid !== undefined) await endLeftover(record.pid, site.kubeconfig);
  const command = deleteCluster(site.name, site.kubeconfig);
  await runNodeCommand(command, site.kubeconfig, { signal, onLine: line => progress.line(line) });
  return create(site, record, progress, signal);
}

/** Starts what is stopped and fetches a lost kubeconfig. null: it still does not answer. */
async function mend(
  site: KindSite,
  nodes: readonly Node[],
  progress: Progress,
  signal: AbortSignal,
): Promise<Kube | null> {
  const paused = nodes.filter(node => node.state === 'paused').map(node => node.name);
  const stopped = nodes
    .filter(node => node.state !== 'paused' && node.state !== 'running')
    .map(node => node.name);
  const run = (command: Parameters<typeof runNodeCommand>[0]) =>
    runNodeCommand(command, site.kubeconfig, { signal, onLine: line => progress.line(line) });
  try {
    if (paused.length + stopped.length === 0 && existsSync(site.kubeconfig)) {
      const quick = await answering(site, 2000, signal).catch(whenSilent(signal));
      if (quick !== null) return quick;
    }
    if (paused.length > 0) {
      progress.stage('Waking the paused node');
      await run(unpauseNodes(paused));
    }
    if (stopped.length > 0) {
      progress.stage('Starting the stopped node');
      await run(startNodes(stopped));
    }
    // The address and the credentials as they are now, whatever became of the file.
    progress.stage('Waiting for the node to be healthy');
    await run(exportKubeconfig(site.name, site.kubeconfig));
    return await answering(site, HEALTHY_WITHIN_MS, signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof ToolError)) throw error;
    log('kind', `the node could not be mended: ${error.message} ${error.problem.detail ?? ''}`);
    return null;
  }
}

function whenSilent(signal: AbortSignal): (error: unknown) => null {
  return error => {
    if (signal.aborted || !(error instanceof ToolError)) throw error;
    return null;
  };
}

async function answering(site: KindSite, timeoutMs: number, signal: AbortSignal): Promise<Kube> {
  const kubeconfig = { path: site.kubeconfig, context: `kind-${site.name}` };
  return until(
    'the API server to answer',
    async () => {
      try {
        const kube = await connect(kubeconfig);
        const { status } = await kube.request('GET', '/readyz', { signal });
        return status === 200 ? kube : null;
      } catch (error) {
        if (signal.aborted || !(error instanceof ToolError)) throw error;
        return null;
      }
    },
    { timeoutMs, everyMs: 300, signal },
  );
}

async function agree(site: KindSite, signal: AbortSignal): Promise<void> {
  const what = `The node of ${site.name} is not healthy, even after 60 seconds.`;
  if (site.yes) return;
  if (site.ask !== undefined && !signal.aborted) {
    const yes = await site.ask(`${what} Make the cluster again? Your files and progress stay.`);
    if (yes) return;
  }
  throw new ToolError({
    what,
    why: 'Its container is there, but the Kubernetes in it does not answer.',
    next: [
      `istio-tutor up${site.flag} --yes   makes the cluster again; your files and progress stay`,
      `docker logs ${site.name}-control-plane   shows what the node says`,
    ],
  });
}
