/** `istio-tutor status`: what is there and whether it works. Exit code 3 when it does not. */
import { Command } from 'commander';
import { late } from '../late.ts';

export function statusCommand(): Command {
  return new Command('status')
    .summary('say what is there and whether it works')
    .description('Looks at the cluster and the lab world, changes nothing. Exit code 3 when it is not ready.')
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor status
  istio-tutor status --json | jq -r .kubeconfig
  istio-tutor status --on context=dev --learner ana

A sandbox listens on 127.0.0.1 alone; every port that it has open is listed.

With --json: {"cluster", "provider", "state": "ready" | "absent" | "broken", "why"?, "detail"?,
"listens"?: [{"port", "what"}], "istio", "kubeconfig", "context", "namespaces": {"mesh", "outside"}, "learner"}`,
    )
    .action(late(async () => (await import('../actions/status.ts')).status));
}
