/** The report of an exam: as it is printed, as a file for a CI, as an exit code. */
import { readExam } from '../../../exam/exam-state.ts';
import { reportJunit } from '../../../exam/report-junit.ts';
import { reportMarkdown } from '../../../exam/report-markdown.ts';
import type { ExamReport } from '../../../exam/report-schema.ts';
import { UserError } from '../../../shared/errors.ts';
import { paths } from '../../../shared/paths.ts';
import type { ExamFlags } from '../../commands/exam.ts';
import { Ended } from '../../exit.ts';
import { writeJunit } from '../../junit-file.ts';
import { printJson, stdout } from '../../print/out.ts';

/** `--report`: that of the last exam. */
export async function showReport(options: ExamFlags): Promise<void> {
  const report = (await readExam(paths(options.state).exam))?.report;
  if (report === undefined) {
    throw new UserError({
      what: 'No exam has been finished here.',
      next: ['istio-tutor exam', 'istio-tutor history'],
    });
  }
  if (options.junit !== undefined) await writeJunit(options.junit, reportJunit(report));
  if (options.json) printJson(report);
  else stdout.write(reportMarkdown(report));
  endAs(report);
}

/** Ends the command as the exam came out: passed (0), not passed (1), not scored (3). */
export function endAs({ passed }: ExamReport): void {
  if (passed !== true) throw new Ended(passed === null ? 3 : 1);
}
