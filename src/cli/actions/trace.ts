import { traceLines } from '../../envoy/trace-lines.ts';
import { connect } from '../../kube/client.ts';
import { describeCall } from '../../probe/describe-call.ts';
import { traceOf } from '../../probe/trace-call.ts';
import { UserError } from '../../shared/errors.ts';
import { printableData } from '../../shared/printable.ts';
import { openAskedWorld, type QuestionFlags } from '../open/asked-world.ts';
import { ansi } from '../print/drawn-line.ts';
import { printJson, stdout } from '../print/out.ts';
import { paint, signs } from '../print/paint.ts';
import { interruptSignal } from '../process/interrupt.ts';

export async function traceCall(argv: readonly string[], options: QuestionFlags): Promise<void> {
  const signal = interruptSignal();
  // `trace -- curl http://...` is as good as without the word.
  const call = argv[0] === 'curl' ? argv.slice(1) : argv;
  if (call.length === 0) {
    throw new UserError({ what: 'The call is empty.', next: ['istio-tutor trace --help'] });
  }
  // What is wrong with the call is said before a cluster is looked for.
  describeCall(call);
  const { cluster, names, from } = await openAskedWorld(options);
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
  stdout.write(`${[...lines, '', `  from ${from}`].join('\n')}\n`);
}

function unresolvedLines(name: string): string[] {
  return [
    `The pod knows no ${name}:`,
    'curl ends with exit code 6, and the sidecar sees nothing.',
    "It is neither in the pod's hosts file nor a Service of the cluster. For a name",
    'that a DNS outside the cluster knows, give its address:',
    `--resolve ${name}:PORT:ADDRESS`,
  ];
}
