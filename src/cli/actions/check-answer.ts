/** Grades one answer to a drill as a learner's would be, and prints everything that was found. */
import { readFile } from 'node:fs/promises';
import { type Graded, gradeAnswer } from '../../author/answer.ts';
import type { Power } from '../../author/power.ts';
import { openTwin } from '../../counterexample/twin.ts';
import type { Lesson } from '../../course/course.ts';
import { parseManifest } from '../../course/manifest.ts';
import { withWrittenNames } from '../../course/written-names.ts';
import { connect } from '../../kube/client.ts';
import { openMesh } from '../../lesson/open-mesh.ts';
import { removeWorlds } from '../../lesson/worlds.ts';
import { systemClock } from '../../shared/clock.ts';
import { UserError } from '../../shared/errors.ts';
import { printableData } from '../../shared/printable.ts';
import { shellLine } from '../../shared/shell.ts';
import { Ended } from '../exit.ts';
import type { GlobalOptions } from '../globals.ts';
import { openCluster } from '../open/cluster.ts';
import { commandProgress } from '../print/command-progress.ts';
import { printJson, stdout } from '../print/out.ts';
import { paint, signs } from '../print/paint.ts';
import { interruptSignal } from '../process/interrupt.ts';

export async function checkAnswer(
  lessons: readonly Lesson[],
  file: string,
  options: GlobalOptions,
): Promise<void> {
  const [drill, ...others] = lessons;
  if (drill?.drill === undefined || others.length > 0) {
    throw new UserError({
      what: '--answer is for one drill.',
      next: ['istio-tutor check one-door --answer FILE', 'istio-tutor list'],
    });
  }
  const yaml = await readFile(file, 'utf8').catch(({ code, message }: NodeJS.ErrnoException) => {
    const why = code === 'ENOENT' ? 'There is no such file.' : message;
    throw new UserError({ what: `${file} could not be read.`, why, next: ['--answer FILE'] });
  });
  // Whoever wrote it reads of their own file, before a world is made.
  parseManifest(yaml, file);
  const signal = interruptSignal();
  const { cluster, names } = await openCluster({ ...options, learner: 'check-1' });
  const graded = await inWorld();
  const ok =
    graded.refusal === null &&
    graded.checks.every(each => each.verdict.state === 'passed') &&
    graded.counterexamples.length === 0;
  if (options.json) printJson({ provider: cluster.name, drill: drill.id, ok, ...reportOf(graded) });
  else stdout.write(`${linesOf(printableData(graded), options).join('\n')}\n`);
  if (!ok) throw new Ended(1);

  async function inWorld(): Promise<Graded> {
    try {
      await commandProgress(options, progress => cluster.up(progress, signal));
      const [twin, mesh] = await Promise.all([openTwin(signal), openMesh(cluster, names, signal)]);
      try {
        const world = { mesh, names, kube: await connect(cluster.kubeconfig) };
        const timing = { clock: systemClock, signal };
        const graded = await gradeAnswer(drill as Lesson, 0, yaml, world, twin, timing);
        return withWrittenNames(graded, names, mesh.placeholders);
      } finally {
        mesh.close();
        await twin.close();
      }
    } finally {
      await removeWorlds(cluster, [names]);
    }
  }
}

function reportOf({ refusal, checks, counterexamples }: Graded) {
  return {
    refusal,
    checks: checks.map(({ verdict, ...each }) => {
      const { walk: _, ...plain } = { walk: undefined, ...verdict };
      return { ...each, ...plain };
    }),
    alsoTried: counterexamples.map(({ from = null, argv, aspect, expected, found, decidedBy }) => ({
      ...{ from, curl: argv, aspect, expected, found, decidedBy },
    })),
  };
}

function linesOf({ refusal, checks, counterexamples }: Graded, options: GlobalOptions): string[] {
  const good = paint(options, 'green', signs(options).good);
  const bad = paint(options, 'red', signs(options).bad);
  if (refusal !== null) {
    return [
      `${bad} ${refusal.what} is refused${refusal.line === undefined ? '' : ` (line ${refusal.line})`}:`,
      `    ${refusal.message}`,
    ];
  }
  const verdicts = checks.flatMap(({ title, guard, verdict, power }) => [
    `${verdict.state === 'passed' ? good : bad} ${title}${guard ? ' (guard)' : ''}`,
    ...(verdict.state === 'passed' ? [`    found    ${verdict.found}`] : []),
    ...(verdict.state === 'failed'
      ? [`    expected ${verdict.expected}`, `    found    ${verdict.found}`]
      : []),
    ...(verdict.state === 'could-not-check' ? [`    could not check: ${verdict.why}`] : []),
    ...power.map(each => `    ${powerWords(each)}`),
  ]);
  const tried = counterexamples.flatMap(({ from, argv, expected, found, decidedBy }) => [
    `${bad} also tried${from === undefined ? '' : ` from client ${from}`}: ${shellLine(['curl', ...argv])}`,
    `    expected ${expected}`,
    `    found    ${found}`,
    ...(decidedBy.length === 0 ? [] : [`    by       ${decidedBy.join(', ')}`]),
  ]);
  return [
    ...verdicts,
    ...(tried.length > 0 ? tried : [`${good} no other call tells it from a right answer`]),
  ];
}

const percent = (share: number) => `${Number((share * 100).toFixed(1))} %`;

/** '20 % of 1000 from canary: 146 to 258 pass; 10 % would pass in 0 % of runs, 30 % in 0.2 %' */
function powerWords({ server, share, calls, low, high, passes }: Power): string {
  const others = passes.map(
    each => `${percent(each.share)} would pass in ${percent(each.probability)} of runs`,
  );
  return `${percent(share)} of ${calls} at ${server}: ${low} to ${high} pass; ${others.join(', ')}`;
}
