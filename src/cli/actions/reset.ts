import type { Lesson } from '../../course/course.ts';
import { readyLesson } from '../../course/ready-lesson.ts';
import { takeProgressLock } from '../../lesson/lock.ts';
import { openMesh } from '../../lesson/open-mesh.ts';
import { untouched } from '../../lesson/progress.ts';
import { rebuild } from '../../lesson/rebuild.ts';
import { type DesiredState, stateOf } from '../../lesson/state-of.ts';
import { systemClock } from '../../shared/clock.ts';
import { ToolError, UserError } from '../../shared/errors.ts';
import { paths } from '../../shared/paths.ts';
import type { ResetFlags } from '../commands/reset.ts';
import type { GlobalOptions } from '../globals.ts';
import { openCluster } from '../open/cluster.ts';
import { openCourse, pickLessons } from '../open/course.ts';
import { openCourseProgress, tellTrouble } from '../open/progress.ts';
import { askYes } from '../print/ask.ts';
import { printJson, stdout } from '../print/out.ts';
import { paint, signs } from '../print/paint.ts';
import { interruptSignal } from '../process/interrupt.ts';

/** The world as it is before any lesson. */
const FRESH: DesiredState = {
  objects: [],
  aged: [],
  workloads: { replicas: {}, env: {}, services: {} },
  clients: [],
};

export async function reset(address: string | undefined, options: ResetFlags): Promise<void> {
  const signal = interruptSignal();
  const course = await openCourse(options);
  const lessons = address === undefined ? course.lessons : pickLessons(course, [address]);
  if (address === undefined && options.yes !== true) await agree(lessons.length);
  const lock = await takeProgressLock(paths(options.state).lock);
  try {
    await forget(lessons, options);
    const { cluster, names } = await openCluster(options);
    const ready = (await cluster.health(signal)).state === 'ready';
    let changed: readonly string[] = [];
    if (ready) {
      const mesh = await openMesh(cluster, names, signal);
      const [only] = address === undefined ? [] : lessons;
      const start =
        only === undefined ? FRESH : stateOf(readyLesson(only, names, mesh.placeholders), 0, names.mesh);
      changed = (await rebuild(mesh, start, { afresh: true, clock: systemClock, signal })).changed;
      mesh.close();
    }
    if (options.json) {
      printJson({ lessons: lessons.map(l => l.id), cluster: ready ? 'reset' : 'not there', changed });
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
}

/** A word too few on the command line must not cost all that was done. Throws a UserError unless the answer is yes. */
async function agree(lessons: number): Promise<void> {
  const alone = 'istio-tutor reset 3   resets lesson 3 alone';
  if (!(process.stdin.isTTY && process.stderr.isTTY)) {
    throw new UserError({
      what: 'Without a lesson, reset forgets how far you are in all of them, and asks first.',
      why: 'There is no terminal to ask on.',
      next: ['istio-tutor reset --yes', alone],
    });
  }
  if (!(await askYes(`This forgets how far you are in all ${lessons} lessons. Go on?`)))
    throw new UserError({ what: 'Nothing was reset.', next: [alone] });
}

/** Forgets how far the learner is in these lessons. Throws a ToolError when that cannot be saved. */
async function forget(lessons: readonly Lesson[], options: GlobalOptions): Promise<void> {
  const progress = await openCourseProgress('progress', options);
  if (progress.atStart !== null && !progress.saves) throw new ToolError(progress.atStart);
  tellTrouble(progress);
  for (const lesson of lessons) {
    const record = untouched(lesson);
    if (record !== null) await progress.put(lesson.id, record);
  }
  const trouble = progress.trouble();
  if (trouble !== null) throw new ToolError(trouble);
}
