/** Every step of the lessons, and what a learner would see of it; or, with --plain, the lessons for a person. */
import type { Cluster } from '../../cluster/cluster.ts';
import { readyLesson } from '../../course/ready-lesson.ts';
import type { Step } from '../../course/schema.ts';
import type { Failure, Played } from '../../lesson/play.ts';
import { type LessonReport, runLesson } from '../../lesson/run-lesson.ts';
import { openWorlds, type WorldSite } from '../../lesson/worlds.ts';
import { systemClock as clock } from '../../shared/clock.ts';
import { ToolError, UserError } from '../../shared/errors.ts';
import { shellWord } from '../../shared/shell.ts';
import { sideBySide } from '../../shared/side-by-side.ts';
import { type WorldNames, worldNames } from '../../world/names.ts';
import type { RunFlags } from '../commands/run.ts';
import { Ended } from '../exit.ts';
import type { GlobalOptions } from '../globals.ts';
import { openRunningCluster } from '../open/cluster.ts';
import { openCourse, pickLessons } from '../open/course.ts';
import { playPlain } from '../plain/play.ts';
import { answerLines, applyLines, checkLines, evidenceLines, failureLines } from '../print/lesson-lines.ts';
import { printJson, stderr, stdout } from '../print/out.ts';
import { type PrintLook, paint, signs } from '../print/paint.ts';
import { interruptSignal } from '../process/interrupt.ts';

export async function run(addresses: readonly string[], options: RunFlags): Promise<void> {
  mustFit(addresses, options);
  if (options.plain === true) return playPlain(await openCourse(options), addresses[0], options);
  if (addresses.length === 0 && options.all !== true) {
    throw new UserError({
      what: 'Which lessons?',
      next: ['istio-tutor run 3', 'istio-tutor run --all', 'istio-tutor list'],
    });
  }
  await runLessons(options.all === true ? null : addresses, options);
}

/** What would be taken and have no effect is refused: whoever typed it counts on it. */
function mustFit(addresses: readonly string[], { all, plain, json }: RunFlags): void {
  const step = addresses.find(each => each.includes('/'));
  const [first = '1'] = addresses;
  const refuse = (what: string, ...next: string[]) => {
    throw new UserError({ what, next });
  };
  if (plain === true && json) {
    refuse(
      'run --plain asks line by line, and has no JSON form.',
      `istio-tutor run ${shellWord(first)} --json`,
    );
  }
  if (plain === true && (all === true || addresses.length > 1)) {
    refuse('With --plain it is one lesson at a time.', `istio-tutor run --plain ${shellWord(first)}`);
  }
  if (all === true && addresses.length > 0) {
    refuse('--all does every lesson, whichever are named beside it.', 'istio-tutor run --all');
  }
  if (plain !== true && step !== undefined) {
    refuse(
      `${step} is one step, and run does whole lessons.`,
      `istio-tutor run ${shellWord(step.split('/')[0] ?? '')}`,
      `istio-tutor run --plain ${shellWord(step)}   begins at that step`,
    );
  }
}

