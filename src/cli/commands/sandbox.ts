/** `istio-tutor sandbox`: keeps a sandbox in the foreground, for kubectl and other istio-tutors, until Ctrl-C. */
import { Command } from 'commander';
import type { GlobalOptions } from '../globals.ts';
import { late } from '../late.ts';

export interface SandboxFlags extends GlobalOptions {
  readonly port?: string | undefined;
  readonly kubeconfig?: string | undefined;
}

export function sandboxCommand(): Command {
  return new Command('sandbox')
    .summary('keep a sandbox running, for kubectl in other terminals')
    .description(
      'Starts the embedded mesh with the lab world in it and keeps it until Ctrl-C: a Kubernetes API on\n' +
        '127.0.0.1, for kubectl and for istio-tutor in other terminals. Its kubeconfig goes when it ends, and so\n' +
        'does what was applied to it.',
    )
    .option('--port <N>', 'the port of the Kubernetes API on 127.0.0.1 (a free one)')
    .option('--kubeconfig <FILE>', 'where its kubeconfig is written (in our data folder)')
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor sandbox
  istio-tutor sandbox --port 6443 --kubeconfig ./sandbox.kubeconfig
  kubectl --kubeconfig ./sandbox.kubeconfig -n mesh-network get pods

With --json, once it is ready: {"server", "kubeconfig", "context", "namespaces": {"mesh", "outside"}, "seconds"}`,
    )
    .action(late(async () => (await import('../actions/sandbox.ts')).sandbox));
}
