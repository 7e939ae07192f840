/** An exam that is taken: its worlds on the cluster, the screen, and what is left of it at the end. */
import { join } from 'node:path';
import type { Cluster } from '../../../cluster/cluster.ts';
import type { Drill } from '../../../course/course.ts';
import { Exam } from '../../../exam/exam.ts';
import type { ExamDeps } from '../../../exam/exam-deps.ts';
import { type ExamState, writeExam } from '../../../exam/exam-state.ts';
import { addToHistory } from '../../../exam/history.ts';
import { QuestionWorld } from '../../../exam/question-world.ts';
import { writeReport } from '../../../exam/report-files.ts';
import type { ExamReport } from '../../../exam/report-schema.ts';
import { seenAmong, seenKinds, seenObjects } from '../../../exam/seen-objects.ts';
import { SharedObjects } from '../../../exam/shared-objects.ts';
import { connect } from '../../../kube/client.ts';
import { type Watched, watchObjects } from '../../../kube/watch.ts';
import { openWorkspace } from '../../../lesson/workspace.ts';
import { systemClock } from '../../../shared/clock.ts';
import { asTutorError, ToolError, UserError } from '../../../shared/errors.ts';
import { paths, tilde, workDir } from '../../../shared/paths.ts';
import { removeExamWorlds } from '../../../world/exam-world.ts';
import type { WorldNames } from '../../../world/names.ts';
import { Ended } from '../../exit.ts';
import type { GlobalOptions } from '../../globals.ts';
import { openCluster } from '../../open/cluster.ts';
import { commandProgress } from '../../print/command-progress.ts';
import { stderr, stdout } from '../../print/out.ts';
import { interruptSignal } from '../../process/interrupt.ts';
import { hasScreen } from '../../screen/on-screen.ts';
import { type ExamFlags, exitOf, writeJunit } from '../exam.ts';

export interface Way {
  readonly flags: ExamFlags;
  /** Those that lead to where the exam takes place. */
  readonly options: GlobalOptions;
  readonly plain: boolean;
  /** The last exam, which has ended: its namespaces make room. */
  readonly over: string | null;
  /** Another istio-tutor goes on with it, because this one stood still for long. */
  readonly isLost: () => boolean;
}

/** Runs it until the candidate leaves it, or the report is there. */
export async function runExam(state: ExamState, drills: readonly Drill[], way: Way): Promise<void> {
  const { options } = way;
  const folder = join(workDir(options.work), 'exam', state.id);
  const signal = interruptSignal();
  const { cluster, names } = await openCluster(options);
  const file = paths(options.state).exam;
  const exam = examOn(cluster, names, state, drills, { file, folder, isLost: way.isLost });
  const stop = () => void exam.dispose();
  signal.addEventListener('abort', stop);
  try {
    // What was ended needs no screen any more: whatever is not graded yet, is.
    const over = state.ended !== undefined || way.flags.recheck === true;
    await commandProgress(options, async progress => {
      await cluster.up(progress, signal);
      if (way.over !== null) {
        progress.stage("Removing the last exam's namespaces");
        await removeExamWorlds(await connect(cluster.kubeconfig), names, signal, way.over);
      }
      progress.stage(over ? 'Grading what was not graded yet' : 'Making the first questions');
      await (over ? exam.recheck() : exam.begin());
    });
    if (!over) await (await screen(way))(exam, options);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    await exam.dispose();
    if (!way.isLost()) await untilSaved(exam, signal);
  }
  if (way.isLost()) throw takenOver();
  const { report } = exam.getSnapshot();
  if (report !== null) await keep(report, folder, way, exam.unsaved === null);
  if (exam.unsaved !== null) throw notSaved(exam.unsaved, exam.savedAt, cluster.can.kind === 'sandbox', way);
  const { ended } = exam.getSnapshot().state;
  if (report === null)
    stdout.write(
      ended === undefined
        ? 'The clock stands. Your answers are kept; `istio-tutor exam` goes on.\n'
        : 'The exam has ended, and is not graded yet: `istio-tutor exam` does that.\n',
    );
  else if (exitOf(report) !== 0) throw new Ended(exitOf(report));
}

