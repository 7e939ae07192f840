import { connect } from '../../kube/client.ts';
import { asLine } from '../../probe/curl-args.ts';
import { waitedFor } from '../../probe/curl-output.ts';
import { drawWalk } from '../../probe/draw-walk.ts';
import type { CurlSide, Evidence } from '../../probe/evidence.ts';
import { sayWalk } from '../../probe/say-walk.ts';
import { openProbes } from '../../probe/session.ts';
import { walk } from '../../probe/walk.ts';
import type { GlobalOptions } from '../globals.ts';
import { openAskedWorld, type QuestionFlags } from '../open/asked-world.ts';
import { ansi } from '../print/drawn-line.ts';
import { printJson, stdout } from '../print/out.ts';
import { paint } from '../print/paint.ts';
import { interruptSignal } from '../process/interrupt.ts';

export async function probe(argv: readonly string[], options: QuestionFlags): Promise<void> {
  const signal = interruptSignal();
  const { cluster, names, from } = await openAskedWorld(options);
  const kube = await connect(cluster.kubeconfig);
  const probes = await openProbes(kube, names, cluster.name, signal, { ways: true });
  try {
    const running = probes.start(argv, { signal });
    if (!options.json) stdout.write(`${answerLines(argv, await running.answer, options).join('\n')}\n`);
    const evidence = await running.evidence;
    if (options.json) printJson({ curl: argv, evidence, walk: walk(evidence) });
    else stdout.write(`${walkLines(evidence, from, options).join('\n')}\n`);
  } finally {
    probes.close();
  }
}

/** '$ curl ...', what came back, and curl's own message. */
function answerLines(argv: readonly string[], answer: CurlSide, options: GlobalOptions): string[] {
  const { transfers } = answer;
  const [first] = transfers;
  const code = transfers.length === 1 && first !== undefined && first.code > 0 ? `${first.code}  ` : '';
  const exit = answer.exit === 0 ? '' : `exit ${answer.exit}  `;
  const head = `$ curl ${asLine(argv)}   ${code}${exit}${Math.round(waitedFor(answer) * 1000)} ms`;
  const body = transfers.length === 1 && first !== undefined ? first.body.text.split('\n').slice(0, 20) : [];
  const message = answer.message === '' ? [] : answer.message.split('\n');
  return [
    head,
    ...[...body, ...message].filter(line => line !== '').map(line => paint(options, 'dim', `  ${line}`)),
    '',
  ];
}

function walkLines(evidence: Evidence, from: string, options: GlobalOptions): string[] {
  const columns = Math.max(60, Math.min(120, (process.stdout.columns ?? 80) - 4));
  const walked = walk(evidence);
  const lines = options.screenReader
    ? sayWalk(walked)
    : drawWalk(walked, { columns, ascii: options.ascii }).map(line => ansi(line, options));
  return [...lines.map(line => `  ${line}`.trimEnd()), '', ...rawLines(evidence, options), `  from ${from}`];
}

/** The evidence itself, a few lines of each side. */
function rawLines(evidence: Evidence, options: GlobalOptions): string[] {
  const { sidecar } = evidence;
  const note = sidecar.read ? sidecar.missing : `The sidecar's side is missing: ${sidecar.why}`;
  const api = evidence.api.read ? undefined : `The API's side is missing: ${evidence.api.why}`;
  return [note, api].flatMap(text => (text === undefined ? [] : [`  ${paint(options, 'yellow', text)}`]));
}
