/** `istio-tutor probe -- CURL-ARGS`: one call from the client pod, with its evidence and the walk. */
import { Command } from 'commander';
import type { CurlSide, Evidence } from '../../probe/evidence.ts';
import { type GlobalOptions, globals } from '../globals.ts';
import { ansi } from '../print/drawn-line.ts';
import { printJson, stdout } from '../print/out.ts';
import { paint } from '../print/paint.ts';
import { interruptSignal } from '../process/interrupt.ts';

export function probeCommand(): Command {
  return new Command('probe')
    .summary('send one call from the client pod and show what the mesh did with it')
    .description(
      'Runs curl in the client pod, beside its sidecar, and shows the answer, the way that the call took, and the lines that the sidecar and the API logged. Exit code 0 whatever the answer is.',
    )
    .argument('<curl-args...>', "curl's own arguments, after --")
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
    .action(async (argv: string[], _flags: unknown, command: Command) => {
      const options = globals(command);
      const signal = interruptSignal();
      const [{ openRunningCluster }, { connect }, { openProbes }, { walk }] = await Promise.all([
        import('../open/cluster.ts'),
        import('../../kube/client.ts'),
        import('../../probe/session.ts'),
        import('../../probe/walk.ts'),
      ]);
      const { cluster, names } = await openRunningCluster(options);
      const kube = await connect(cluster.kubeconfig);
      const probes = await openProbes(kube, names, cluster.name, signal);
      try {
        const running = probes.start(argv, { signal });
        if (!options.json)
          stdout.write(`${(await answerLines(argv, await running.answer, options)).join('\n')}\n`);
        const evidence = await running.evidence;
        if (options.json) {
          printJson({ curl: argv, evidence, walk: walk(evidence) });
        } else {
          stdout.write(`${(await walkLines(evidence, options)).join('\n')}\n`);
        }
      } finally {
        probes.close();
      }
    });
}

/** '$ curl ...', what came back, and curl's own message. */
async function answerLines(
  argv: readonly string[],
  answer: CurlSide,
  options: GlobalOptions,
): Promise<string[]> {
  const { asLine } = await import('../../probe/curl-args.ts');
  const { transfers } = answer;
  const [first] = transfers;
  const code = transfers.length === 1 && first !== undefined && first.code > 0 ? `${first.code}  ` : '';
  const exit = answer.exit === 0 ? '' : `exit ${answer.exit}  `;
  const head = `$ curl ${asLine(argv)}   ${code}${exit}${Math.round(answer.seconds * 1000)} ms`;
  const body = transfers.length === 1 && first !== undefined ? first.body.text.split('\n').slice(0, 20) : [];
  const message = answer.message === '' ? [] : answer.message.split('\n');
  return [
    head,
    ...[...body, ...message].filter(line => line !== '').map(line => paint(options, 'dim', `  ${line}`)),
    '',
  ];
}

async function walkLines(evidence: Evidence, options: GlobalOptions): Promise<string[]> {
  const [{ walk }, { drawWalk }] = await Promise.all([
    import('../../probe/walk.ts'),
    import('../../probe/draw-walk.ts'),
  ]);
  const columns = Math.max(60, Math.min(120, (process.stdout.columns ?? 80) - 4));
  const drawn = drawWalk(walk(evidence), { columns, ascii: options.ascii });
  return [
    ...drawn.map(line => `  ${ansi(line, options)}`.trimEnd()),
    '',
    ...rawLines(evidence, options),
    `  from ${evidence.provider}`,
  ];
}

/** The evidence itself, a few lines of each side. */
function rawLines(evidence: Evidence, options: GlobalOptions): string[] {
  const { sidecar } = evidence;
  const note = sidecar.read ? sidecar.missing : `The sidecar's side is missing: ${sidecar.why}`;
  const api = evidence.api.read ? undefined : `The API's side is missing: ${evidence.api.why}`;
  return [note, api].flatMap(text => (text === undefined ? [] : [`  ${paint(options, 'yellow', text)}`]));
}
