/**
 * `istio-tutor run`: every step of the lessons, done as the course announces it, without a terminal. Prints what
 * a learner would see. Exit code 1 when a check fails or something is not as announced.
 */
import { Command } from 'commander';
import type { Cluster } from '../../cluster/cluster.ts';
import type { Lesson } from '../../course/course.ts';
import type { Step } from '../../course/schema.ts';
import type { Mesh } from '../../lesson/mesh.ts';
import type { Failure, Played, Stage } from '../../lesson/play.ts';
import { ToolError, UserError } from '../../shared/errors.ts';
import { shellWord } from '../../shared/shell.ts';
import type { WorldNames } from '../../world/names.ts';
import { Ended } from '../exit.ts';
import { type GlobalOptions, globals } from '../globals.ts';
import { printJson, stderr, stdout } from '../print/out.ts';
import { paint, signs } from '../print/paint.ts';
import { interruptSignal } from '../process/interrupt.ts';

export function runCommand(): Command {
  return new Command('run')
    .summary('do lessons without a terminal, and prove them')
    .description(
      'Does each step of the lessons as the course announces it: applies, sends the calls, answers the questions, puts in the solutions, runs the checks. Exit code 1 when a check fails or a symptom is not as announced. --plain asks you instead, line by line.',
    )
    .argument('[lessons...]', 'which ones: 3, destination-rule; with --plain one, or 3/5')
    .option('--all', 'every lesson')
    .option('--plain', 'for a person, line by line: no screen is drawn')
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor run 1 2
  istio-tutor run --all --json > report.json
  istio-tutor run --plain 3

With --json: {"provider", "ok", "seconds", "counts": {"lessons", "steps", "checks", "symptoms"},
"lessons": [{"id", "number", "title", "ok", "seconds", "steps": [{"id", "kind", "title", "ok", "seconds",
"failures", "apply"?, "curl"?, "proven"?, "checks"?}]}]}`,
    )
    .action(async (lessons: string[], flags: { all?: boolean; plain?: boolean }, command: Command) => {
      const options = globals(command);
      if (flags.plain === true) return runPlain(lessons[0], options, command);
      if (lessons.length === 0 && flags.all !== true) {
        throw new UserError({
          what: 'Which lessons?',
          next: ['istio-tutor run 3', 'istio-tutor run --all', 'istio-tutor list'],
        });
      }
      await runLessons(flags.all === true ? null : lessons, options);
    });
}

/** The lessons for a person, line by line. Also what runs where no screen can be drawn. */
async function runPlain(
  lesson: string | undefined,
  options: GlobalOptions,
  _command: Command,
): Promise<void> {
  const [{ openCourse }, { playPlain }] = await Promise.all([
    import('../open/course.ts'),
    import('../plain/play.ts'),
  ]);
  await playPlain(await openCourse(options), lesson, options);
}

interface StepReport extends Omit<Played, 'evidence'> {
  readonly id: string;
  readonly kind: Step['kind'];
  readonly title: string;
  readonly ok: boolean;
  readonly seconds: number;
}

interface LessonReport {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly ok: boolean;
  readonly seconds: number;
  readonly steps: readonly StepReport[];
}

async function runLessons(addresses: readonly string[] | null, options: GlobalOptions): Promise<void> {
  const signal = interruptSignal();
  const [{ openCourse, pickLessons }, { openRunningCluster }, { readyLesson }, { systemClock: clock }] =
    await Promise.all([
      import('../open/course.ts'),
      import('../open/cluster.ts'),
      import('../../course/ready-lesson.ts'),
      import('../../shared/clock.ts'),
    ]);
  const course = await openCourse(options);
  const lessons = addresses === null ? course.lessons : await pickLessons(course, addresses);
  const { cluster, names } = await openRunningCluster(options);
  const health = await cluster.health(signal);
  if (health.state !== 'ready') {
    throw new ToolError({
      what:
        health.state === 'absent' ? `${cluster.name} is not there yet.` : `${cluster.name} does not work.`,
      ...(health.state === 'broken' ? { why: health.why } : {}),
      next: [
        `istio-tutor up${options.on === undefined ? '' : ` --on ${shellWord(options.on)}`}`,
        '--on sandbox   needs nothing',
      ],
    });
  }
  const worlds = await openWorlds(options, { cluster, names }, lessons.length, signal);
  const out = options.json ? stderr : stdout;
  const istio = cluster.can.istio === undefined ? '' : `, Istio ${cluster.can.istio}`;
  const provider = `${cluster.name}${istio}`;
  const began = clock.now();
  const { sideBySide } = await import('../../shared/side-by-side.ts');
  let reports: readonly LessonReport[];
  try {
    reports = await sideBySide(
      worlds.all,
      lessons,
      text => out.write(text),
      async (world, plain, write) => {
        const { mesh, names: own } = world;
        const lesson = readyLesson(plain, own, mesh.placeholders);
        write(`\n${paint(options, 'bold', `${lesson.number}  ${lesson.title}`)}   ${provider}\n`);
        return runLesson({ mesh, clock, lesson, namespace: own.mesh, signal }, options, write);
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
    const sign = ok
      ? paint(options, 'green', signs(options).good)
      : paint(options, 'red', signs(options).bad);
    const verdict = ok ? 'all as announced' : `${bad} steps are not as announced`;
    out.write(
      `\n${sign} ${counts.lessons} lessons, ${counts.steps} steps, ${counts.checks} checks: ${verdict}. ${seconds} s\n`,
    );
  }
  if (!ok) throw new Ended(1);
}

/** In the sandbox a lesson waits more than it works, and a world costs nothing. */
const SIDE_BY_SIDE = 4;

interface Worlds {
  readonly all: readonly { readonly mesh: Mesh; readonly names: WorldNames }[];
  /** Closes them all, and takes those away that were made for this run. */
  close(): Promise<void>;
}

/** The world to run in; in the sandbox some more beside it, when there are several lessons. */
async function openWorlds(
  options: GlobalOptions,
  own: { cluster: Cluster; names: WorldNames },
  lessons: number,
  signal: AbortSignal,
): Promise<Worlds> {
  const [{ openCluster }, { openMesh }, { connect }, { bringUpWorld, removeWorld }] = await Promise.all([
    import('../open/cluster.ts'),
    import('../open/engine.ts'),
    import('../../kube/client.ts'),
    import('../../world/bring-up.ts'),
  ]);
  const many = own.cluster.can.kind === 'sandbox' ? Math.min(lessons, SIDE_BY_SIDE) : 1;
  const quiet = { stage: () => {}, line: () => {} };
  const extra: WorldNames[] = [];
  const kube = await connect(own.cluster.kubeconfig);
  while (extra.length < many - 1) {
    const { names } = await openCluster({ ...options, learner: `run-${extra.length + 2}` });
    await bringUpWorld(kube, names, { fenced: true }, quiet, signal);
    extra.push(names);
  }
  const all = await Promise.all(
    [own.names, ...extra].map(async names => ({ names, mesh: await openMesh(own.cluster, names, signal) })),
  );
  return {
    all,
    async close() {
      for (const { mesh } of all) mesh.close();
      const { signal: never } = new AbortController();
      await Promise.all(extra.map(names => removeWorld(kube, names, quiet, never).catch(() => {})));
    },
  };
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

async function runLesson(
  on: Stage,
  options: GlobalOptions,
  write: (text: string) => void,
): Promise<LessonReport> {
  const [{ playStep }, { rebuild }, { entryState }, report] = await Promise.all([
    import('../../lesson/play.ts'),
    import('../../lesson/rebuild.ts'),
    import('../../lesson/state-of.ts'),
    import('../print/lesson-lines.ts'),
  ]);
  const { lesson, clock, namespace, signal } = on;
  const began = clock.now();
  const steps: StepReport[] = [];
  for (const [index, step] of lesson.steps.entries()) {
    const since = clock.now();
    if (index === 0 || step.kind === 'fix') {
      const state = entryState(lesson, index, namespace);
      await rebuild(on.mesh, state, {
        afresh: index === 0,
        clock,
        ...(signal === undefined ? {} : { signal }),
      });
    }
    const { evidence, ...played } = await playStep(on, index);
    const ok = played.failures.length === 0;
    const seconds = Math.round((clock.now() - since) / 100) / 10;
    steps.push({ id: step.id, kind: step.kind, title: step.title, ok, seconds, ...played });
    const sign = ok
      ? paint(options, 'green', signs(options).good)
      : paint(options, 'red', signs(options).bad);
    const lines = [
      ...asked(step),
      ...(played.apply === undefined ? [] : report.applyLines(played.apply, options)),
      ...(played.curl === undefined ? [] : report.answerLines(played.curl, options)),
      ...(evidence === undefined ? [] : report.evidenceLines(evidence, options)),
      ...(played.lines ?? []).slice(0, 12),
      ...(played.checks === undefined ? [] : report.checkLines(played.checks, options)),
      ...report.failureLines(shownAlready(played.failures, played), options),
    ];
    write(`${sign} ${step.title}\n${lines.map(line => (line === '' ? '\n' : `    ${line}\n`)).join('')}`);
  }
  const { id, number, title } = lesson as Lesson;
  const seconds = Math.round((clock.now() - began) / 100) / 10;
  return { id, number, title, ok: steps.every(s => s.ok), seconds, steps };
}

function asked(step: Step): string[] {
  if (step.kind === 'fix') return [step.task];
  if (step.kind !== 'predict') return [];
  return [step.question, `  ${step.announced}  ${step.options[step.announced - 1]?.say}`];
}

/** A failed check is drawn with the checks; it need not be told twice. */
function shownAlready(failures: readonly Failure[], played: Pick<Played, 'checks'>): readonly Failure[] {
  const checks = new Set(played.checks?.map(c => c.id));
  return failures.filter(f => !checks.has(f.what));
}
