/** `istio-tutor trace -- CURL-ARGS`: what the sidecar's configuration would do with a call, decision by decision. */
import { Command } from 'commander';
import { UserError } from '../../shared/errors.ts';
import { printableData } from '../../shared/printable.ts';
import { globals } from '../globals.ts';
import { ansi } from '../print/drawn-line.ts';
import { printJson, stdout } from '../print/out.ts';
import { paint, signs } from '../print/paint.ts';
import { interruptSignal } from '../process/interrupt.ts';

export function traceCommand(): Command {
  return new Command('trace')
    .summary("explain what the sidecar's configuration does with a call, without sending it")
    .description(
      "Takes the configuration of the client's sidecar and follows a call through it: listener, filter chain, virtual host, route, cluster, endpoints; why each was taken, why others were not, and which VirtualService or DestinationRule made it. Nothing is sent. Exit code 0 whatever the way leads to.",
    )
    .argument('<curl-args...>', "curl's own arguments, after --; the first URL is traced")
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
    .action(async (argv: string[], _flags: unknown, command: Command) => {
      const options = globals(command);
      const signal = interruptSignal();
      // `trace -- curl http://...` is as good as without the word.
      const call = argv[0] === 'curl' ? argv.slice(1) : argv;
      if (call.length === 0) {
        throw new UserError({ what: 'The call is empty.', next: ['istio-tutor trace --help'] });
      }
      // What is wrong with the call is said before anything is loaded or opened for it.
      const { describeCall } = await import('../../probe/describe-call.ts');
      describeCall(call);
      const [{ openRunningCluster }, { connect }, { traceOf }, { traceLines }] = await Promise.all([
        import('../open/cluster.ts'),
        import('../../kube/client.ts'),
        import('../../probe/trace-call.ts'),
        import('../../envoy/trace-lines.ts'),
      ]);
      const { cluster, names } = await openRunningCluster(options);
      const found = await traceOf(await connect(cluster.kubeconfig), names, call, signal);
      if (options.json) {
        const report =
          found.kind === 'traced'
            ? { trace: found.trace, notes: found.notes }
            : { trace: null, unresolved: found.name };
        printJson({ curl: call, provider: cluster.name, ...report });
        return;
      }
      const traced = printableData(found);
      const sign = signs(options);
      const columns = Math.max(60, Math.min(100, process.stdout.columns ?? 80));
      const lines =
        traced.kind === 'unresolved'
          ? unresolvedLines(traced.name).map((line, index) =>
              index === 0 ? `  ${paint(options, 'red', sign.bad)} ${line}` : `    ${line}`,
            )
          : traceLines(traced.trace, { columns, ascii: options.ascii, notes: traced.notes }).map(line =>
              ansi(line, options).trimEnd(),
            );
      stdout.write(`${[...lines, '', `  from ${cluster.name}`].join('\n')}\n`);
    });
}

function unresolvedLines(name: string): string[] {
  return [
    `The pod knows no ${name}:`,
    'curl ends with exit code 6, and the sidecar sees nothing.',
    "It is neither in the pod's hosts file nor a Service of the cluster. For a name",
    'that a DNS outside the cluster knows, say its address:',
    `--resolve ${name}:PORT:ADDRESS`,
  ];
}
