import { existsSync } from 'node:fs';
import { shellWord } from '../../shared/shell.ts';
import type { KubeconfigFlags } from '../commands/kubeconfig.ts';
import { examKubeconfig } from '../open/asked-world.ts';
import { openCluster } from '../open/cluster.ts';
import { printExact, printJson, stderr } from '../print/out.ts';

export async function kubeconfig(options: KubeconfigFlags): Promise<void> {
  const { cluster } = await openCluster(options);
  const { context } = cluster.kubeconfig;
  const path = (await examKubeconfig(options)) ?? cluster.kubeconfig.path;
  const exists = existsSync(path);
  if (options.json) {
    printJson({ kubeconfig: path, context, exists });
    return;
  }
  printExact(options.path ? `${path}\n` : `export KUBECONFIG=${shellWord(path)}\n`);
  const maker = cluster.can.kind === 'sandbox' ? 'sandbox' : 'up';
  if (!exists) stderr.write(`The file is not there yet: istio-tutor ${maker}\n`);
}
