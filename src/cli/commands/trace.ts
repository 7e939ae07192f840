/** `istio-tutor trace -- CURL-ARGS`: what the sidecar's configuration would do with a call, decision by decision. */
import { Command } from 'commander';
import { late } from '../late.ts';

export function traceCommand(): Command {
  return new Command('trace')
    .summary("explain what the sidecar's configuration does with a call, without sending it")
    .description(
      "Takes the configuration of the client's sidecar and follows a call through it: listener, filter chain, virtual host, route, cluster, endpoints; why each was taken, why others were not, and which VirtualService or DestinationRule made it. Nothing is sent. Exit code 0 whatever the way leads to.",
    )
    .argument('<curl-args...>', "curl's own arguments, after --; the first URL is traced")
    .option('--question <N>', "from the client of an exam's question (the open one, while an exam is taken)")
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor trace -- http://api.safedata-zone.io/v2/data
  istio-tutor trace -- -H 'x-user: ana' http://api.safedata-zone.io/v2/data
  istio-tutor trace -- https://api.safedata-zone.io/v2/data
  istio-tutor trace --json -- http://catalog/ | jq .trace.outcome
  istio-tutor trace -- --resolve example.com:80:203.0.113.7 http://example.com/

Names are looked up as in the client pod: its hosts file, then the cluster's Services.
What happens to a call on its way (answers, limits reached, servers ejected) only a probe shows.

With --json: {"curl": ARGS, "provider": NAME, "trace": {"call", "steps": [...], "outcome": {"kind", ...}}, "notes": [...]},
or {"curl", "provider", "trace": null, "unresolved": HOST} for a name that the pod does not know.`,
    )
    .action(late(async () => (await import('../actions/trace.ts')).traceCall));
}
