/** Begins an exam or goes on with one: from flags and the saved state to a running Exam, and what is left of it. */
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from '../cluster/client.ts';
import type { Drill } from '../lesson/course.ts';
import { courseOf } from '../lesson/course-of.ts';
import { drawQuestions } from '../lesson/exam/draw.ts';
import { Exam } from '../lesson/exam/exam.ts';
import { type ExamState, readExam, writeExam } from '../lesson/exam/exam-state.ts';
import { addToHistory } from '../lesson/exam/history.ts';
import { QuestionWorld } from '../lesson/exam/question-world.ts';
import { reportJunit } from '../lesson/exam/report-junit.ts';
import { reportMarkdown } from '../lesson/exam/report-markdown.ts';
import type { ExamReport } from '../lesson/exam/report-schema.ts';
import { loadDrills } from '../lesson/load-drill.ts';
import { takeLock } from '../lesson/lock.ts';
import { openWorkspace } from '../lesson/workspace.ts';
import { systemClock } from '../shared/clock.ts';
import { asTutorError, UserError } from '../shared/errors.ts';
import { paths, tilde, workDir } from '../shared/paths.ts';
import { removeExamWorlds } from '../world/exam-world.ts';
import { commandProgress } from './command-progress.ts';
import { type ExamFlags, exitOf, writeJunit } from './exam.ts';
import { Ended } from './exit.ts';
import { type GlobalOptions, interruptSignal } from './globals.ts';
import { openCluster } from './open-cluster.ts';
import { courseFolder } from './open-course.ts';
import { drawEvenInCi, hasScreen } from './tui.ts';

export async function takeExam(flags: ExamFlags, options: GlobalOptions, plain: boolean): Promise<void> {
  const place = paths(options.state);
  const release = await takeLock(place.lock);
  try {
    const before = await readExam(place.exam);
    const { state, drills } = await examFor(before, flags, options);
    const over = before?.report !== undefined && before.id !== state.id ? before.id : null;
    await onCluster(state, drills, { flags, options, plain, over });
  } finally {
    await release();
  }
}

interface ExamToTake {
  readonly state: ExamState;
  readonly drills: readonly Drill[];
}

/** The exam that is under way, or a new one. Throws a UserError for flags that do not fit it. */
async function examFor(
  before: ExamState | null,
  flags: ExamFlags,
  options: GlobalOptions,
): Promise<ExamToTake> {
  if (flags.recheck === true) {
    if (before?.report !== undefined) return { state: before, drills: await drillsOf(before) };
    throw new UserError({
      what: 'No exam has been ended here, so there is nothing to grade again.',
      next: ['istio-tutor exam'],
    });
  }
  if (before !== null && before.report === undefined) {
    checkSame(before, flags, options);
    return { state: before, drills: await drillsOf(before) };
  }
  return newExam(flags, options);
}

/** The flags that lead to a course and a world; a resumed exam has them of its own. */
const WHERE = ['name', 'learner', 'prefix', 'course'] as const;

/** What was decided at the start stands. */
function checkSame(before: ExamState, flags: ExamFlags, options: GlobalOptions): void {
  const told: readonly (readonly [string, string | undefined, string])[] = [
    ['--drills', flags.drills, String(before.questions.length)],
    ['--minutes', flags.minutes, String(before.minutes)],
    ['--seed', flags.seed, before.seed],
    ['--pass', flags.pass, String(before.passMark)],
    ['--on', options.on, before.on],
    ...WHERE.map(flag => [`--${flag}`, options[flag], before[flag] ?? ''] as const),
  ];
  const other = told.find(([, now, then]) => now !== undefined && now !== then);
  if (other === undefined) return;
  throw new UserError({
    what: `An exam is under way, with ${other[0]} ${other[2]}.`,
    why: 'What was said at its start stands until it has ended.',
    next: ['istio-tutor exam             goes on with it', 'istio-tutor exam --discard   gives it up'],
  });
}

async function newExam(flags: ExamFlags, options: GlobalOptions): Promise<ExamToTake> {
  const count = numberOf('--drills', flags.drills, 15, 1, 100);
  const minutes = numberOf('--minutes', flags.minutes, 120, 1, 600);
  const passMark = numberOf('--pass', flags.pass, 68, 1, 100);
  const seed = seedOf(flags.seed);
  const drawn = drawQuestions(await allDrills(options), count, seed);
  const now = new Date().toISOString();
  const state: ExamState = {
    format: 1,
    id: `${now.slice(0, 10).replaceAll('-', '')}-${randomBytes(3).toString('hex')}`,
    seed,
    on: options.on ?? (await lastChoice(options)),
    ...Object.fromEntries(
      WHERE.flatMap(flag => (options[flag] === undefined ? [] : [[flag, options[flag]]])),
    ),
    training: flags.training === true,
    ...{ minutes, passMark },
    ...{ started: now, worked: 0, saved: now, running: false, pauses: [] },
    questions: drawn.map((drill, i) => ({
      number: i + 1,
      drill: drill.id,
      flagged: false,
      worked: 0,
      prepared: false,
    })),
    at: null,
  };
  return { state, drills: drawn };
}

function numberOf(
  flag: string,
  text: string | undefined,
  otherwise: number,
  least: number,
  most: number,
): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UserError({
    what: `${flag} ${text} cannot be.`,
    why: `It is a whole number from ${least} to ${most}.`,
    next: [`${flag} ${otherwise}`],
  });
}

function seedOf(text: string | undefined): string {
  if (text === undefined) return randomBytes(4).toString('hex');
  if (/^[\w.-]{1,64}$/.test(text)) return text;
  throw new UserError({
    what: `--seed ${JSON.stringify(text)} is no seed.`,
    why: 'It has 1 to 64 letters, digits, dots, dashes or underscores.',
    next: ['--seed room-7', 'leave it out: one is drawn, and told in the report'],
  });
}

