/** From a command's global options to the cluster it works on. Loads the providers, so: inside actions only. */
import { type ChooseOptions, chooseCluster } from '../../cluster/choose.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { log } from '../../shared/log.ts';
import type { Progress } from '../../shared/progress.ts';
import type { WorldNames } from '../../world/names.ts';
import type { GlobalOptions } from '../globals.ts';
import { askYes } from '../print/ask.ts';
import { interruptSignal } from '../process/interrupt.ts';

type More = Pick<ChooseOptions, 'nodeImage' | 'preload' | 'istioFile' | 'yes' | 'port' | 'kubeconfig'>;

/** The cluster and the world's names. Questions are asked on a terminal; elsewhere they become errors. */
export function openCluster(options: GlobalOptions, more: More = {}) {
  const { on, name, learner, prefix, state } = options;
  const choice: ChooseOptions = { ...more };
  if (on !== undefined) choice.on = on;
  if (name !== undefined) choice.name = name;
  if (learner !== undefined) choice.learner = learner;
  if (prefix !== undefined) choice.prefix = prefix;
  if (state !== undefined) choice.stateDir = state;
  if (process.stdin.isTTY && process.stderr.isTTY) choice.ask = askYes;
  return chooseCluster(choice);
}

/** As openCluster, and a sandbox that does not run yet is started: it takes less than a second. */
export async function openRunningCluster(
  options: GlobalOptions,
): Promise<{ cluster: Cluster; names: WorldNames }> {
  const opened = await openCluster(options);
  await startSandbox(opened.cluster, interruptSignal());
  return opened;
}

/** Starts the sandbox where it is one and none runs; every other cluster is left as it is. */
export async function startSandbox(cluster: Cluster, signal: AbortSignal): Promise<void> {
  if (cluster.can.kind !== 'sandbox') return;
  if ((await cluster.health(signal)).state !== 'ready') await cluster.up(QUIET, signal);
}

const QUIET: Progress = {
  stage: title => log('sandbox', title),
  line: text => log('sandbox', text),
};
