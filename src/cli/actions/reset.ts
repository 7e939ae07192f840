/** `istio-tutor reset [LESSON]`: forgets progress, and brings the cluster back into a fresh world. */
import { Command } from 'commander';
import { ToolError } from '../../shared/errors.ts';
import { globals } from '../globals.ts';
import { openCourseProgress, tellTrouble } from '../open/progress.ts';
import { printJson, stdout } from '../print/out.ts';
import { paint, signs } from '../print/paint.ts';
import { interruptSignal } from '../process/interrupt.ts';

export function resetCommand(): Command {
  return new Command('reset')
    .summary('begin a lesson, or all of them, anew')
    .description(
      "Forgets how far you are in a lesson (without one: in all of them) and brings the cluster into that lesson's start. Your files stay: a fix that you begin anew keeps yours as NAME.mine.",
    )
    .argument('[lesson]', 'the lesson: 3, or destination-rule')
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor reset 3           lesson 3 from its first step
  istio-tutor reset             everything

With --json: {"lessons": ["destination-rule"], "cluster": "reset" | "not there", "changed": ["VirtualService/x removed"]}`,
    )
    .action(async (address: string | undefined, _flags: unknown, command: Command) => {
      const options = globals(command);
      const signal = interruptSignal();
      const [{ openCourse, pickLessons }, { openCluster }, { openMesh }, { takeLock }, { paths }] =
        await Promise.all([
          import('../open/course.ts'),
          import('../open/cluster.ts'),
          import('../open/engine.ts'),
          import('../../lesson/lock.ts'),
          import('../../shared/paths.ts'),
        ]);
      const course = await openCourse(options);
      const lessons = address === undefined ? course.lessons : await pickLessons(course, [address]);
      const lock = await takeLock(paths(options.state).lock);
      try {
        const progress = await openCourseProgress('progress', options);
        if (progress.atStart !== null && !progress.saves) throw new ToolError(progress.atStart);
        tellTrouble(progress);
        for (const lesson of lessons) {
          const first = lesson.steps[0];
          if (first !== undefined) await progress.put(lesson.id, { at: first.id, done: [], begun: [] });
        }
        const trouble = progress.trouble();
        if (trouble !== null) throw new ToolError(trouble);
        const { cluster, names } = await openCluster(options);
        const ready = (await cluster.health(signal)).state === 'ready';
        let changed: readonly string[] = [];
        if (ready) {
          const [{ rebuild }, { stateOf }, { readyLesson }, { systemClock }] = await Promise.all([
            import('../../lesson/rebuild.ts'),
            import('../../lesson/state-of.ts'),
            import('../../course/ready-lesson.ts'),
            import('../../shared/clock.ts'),
          ]);
          const mesh = await openMesh(cluster, names, signal);
          const [only] = address === undefined ? [] : lessons;
          const start =
            only === undefined
              ? { objects: [], aged: [], workloads: { replicas: {}, env: {}, services: {} }, clients: [] }
              : stateOf(readyLesson(only, names, mesh.placeholders), 0, names.mesh);
          changed = (await rebuild(mesh, start, { afresh: true, clock: systemClock, signal })).changed;
          mesh.close();
        }
        if (options.json) {
          const document = {
            lessons: lessons.map(l => l.id),
            cluster: ready ? 'reset' : 'not there',
            changed,
          };
          printJson(document);
          return;
        }
        const sign = paint(options, 'green', signs(options).good);
        const what = address === undefined ? 'All lessons begin' : `Lesson ${lessons[0]?.number} begins`;
        const where = ready
          ? `${cluster.name} is in the lesson's first state.`
          : cluster.can.kind === 'sandbox'
            ? 'No sandbox runs; the lessons start one in that state.'
            : 'The cluster is not there; istio-tutor up makes it.';
        stdout.write(`${sign} ${what} anew. ${where}\n${changed.map(line => `    ${line}\n`).join('')}`);
      } finally {
        await lock.release();
      }
    });
}