/** The exam on this cluster, as it was begun or goes on. `file` is where its state is kept, `folder` is the candidate's. */
export function examOn(
  cluster: Cluster,
  base: WorldNames,
  state: ExamState,
  drills: readonly Drill[],
  {
    file,
    folder,
    isLost,
  }: { readonly file: string; readonly folder: string; readonly isLost: () => boolean },
): Exam {
  const place = { cluster, base, exam: state.id };
  const common = { ...place, clock: systemClock, workspace: openWorkspace(folder), verdicts: state.training };
  const worlds = drills.map((drill, i) => new QuestionWorld(common, drill, i + 1));
  const isOwned = (namespace: string) => worlds.some(each => each.owns(namespace));
  const quick = cluster.can.kind === 'sandbox';
  return new Exam(
    {
      ...{ worlds, provider: cluster.name, now: Date.now, monotonic: () => performance.now() },
      async save(now) {
        if (isLost()) throw takenOver();
        await writeExam(file, now);
      },
      ...(quick ? { atOnce: 4, ahead: 1, fleeting: fleetingOn(cluster) } : { atOnce: 2, ahead: 2 }),
      beside: new SharedObjects({ ...place, isOwned, namespaces: quick ? null : [base.outside] }),
    },
    state,
  );
}

/** A sandbox is gone with its process: all that is in it is watched. */
function fleetingOn(cluster: Cluster): NonNullable<ExamDeps['fleeting']> {
  const kinds = seenKinds(cluster);
  let watched: Watched | null = null;
  return {
    async watch(onChange, signal) {
      watched = watchObjects(await connect(cluster.kubeconfig), kinds, onChange, signal);
    },
    async all(afresh) {
      const known = afresh ? null : watched?.objects();
      return known ? seenAmong(known) : seenObjects(await connect(cluster.kubeconfig), null, kinds);
    },
  };
}

/** How often the exam's last state is tried to be saved where that failed, once a second. */
const TRIES = 10;

/** A second Ctrl-C, or one while it is tried, gives it up. */
async function untilSaved(exam: Exam, signal: AbortSignal): Promise<void> {
  const patience = signal.aborted ? undefined : signal;
  for (let tries = 0; exam.unsaved !== null && tries < TRIES && patience?.aborted !== true; tries++) {
    if (tries === 0)
      stderr.write(`The exam could not be saved: ${exam.unsaved.message}\n  Trying again for ${TRIES} s.\n`);
    await systemClock.wait(1000, patience).catch(() => {});
    await exam.saveAgain();
  }
}

function takenOver(): UserError {
  return new UserError({
    what: 'Another istio-tutor has taken the exam over, while this one stood still.',
    why: 'It goes on from what was saved by then; nothing was written over it.',
    next: ['go on in its terminal'],
  });
}

function notSaved(error: Error, savedAt: number | null, fleeting: boolean, { options }: Way): ToolError {
  const file = tilde(paths(options.state).exam);
  const last =
    savedAt === null
      ? 'It never was.'
      : `It was saved last at ${new Date(savedAt).toISOString().slice(11, 19)} UTC.`;
  return new ToolError({
    what: `The exam could not be saved in ${file}.`,
    why: `${error.message} ${last} ${fleeting ? 'What you did since went with the sandbox; your files stay.' : 'What you did since is in the cluster, and your files stay.'}`,
    next: [
      'df -h; ls -l   on that folder show whether there is room, and whose it is',
      'istio-tutor exam   then goes on from what was saved last',
    ],
  });
}

async function screen(way: Way) {
  if (way.plain || !hasScreen()) return (await import('../../plain/exam.ts')).examPlain;
  return (await import('../../../tui/exam/exam-app.tsx')).examOnScreen;
}

/** Writes the report into the candidate's folder and the history. What cannot be written is told. */
async function keep(
  report: ExamReport,
  folder: string,
  { flags, options }: Way,
  saved: boolean,
): Promise<void> {
  const write = (text: string) => stdout.write(`${text}\n`);
  const { verdictText } = await import('../../../exam/report-markdown.ts');
  write(`Exam ${report.id}: ${verdictText(report)}`);
  const tries: readonly [string, () => Promise<unknown>][] = [
    [
      'The report',
      async () => {
        await writeReport(folder, report);
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
      const comfort = saved ? '  Nothing is lost: istio-tutor exam --report prints it.\n' : '';
      stderr.write(`${what} could not be written: ${problem.why ?? problem.what}\n${comfort}`);
    });
  }
  write('istio-tutor exam --discard   removes the namespaces of its questions');
}
