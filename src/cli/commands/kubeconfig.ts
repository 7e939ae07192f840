/** `istio-tutor kubeconfig`: where kubectl in another terminal finds the cluster. */
import { Command } from 'commander';
import type { GlobalOptions } from '../globals.ts';
import { late } from '../late.ts';

export interface KubeconfigFlags extends GlobalOptions {
  readonly path: boolean;
}

export function kubeconfigCommand(): Command {
  return new Command('kubeconfig')
    .summary("print the cluster's kubeconfig, for kubectl in another terminal")
    .description(
      'Prints the line that points kubectl in another terminal at the cluster of the lessons; while an exam is taken, at the open question.',
    )
    .option('--path', 'only the path of the file', false)
    .addHelpText(
      'after',
      `
Examples:
  eval "$(istio-tutor kubeconfig)"
  kubectl --kubeconfig "$(istio-tutor kubeconfig --path)" get pods -A

With --json: {"kubeconfig", "context", "exists"}`,
    )
    .action(late(async () => (await import('../actions/kubeconfig.ts')).kubeconfig));
}