async function lastChoice(options: GlobalOptions): Promise<string> {
  const { rememberedChoice } = await import('../cluster/choice.ts');
  return rememberedChoice(paths(options.state)) ?? 'sandbox';
}

/**
 * Ours unchecked: each question looks at its own drill when it is made, so that the clock need not wait for all. A course
 * of somebody else is looked at whole before the first question is made of it.
 */
async function allDrills(options: Pick<GlobalOptions, 'course'>): Promise<readonly Drill[]> {
  const folder = await courseFolder(options);
  return loadDrills(folder, { unchecked: (await courseOf(folder)) === null });
}

/** The drills of the exam's questions. Throws a UserError when the course has lost one. */
async function drillsOf(state: ExamState): Promise<readonly Drill[]> {
  const { course } = state;
  const all = await allDrills(course === undefined ? {} : { course });
  return state.questions.map(({ drill, number }) => {
    const found = all.find(each => each.id === drill);
    if (found !== undefined) return found;
    throw new UserError({
      what: `Question ${number} of the exam is the drill ${drill}, which is not there any more.`,
      next: ['istio-tutor exam --discard   gives the exam up'],
    });
  });
}

/** The options that lead to where the exam takes place. */
export function placeOf(
  { on, name, learner, prefix }: Pick<ExamState, 'on' | 'name' | 'learner' | 'prefix'>,
  options: GlobalOptions,
): GlobalOptions {
  const where = {
    ...(name === undefined ? {} : { name }),
    ...(learner === undefined ? {} : { learner }),
    ...(prefix === undefined ? {} : { prefix }),
  };
  return { ...options, on, ...where };
}

interface Way {
  readonly flags: ExamFlags;
  readonly options: GlobalOptions;
  readonly plain: boolean;
  /** The last exam, which has ended: its namespaces make room. */
  readonly over: string | null;
}

async function onCluster(state: ExamState, drills: readonly Drill[], way: Way): Promise<void> {
  const { flags, options } = way;
  const place = paths(options.state);
  const folder = join(workDir(options.work), 'exam', state.id);
  const { cluster, names } = await openCluster(placeOf(state, options));
  const workspace = openWorkspace(folder);
  const signal = interruptSignal();
  const common = {
    cluster,
    base: names,
    clock: systemClock,
    workspace,
    exam: state.id,
    verdicts: state.training,
  };
  const worlds = drills.map((drill, i) => new QuestionWorld(common, drill, i + 1));
  const quick = cluster.can.kind === 'sandbox';
  const exam = new Exam(
    {
      worlds,
      provider: cluster.name,
      now: Date.now,
      monotonic: () => performance.now(),
      save: now => writeExam(place.exam, now),
      atOnce: quick ? 4 : 2,
      ahead: quick ? 1 : 2,
      fleeting: quick,
    },
    state,
  );
  const stop = () => void exam.dispose();
  signal.addEventListener('abort', stop);
  let ended = false;
  try {
    await commandProgress(options, async progress => {
      await cluster.up(progress, signal);
      if (way.over !== null) {
        progress.stage("Removing the last exam's namespaces");
        await removeExamWorlds(await connect(cluster.kubeconfig), names, signal, way.over);
      }
      if (flags.recheck === true) {
        progress.stage('Grading again what could not be checked');
        await exam.recheck();
        return;
      }
      progress.stage('Making the first questions');
      await exam.begin();
    });
    if (flags.recheck !== true) await (await screen(way))(exam, options);
    ended = exam.getSnapshot().report !== null;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    await exam.dispose();
  }
  const { report } = exam.getSnapshot();
  if (!ended || report === null) {
    process.stdout.write('The clock stands. Your answers are kept; `istio-tutor exam` goes on.\n');
    return;
  }
  await keep(report, folder, way);
}

async function screen(way: Way) {
  if (way.plain || !hasScreen()) return (await import('./exam-plain.ts')).examPlain;
  drawEvenInCi();
  return (await import('../tui/exam/exam-app.tsx')).examOnScreen;
}

/** Writes the report into the candidate's folder and the history. A full disk is told; exam.json has it all the same. */
async function keep(report: ExamReport, folder: string, { flags, options }: Way): Promise<void> {
  const write = (text: string) => void process.stdout.write(`${text}\n`);
  const { verdictText } = await import('../lesson/exam/report-markdown.ts');
  write(`Exam ${report.id}: ${verdictText(report)}`);
  const tries: readonly [string, () => Promise<unknown>][] = [
    [
      'The report',
      async () => {
        await mkdir(folder, { recursive: true });
        await writeFile(join(folder, 'report.md'), reportMarkdown(report));
        await writeFile(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
        await writeFile(join(folder, 'report.xml'), reportJunit(report));
        write(`The report is in ${tilde(folder)}: report.md, report.json, report.xml`);
      },
    ],
    ['The history', () => addToHistory(paths(options.state).history, report)],
    [
      'The JUnit file',
      async () => {
        if (flags.junit !== undefined) await writeJunit(flags.junit, report);
      },
    ],
  ];
  for (const [what, work] of tries) {
    await work().catch(error => {
      const { problem } = asTutorError(error);
      process.stderr.write(
        `${what} could not be written: ${problem.why ?? problem.what}\n  Nothing is lost: istio-tutor exam --report prints it.\n`,
      );
    });
  }
  write('istio-tutor exam --discard   removes the namespaces of its questions');
  const exit = exitOf(report);
  if (exit !== 0) throw new Ended(exit);
}
