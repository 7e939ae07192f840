/** An exam that is taken: its worlds on the cluster, the screen, and what is left of it at the end. */
import { join } from 'node:path';
import type { Drill } from '../../../course/course.ts';
import type { Exam } from '../../../exam/exam.ts';
import { examOn, takenOver } from '../../../exam/exam-on.ts';
import type { ExamState } from '../../../exam/exam-state.ts';
import { addToHistory } from '../../../exam/history.ts';
import { writeReport } from '../../../exam/report-files.ts';
import { reportJunit } from '../../../exam/report-junit.ts';
import { verdictText } from '../../../exam/report-markdown.ts';
import type { ExamReport } from '../../../exam/report-schema.ts';
import { connect } from '../../../kube/client.ts';
import { systemClock } from '../../../shared/clock.ts';
import { asTutorError, ToolError } from '../../../shared/errors.ts';
import { paths, tilde, workDir } from '../../../shared/paths.ts';
import { removeExamWorlds } from '../../../world/exam-world.ts';
import type { ExamFlags } from '../../commands/exam.ts';
import { writeJunit } from '../../junit-file.ts';
import { openCluster } from '../../open/cluster.ts';
import { examPlain } from '../../plain/exam.ts';
import { commandProgress } from '../../print/command-progress.ts';
import { stderr, stdout } from '../../print/out.ts';
import { interruptSignal } from '../../process/interrupt.ts';
import { hasScreen } from '../../screen/has-screen.ts';
import { endAs } from './report.ts';

interface Way {
  /** Those that lead to where the exam takes place. */
  readonly options: ExamFlags;
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
  const exam = examOn(cluster, names, state, drills, {
    ...{ file, folder, isLost: way.isLost },
    kubeconfig: paths(options.state).kubeconfig('exam'),
  });
  const stop = () => void exam.dispose();
  signal.addEventListener('abort', stop);
  try {
    // An exam that has ended needs no screen: what is not graded yet is graded now.
    const over = state.ended !== undefined || options.recheck === true;
    await commandProgress(options, async progress => {
      await cluster.up(progress, signal);
      if (way.over !== null) {
        progress.stage("Removing the last exam's namespaces");
        await removeExamWorlds(await connect(cluster.kubeconfig), names, signal, way.over);
      }
      progress.stage(over ? 'Grading what was not graded yet' : 'Making the first questions');
      await (over ? exam.recheck() : exam.begin());
    });
    if (!over) await (await screen(way))(exam, options, join(folder, 'notes.md'));
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    await exam.dispose();
    if (!way.isLost()) await untilSaved(exam, signal);
  }
  if (way.isLost()) throw takenOver(file);
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
  else endAs(report);
}

/** How many times saving the exam's last state is tried again, once a second. */
const TRIES = 10;

/** A second Ctrl-C, or a first one meanwhile, gives up. */
async function untilSaved(exam: Exam, signal: AbortSignal): Promise<void> {
  const patience = signal.aborted ? undefined : signal;
  for (let tries = 0; exam.unsaved !== null && tries < TRIES && patience?.aborted !== true; tries++) {
    if (tries === 0)
      stderr.write(`The exam could not be saved: ${exam.unsaved.message}\n  Trying again for ${TRIES} s.\n`);
    await systemClock.wait(1000, patience).catch(() => {});
    await exam.saveAgain();
  }
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

async function screen({ options }: Way) {
  if (options.plain === true || options.screenReader || !hasScreen()) return examPlain;
  // Ink is loaded only where it draws.
  return (await import('../../../tui/exam-app.tsx')).examOnScreen;
}

/** Writes the report into the candidate's folder and the history. What cannot be written is reported. */
async function keep(report: ExamReport, folder: string, { options }: Way, saved: boolean): Promise<void> {
  const write = (text: string) => stdout.write(`${text}\n`);
  const who = report.candidate === undefined ? '' : `, ${report.candidate}`;
  write(`Exam ${report.id}${who}: ${verdictText(report)}`);
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
        if (options.junit !== undefined) await writeJunit(options.junit, reportJunit(report));
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
