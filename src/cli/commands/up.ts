/** `istio-tutor up`: makes or repairs the cluster, Istio and the lab world. */
import { Command } from 'commander';
import type { GlobalOptions } from '../globals.ts';
import { late } from '../late.ts';

export interface UpFlags extends GlobalOptions {
  readonly nodeImage?: string | undefined;
  readonly istioFile?: string | undefined;
  readonly preload?: boolean | undefined;
  readonly curlImage?: string | undefined;
  readonly serverImage?: string | undefined;
  readonly istioHub?: string | undefined;
  readonly istioTag?: string | undefined;
  readonly yes: boolean;
}

export function upCommand(): Command {
  return new Command('up')
    .summary('make the cluster, install Istio, start the lab world')
    .description(
      'Makes a kind cluster with Istio and the lab world in it, or repairs what is there. Run it again at any\n' +
        'time: it checks, does what is missing, and goes on where an earlier one was ended. Your own\n' +
        'kubeconfig is never changed. With --on context it uses a cluster that you have: there it asks first\nand writes into its own namespaces only. With --on sandbox it tries whether one starts\nhere; `istio-tutor sandbox` keeps one.',
    )
    .option('--node-image <IMAGE>', "node image for kind, instead of kind's own")
    .option('--istio-file <FILE>', 'IstioOperator with your settings, handed on to istioctl install')
    .option('--preload', 'load the images that the local Docker has into the node first')
    .option('--curl-image <IMAGE>', "the client's image")
    .option('--server-image <IMAGE>', "the API servers' image, with Node in it")
    .option('--istio-hub <HUB>', "where Istio's images come from")
    .option('--istio-tag <TAG>', 'which of them')
    .option('-y, --yes', 'answer every question with yes', false)
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor up                                  a kind cluster named istio-tutor
  istio-tutor up --name second                    another one beside it
  istio-tutor up --node-image kindest/node:v1.34.0
  istio-tutor up --on context=dev --yes           in a cluster that you have
  istio-tutor up --learner ana                    one more world in the same cluster

With --json: {"cluster", "provider", "istio", "kubeconfig", "context", "namespaces": {"mesh", "outside"},
"stages": [{"title", "seconds"}], "seconds"}`,
    )
    .action(late(async () => (await import('../actions/up.ts')).up));
}
