/** `istio-tutor probe -- CURL-ARGS`: one call from the client pod, with its evidence and the walk. */
import { Command } from 'commander';
import { late } from '../late.ts';

export function probeCommand(): Command {
  return new Command('probe')
    .summary('send one call from the client pod and show what the mesh did with it')
    .description(
      'Runs curl in the client pod, beside its sidecar, and shows the answer, the way that the call took, and the lines that the sidecar and the API logged. Exit code 0 whatever the answer is.',
    )
    .argument('<curl-args...>', "curl's own arguments, after --")
    .option('--question <N>', "from the client of an exam's question (the open one, while an exam is taken)")
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor probe -- https://api.safedata-zone.io/v2/data
  istio-tutor probe -- -H 'x-user: ana' http://api.safedata-zone.io/v2/data
  istio-tutor probe -- 'http://api.safedata-zone.io/v2/data?i=[1-20]'
  istio-tutor probe --json -- http://catalog/ | jq .evidence.sidecar

With --json: {"curl": ARGS, "evidence": {"provider", "curl", "sidecar", "api"}, "walk": {"hops", "sentence", ...}}`,
    )
    .action(late(async () => (await import('../actions/probe.ts')).probe));
}
