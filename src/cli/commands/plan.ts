/** `istio-tutor plan -f FILE...`: which calls an apply would change, before anything is applied. */
import { Command } from 'commander';
import { late } from '../late.ts';
import type { QuestionFlags } from '../open/asked-world.ts';

export interface PlanFlags extends QuestionFlags {
  readonly filename: readonly string[];
  readonly from?: string | undefined;
  readonly namespace?: string | undefined;
}

export function planCommand(): Command {
  return new Command('plan')
    .summary('say which calls an apply would change, and apply nothing')
    .description(
      "Reads the cluster's objects and the manifests, and compares what a workload's calls meet today with what they\nwould meet after an apply: who answers, which path and headers arrive, TLS, timeouts, tries, copies, faults,\nlimits. kubectl diff shows what changes in the YAML; this shows what changes for callers. Nothing is written.\nExit code 0: no call changes; 1: some do; 2: the API would refuse an object, or something is wrong with the\nmanifests; 3: the cluster could not be read.",
    )
    .requiredOption('-f, --filename <FILE...>', "manifests; '-' is standard input")
    .option('--from <KIND/NAME>', 'whose calls: a workload with a sidecar (deploy/client)')
    .option('-n, --namespace <NS>', "its namespace, and that of objects that name none (the client's)")
    .option('--question <N>', 'in an exam: for the client of this question; the open one unless given')
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor plan -f api.yaml                                 for the client of the lessons
  istio-tutor plan -f routes.yaml --from deploy/web -n shop --on context
  helm template ./chart | istio-tutor plan -f - --from deploy/web -n shop --on context
  istio-tutor plan -f api.yaml --json | jq -r '.calls[].call'

The calls come from the matchers of both configurations: each path, one below it and one beside it, each header with
the value, with another and without, both schemes, every host and its ports. For each way in which calls change, the
plainest call is named. What no single call shows (a connect timeout, a choice among equals) is not looked at, and
objects that are not translated here (an EnvoyFilter, a Deployment) are listed and left out. What the sidecar really
has is compared with what today's objects make of it; where they differ (an EnvoyFilter, say), that is said.

With --json: {"provider", "workload", "namespace", "pod", "objects": [{"what", "file", "line", "outcome", "message"}],
"calls": [{"call", "aspect", "before", "after", "decidedBy"}], "unexplained": [the same]}.`,
    )
    .action(late(async () => (await import('../actions/plan.ts')).plan));
}
