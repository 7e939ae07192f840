/** `istio-tutor analyze`: Istio's analysis of the configuration, on every provider; its JSON is istioctl's. */
import { Command } from 'commander';
import { late } from '../late.ts';
import type { QuestionFlags } from '../open/asked-world.ts';

export interface AnalyzeFlags extends QuestionFlags {
  readonly namespace?: string | undefined;
  readonly allNamespaces?: boolean | undefined;
  readonly kubeconfig?: string | undefined;
}

export function analyzeCommand(): Command {
  return new Command('analyze')
    .summary("say what Istio's analysis finds in the configuration")
    .description(
      'Looks for mistakes that Istio accepts, with the codes and texts of istioctl analyze: hosts, ports and\n' +
        'subsets that do not exist, VirtualServices that fight over a host, rules that no request reaches. Clean\n' +
        'does not mean right: the lessons show what it cannot see. Says as well, with the code SIDECAR-REFUSED, what\n' +
        "the client's sidecar refuses of it. Exit code 1 when it finds an error.",
    )
    .option('-n, --namespace <NAME>', "the namespace to tell about (the lessons' own)")
    .option('-A, --all-namespaces', 'tell about all namespaces')
    .option('--question <N>', "an exam's question (the open one, while an exam is taken)")
    .option('--kubeconfig <FILE>', 'another cluster: the current context of this file')
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor analyze
  istio-tutor analyze -A --json | jq -r '.[].code'
  istio-tutor analyze --kubeconfig ./sandbox.kubeconfig -n mesh-network

With --json: [{"code", "documentationUrl", "level", "message", "origin"}]`,
    )
    .action(late(async () => (await import('../actions/analyze.ts')).analyzeCluster));
}
