/** `istio-tutor kubeconfig`: where kubectl in another terminal finds the cluster. */
import { Command } from 'commander';
import { shellWord } from '../../shared/shell.ts';
import { globals } from '../globals.ts';
import { printExact, printJson, stderr } from '../print/out.ts';

export function kubeconfigCommand(): Command {
  return new Command('kubeconfig')
    .summary("print the cluster's kubeconfig, for kubectl in another terminal")
    .description('Prints the line that points kubectl in another terminal at the cluster of the lessons.')
    .option('--path', 'only the path of the file', false)
    .addHelpText(
      'after',
      `
Examples:
  eval "$(istio-tutor kubeconfig)"
  kubectl --kubeconfig "$(istio-tutor kubeconfig --path)" get pods -A

With --json: {"kubeconfig", "context", "exists"}`,
    )
    .action(async (flags: { path: boolean }, command: Command) => {
      const options = globals(command);
      const [{ openCluster }, { existsSync }] = await Promise.all([
        import('../open/cluster.ts'),
        import('node:fs'),
      ]);
      const { cluster } = await openCluster(options);
      const { can, kubeconfig } = cluster;
      const { path, context } = kubeconfig;
      const exists = existsSync(path);
      if (options.json) {
        printJson({ kubeconfig: path, context, exists });
        return;
      }
      printExact(flags.path ? `${path}\n` : `export KUBECONFIG=${shellWord(path)}\n`);
      if (!exists)
        stderr.write(`The file is not there yet: istio-tutor ${can.kind === 'sandbox' ? 'sandbox' : 'up'}\n`);
    });
}