async function runLessons(addresses: readonly string[] | null, options: GlobalOptions): Promise<void> {
  const signal = interruptSignal();
  const course = await openCourse(options);
  const lessons = addresses === null ? course.lessons : pickLessons(course, addresses);
  const own = await openRunningCluster(options);
  await mustBeReady(own.cluster, options, signal);
  const worlds = await openWorlds(own, furtherWorlds(own, lessons.length, options), signal);
  const out = options.json ? stderr : stdout;
  const { cluster } = own;
  const istio = cluster.can.istio === undefined ? '' : `, Istio ${cluster.can.istio}`;
  const provider = `${cluster.name}${istio}`;
  const began = clock.now();
  let reports: readonly LessonReport[];
  try {
    reports = await sideBySide(
      worlds.all,
      lessons,
      text => out.write(text),
      async ({ mesh, names }, plain, write) => {
        const lesson = readyLesson(plain, names, mesh.placeholders);
        write(`\n${paint(options, 'bold', `${lesson.number}  ${lesson.title}`)}   ${provider}\n`);
        const stage = { mesh, clock, lesson, namespace: names.mesh, signal };
        return runLesson(stage, (step, played) => write(stepText(step, played, options)));
      },
    );
  } finally {
    await worlds.close();
  }
  const seconds = Math.round((clock.now() - began) / 100) / 10;
  const ok = reports.every(r => r.ok);
  const counts = countsOf(reports);
  if (options.json) {
    printJson({ provider, ok, seconds, counts, lessons: reports });
  } else {
    const bad = reports.flatMap(r => r.steps).filter(s => !s.ok).length;
    const verdict = ok ? 'all as announced' : `${bad} steps are not as announced`;
    out.write(
      `\n${sign(ok, options)} ${counts.lessons} lessons, ${counts.steps} steps, ${counts.checks} checks: ${verdict}. ${seconds} s\n`,
    );
  }
  if (!ok) throw new Ended(1);
}

async function mustBeReady(cluster: Cluster, { on }: GlobalOptions, signal: AbortSignal): Promise<void> {
  const health = await cluster.health(signal);
  if (health.state === 'ready') return;
  throw new ToolError({
    what: health.state === 'absent' ? `${cluster.name} is not there yet.` : `${cluster.name} does not work.`,
    why: health.state === 'broken' ? health.why : undefined,
    next: [
      `istio-tutor up${on === undefined ? '' : ` --on ${shellWord(on)}`}`,
      '--on sandbox   needs nothing',
    ],
  });
}

/** In the sandbox a lesson waits more than it works, and a world costs nothing. */
const SIDE_BY_SIDE = 4;

/** In the sandbox some more worlds, when there are several lessons. */
function furtherWorlds({ cluster }: WorldSite, lessons: number, { prefix }: GlobalOptions): WorldNames[] {
  const many = cluster.can.kind === 'sandbox' ? Math.min(lessons, SIDE_BY_SIDE) : 1;
  return Array.from({ length: many - 1 }, (_, i) => worldNames(`run-${i + 2}`, prefix));
}

function countsOf(reports: readonly LessonReport[]) {
  const steps = reports.flatMap(r => r.steps);
  return {
    lessons: reports.length,
    steps: steps.length,
    checks: steps.reduce((sum, s) => sum + (s.checks?.length ?? 0), 0),
    symptoms: steps.filter(s => s.kind === 'predict' || s.kind === 'probe' || s.kind === 'apply').length,
  };
}

function sign(ok: boolean, look: PrintLook): string {
  return ok ? paint(look, 'green', signs(look).good) : paint(look, 'red', signs(look).bad);
}

function stepText(step: Step, played: Played, look: PrintLook): string {
  const { apply, curl, evidence, checks, failures } = played;
  const lines = [
    ...asked(step),
    ...(apply === undefined ? [] : applyLines(apply, look)),
    ...(curl === undefined ? [] : answerLines(curl, look)),
    ...(evidence === undefined ? [] : evidenceLines(evidence, look)),
    ...(played.lines ?? []).slice(0, 12),
    ...(checks === undefined ? [] : checkLines(checks, look, step.kind === 'fix' ? step.checks : [])),
    ...failureLines(notShownYet(failures, played), look),
  ];
  const head = `${sign(failures.length === 0, look)} ${step.title}`;
  return `${head}\n${lines.map(line => (line === '' ? '\n' : `    ${line}\n`)).join('')}`;
}

function asked(step: Step): string[] {
  if (step.kind === 'fix') return [step.task];
  if (step.kind !== 'predict') return [];
  return [step.question, `  ${step.announced}  ${step.options[step.announced - 1]?.say}`];
}

/** A failed check is drawn with the checks, and left out here. */
function notShownYet(failures: readonly Failure[], played: Pick<Played, 'checks'>): readonly Failure[] {
  const checks = new Set(played.checks?.map(c => c.id));
  return failures.filter(f => !checks.has(f.what));
}
