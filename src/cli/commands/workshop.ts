/** `istio-tutor workshop up|status|report|down`: a room full of learners on one cluster. */
import { Command } from 'commander';
import type { GlobalOptions } from '../globals.ts';
import { late } from '../late.ts';

export interface WorkshopUpFlags extends GlobalOptions {
  readonly learners: string;
  readonly out?: string | undefined;
  readonly hours?: string | undefined;
  readonly server?: string | undefined;
  readonly nodeImage?: string | undefined;
  readonly istioFile?: string | undefined;
  readonly yes: boolean;
}

export interface WorkshopStatusFlags extends GlobalOptions {
  readonly once?: boolean | undefined;
}

export function workshopCommand(): Command {
  const workshop = new Command('workshop')
    .summary('a room full of learners on one cluster')
    .description(
      "Prepares a world for each learner, gives each a kubeconfig that allows everything inside it and nothing\noutside, shows who is where, collects the results, and removes all of it. Runs on kind or on a cluster of yours; a\nsandbox is one person's, and each learner can have one.",
    )
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor workshop up --learners ana,ben --on kind
  istio-tutor workshop status --on kind
  istio-tutor workshop report --on kind > results.md
  istio-tutor workshop down --on kind`,
    );
  workshop
    .command('up')
    .summary('prepare worlds, rights and kubeconfigs')
    .description(
      'Makes what is missing and repairs the rest; run it again to add learners or to renew tokens.',
    )
    .requiredOption('--learners <NAMES>', 'ana,ben,cleo')
    .option('--out <DIR>', 'where the kubeconfigs go (./workshop)')
    .option('--hours <H>', 'how long the tokens work (24)')
    .option('--server <URL>', 'the API server as learners reach it, where yours is another address')
    .option('--node-image <IMAGE>', 'node image for kind')
    .option('--istio-file <FILE>', 'IstioOperator, handed on to istioctl install')
    .option('-y, --yes', 'answer every question with yes', false)
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor workshop up --learners ana,ben --on kind
  istio-tutor workshop up --learners ana,ben,cleo --on context=room --hours 8 --yes

A learner then runs:  export KUBECONFIG=ana.kubeconfig; istio-tutor --on context

With --json: {"provider", "seconds", "learners": [{"learner", "namespaces", "kubeconfig", "expires", "seconds"}]}`,
    )
    .action(late(async () => (await import('../actions/workshop/up.ts')).workshopUp));
  workshop
    .command('status')
    .summary('a live board: who is where')
    .description(
      "From what the learners' programs leave in their own namespaces. On a terminal it goes on until Ctrl-C.",
    )
    .option('--once', 'print it once')
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor workshop status --on kind
  istio-tutor workshop status --once --json

With --json: {"learners": [{"learner", "namespaces", "world", "progress": {"kind", "at", "step", "lessons", "drills",
  "steps", "updated"} | null}]}`,
    )
    .action(late(async () => (await import('../actions/workshop/status.ts')).workshopStatus));
  workshop
    .command('report')
    .summary('collect the results')
    .description('What every learner has done so far, as a Markdown table, or as JSON.')
    .addHelpText(
      'after',
      '\nExamples:\n  istio-tutor workshop report --on kind > results.md\n  istio-tutor workshop report --json',
    )
    .action(late(async () => (await import('../actions/workshop/report.ts')).workshopReport));
  workshop
    .command('down')
    .summary('remove all of it')
    .description(
      "Removes every learner's namespaces, and with them their rights and tokens. The cluster stays.",
    )
    .addHelpText('after', '\nExamples:\n  istio-tutor workshop down --on kind')
    .action(late(async () => (await import('../actions/workshop/down.ts')).workshopDown));
  return workshop;
}
