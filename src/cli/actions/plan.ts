import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import type { Difference } from '../../difference/types.ts';
import { callWords, differenceWords } from '../../difference/words.ts';
import { connect } from '../../kube/client.ts';
import { clientRows } from '../../lesson/plan-text.ts';
import { refusedField } from '../../lesson/refusal.ts';
import { type Plan, type PlannedObject, planOf } from '../../plan/plan.ts';
import { callsOf } from '../../plan/words.ts';
import { UserError } from '../../shared/errors.ts';
import { printableData } from '../../shared/printable.ts';
import type { PlanFlags } from '../commands/plan.ts';
import { Ended } from '../exit.ts';
import type { GlobalOptions } from '../globals.ts';
import { openAskedWorld } from '../open/asked-world.ts';
import { printJson, stdout } from '../print/out.ts';
import { paint, signs } from '../print/paint.ts';
import { planLines } from '../print/plan-lines.ts';
import { interruptSignal } from '../process/interrupt.ts';

export async function plan(options: PlanFlags): Promise<void> {
  const signal = interruptSignal();
  const manifests = await Promise.all(options.filename.map(manifest));
  const { cluster, names, from: place } = await openAskedWorld(options);
  const { from = 'deploy/client', namespace = names.mesh } = options;
  const kube = await connect(cluster.kubeconfig);
  const planned = await planOf(kube, { manifests, from, namespace }, new Date(), signal);
  const refused = planned.objects.filter(each => each.planned.outcome === 'refused');
  if (options.json) printJson(report(planned, cluster.name));
  else stdout.write(`${lines(printableData(planned), place, options).join('\n')}\n`);
  if (refused.length > 0) throw new Ended(2);
  if (planned.differences.length > 0) throw new Ended(1);
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file.',
  EISDIR: 'It is a folder; -f takes files, several of them too: -f folder/*.yaml.',
};

async function manifest(file: string): Promise<{ file: string; text: string }> {
  if (file === '-') return { file: 'standard input', text: await textOf(process.stdin) };
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError({
      what: `${file} could not be read.`,
      why: WHY[error.code ?? ''] ?? error.message,
      next: ['istio-tutor plan --help'],
    });
  });
  return { file, text };
}

function report({ workload, objects, differences, unexplained }: Plan, provider: string) {
  const { name, namespace, pod } = workload;
  const callOf = (each: Difference) => {
    const { call, aspect, decidedBy } = each;
    return { call: callWords(call), aspect, ...differenceWords(each), decidedBy };
  };
  return {
    ...{ provider, workload: name, namespace, pod },
    objects: objects.map(each => ({ what: each.what, ...placeOf(each), ...each.planned })),
    calls: differences.map(callOf),
    unexplained: unexplained.map(callOf),
  };
}

function lines(
  { workload, objects, differences, unexplained }: Plan,
  provider: string,
  options: GlobalOptions,
): string[] {
  const rows = clientRows({
    caller: `${workload.name} in ${workload.namespace}`,
    calls: callsOf(differences),
    unexplained: callsOf(unexplained),
  });
  return [
    ...objects.map(each => objectLine(each, options)),
    '',
    ...planLines(rows, options),
    '',
    `  from ${provider}; nothing was applied`,
  ];
}

/** Of a refused object the line that the refusal is about, else its first. */
function placeOf({ file, manifest, planned }: PlannedObject): { file: string; line: number } {
  const refused = planned.outcome === 'refused' ? refusedField(planned.message, manifest) : {};
  return { file, line: refused.line ?? manifest.line };
}

function objectLine(object: PlannedObject, options: GlobalOptions): string {
  const { what, planned } = object;
  if (planned.outcome !== 'refused') return `  ${what}: would be ${WOULD_BE[planned.outcome]}`;
  const bad = paint(options, 'red', signs(options).bad);
  const { file, line } = placeOf(object);
  return `  ${bad} ${what} (${file}:${line}) would be refused: ${planned.message}`;
}

const WOULD_BE = {
  created: 'created',
  configured: 'changed',
  unchanged: 'unchanged',
  'left out': 'applied; what it does to calls is not known here',
} as const;
