/**
 * Runs the gate of lessons on a cluster that has Istio and a world, for work on lessons:
 *   KUBECONFIG=FILE npx tsx scripts/gate.ts [--learner NAME] [--course DIR] LESSON[/STEP]|DRILL...
 * LESSON is a folder, an id or a number; DRILL a folder below drills/. Uses the current context. A world for a learner:
 * scripts/dev-world.ts.
 */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { KubeConfig } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { gate } from '../src/author/gate.ts';
import { loadLesson } from '../src/course/load.ts';
import { loadDrill } from '../src/course/load-drill.ts';
import { readyLesson } from '../src/course/ready-lesson.ts';
import { connect } from '../src/kube/client.ts';
import { connectMesh } from '../src/lesson/connect-mesh.ts';
import { systemClock } from '../src/shared/clock.ts';
import { asTutorError } from '../src/shared/errors.ts';
import { setLogSink } from '../src/shared/log.ts';
import { worldNames } from '../src/world/names.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    learner: { type: 'string' },
    course: { type: 'string', default: 'lessons' },
    verbose: { type: 'boolean', default: false },
  },
});
const path = process.env.KUBECONFIG;
if (!path || positionals.length === 0) {
  throw new Error('usage: KUBECONFIG=FILE npx tsx scripts/gate.ts [--learner NAME] LESSON[/STEP]...');
}
if (values.verbose) setLogSink(line => console.error(line));

try {
  const file = new KubeConfig();
  file.loadFromFile(path);
  const kube = await connect({ path, context: file.getCurrentContext() });
  const names = worldNames(values.learner ?? null);
  const mesh = await connectMesh(kube, { names, provider: 'dev', clock: systemClock });
  const folders = parse(await readFile(join(values.course, 'course.yaml'), 'utf8')).lessons as string[];
  let bad = 0;
  for (const address of positionals) {
    const [wanted = '', only] = address.split('/');
    const folder = folders.find(
      f =>
        f === basename(wanted) ||
        String(Number.parseInt(f, 10)) === wanted ||
        f.replace(/^\d+-/, '') === wanted,
    );
    const read =
      folder === undefined
        ? (await loadDrill(join(values.course, 'drills', wanted), 0)).lesson
        : await loadLesson(join(values.course, folder), folders.indexOf(folder) + 1);
    const lesson = readyLesson(read, names, mesh.placeholders);
    console.log(`\n${lesson.number}  ${lesson.title}`);
    const report = await gate(
      { mesh, clock: systemClock, lesson, namespace: names.mesh },
      {
        ...(only === undefined ? {} : { only }),
        onStep: (step, failures, seconds) => {
          console.log(
            `  ${failures.length === 0 ? '✓' : '✗'} ${step.id.padEnd(24)} ${step.kind.padEnd(8)} ${seconds.toFixed(1)} s`,
          );
          for (const f of failures)
            console.log(`      ${f.what}\n        expected ${f.expected}\n        found    ${f.found}`);
        },
      },
    );
    bad += report.failures.length;
    console.log(
      `  ${JSON.stringify(report.counts)} ${report.failures.length} failures, ${report.seconds.toFixed(0)} s`,
    );
  }
  mesh.close();
  process.exitCode = bad === 0 ? 0 : 1;
} catch (error) {
  const { problem, stack } = asTutorError(error);
  console.error(problem.what, problem.why ?? '', problem.detail ?? '');
  if (problem.what.startsWith('istio-tutor met')) console.error((error as Error).stack ?? stack);
  process.exitCode = 3;
}
