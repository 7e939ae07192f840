import { rememberedChoice } from '../../cluster/choice.ts';
import { paths } from '../../shared/paths.ts';
import type { GlobalOptions } from '../globals.ts';
import { openCluster } from '../open/cluster.ts';
import { commandProgress } from '../print/command-progress.ts';
import { printJson, stdout } from '../print/out.ts';
import { interruptSignal } from '../process/interrupt.ts';

export async function down(options: GlobalOptions): Promise<void> {
  const signal = interruptSignal();
  const { cluster, names } = await openCluster({ ...options, on: options.on ?? whatUpMade(options) });
  const { stages, seconds } = await commandProgress(options, progress => cluster.down(progress, signal));
  if (options.json) {
    printJson({ cluster: cluster.name, provider: cluster.can.kind, stages, seconds });
    return;
  }
  if (cluster.can.kind === 'sandbox') {
    const what =
      stages.length === 0
        ? 'A sandbox leaves nothing to remove.'
        : 'What a sandbox that was killed had left is gone.';
    stdout.write(`${what} Progress and your files stay.\n`);
    return;
  }
  const what =
    cluster.can.kind === 'kind' && names.learner === null
      ? 'the cluster'
      : `${names.mesh} and ${names.outside}`;
  stdout.write(`Done after ${seconds} s: ${what} of ${cluster.name}. Progress and your files stay.\n`);
}

/** `up` remembers what it made last. A sandbox may have been chosen since, but is not a cluster to remove. */
function whatUpMade({ state }: GlobalOptions): string {
  const last = rememberedChoice(paths(state));
  return last === null || last === 'sandbox' ? 'kind' : last;
}
