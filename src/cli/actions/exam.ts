/** Takes an exam or goes on with one; or shows the report of the last one, or gives it up. */
import { UserError } from '../../shared/errors.ts';
import type { ExamFlags } from '../commands/exam.ts';
import { checkJunit } from '../junit-file.ts';
import { hasScreen } from '../screen/has-screen.ts';
import { showReport } from './exam/report.ts';

export async function exam(options: ExamFlags): Promise<void> {
  checkExclusive(options);
  if (options.junit !== undefined) await checkJunit(options.junit);
  if (options.report === true) return showReport(options);
  // What only prints a report, often in a script, loads nothing of clusters.
  if (options.discard === true) return (await import('./exam/discard.ts')).discardExam(options);
  if (options.json) {
    throw new UserError({
      what: 'An exam has no JSON form; its report has.',
      next: ['istio-tutor exam --report --json'],
    });
  }
  if (isBare(options) && hasScreen()) {
    const { onScreen } = await import('../screen/on-screen.ts');
    return onScreen({ tab: 'exam' }, options);
  }
  await (await import('./exam/take.ts')).takeExam(options);
}

/** Nothing was said of how the exam shall be: the list tells what it would be, and begins it. */
function isBare(options: ExamFlags): boolean {
  const { drills, minutes, seed, pass, candidate, training, plain, recheck, junit, screenReader } = options;
  const said = [drills, minutes, seed, pass, candidate, training, plain, recheck, junit];
  return !screenReader && said.every(each => each === undefined);
}

function checkExclusive(options: ExamFlags): void {
  const given = (['report', 'recheck', 'discard'] as const).filter(each => options[each] === true);
  if (given.length < 2) return;
  throw new UserError({
    what: `${given.map(each => `--${each}`).join(' and ')} cannot be used together.`,
    next: given.map(each => `istio-tutor exam --${each}`),
  });
}
