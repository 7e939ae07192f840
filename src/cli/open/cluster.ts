/** From a command's global options to the cluster it works on. Loads the providers. */
import { type ChooseOptions, chooseCluster } from '../../cluster/choose.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { WorldSite } from '../../lesson/worlds.ts';
import { log } from '../../shared/log.ts';
import type { Progress } from '../../shared/progress.ts';
import type { GlobalOptions } from '../globals.ts';
import { askYes } from '../print/ask.ts';
import { interruptSignal } from '../process/interrupt.ts';

type Where = Pick<GlobalOptions, 'on' | 'name' | 'learner' | 'prefix' | 'state'>;
type More = Pick<
  ChooseOptions,
  'nodeImage' | 'preload' | 'istioFile' | 'yes' | 'port' | 'kubeconfig' | 'bare' | 'ask'
>;

/**
 * The cluster and the world's names. Questions are asked on the terminal, or as `more` says; where there is none they
 * become errors.
 */
export function openCluster(options: Where, more: More = {}): Promise<WorldSite> {
  const { on, name, learner, prefix, state: stateDir } = options;
  const ask = process.stdin.isTTY && process.stderr.isTTY ? askYes : undefined;
  return chooseCluster({ ask, ...more, on, name, learner, prefix, stateDir });
}

/** Like openCluster, and starts a sandbox that does not run yet, which takes less than a second. */
export async function openRunningCluster(options: Where): Promise<WorldSite> {
  const opened = await openCluster(options);
  await ownSandbox(opened.cluster, interruptSignal());
  return opened;
}

/** Starts a sandbox that does not run; any other cluster is left as it is. */
export async function ownSandbox(cluster: Cluster, signal: AbortSignal): Promise<void> {
  if (cluster.can.kind !== 'sandbox') return;
  if ((await cluster.health(signal)).state !== 'ready') await cluster.up(QUIET, signal);
}

const QUIET: Progress = {
  stage: title => log('sandbox', title),
  line: text => log('sandbox', text),
};
