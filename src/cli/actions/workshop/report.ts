/** What each learner has done, as a table in Markdown. */
import { minuteText } from '../../../shared/minute-text.ts';
import { safeMarkdown } from '../../../shared/safe-markdown.ts';
import type { LearnerStatus } from '../../../workshop/workshop.ts';
import type { GlobalOptions } from '../../globals.ts';
import { printJson, stdout } from '../../print/out.ts';
import { lookAtLearners } from './look.ts';

export async function workshopReport(options: GlobalOptions): Promise<void> {
  const learners = await (await lookAtLearners(options))();
  if (options.json) {
    printJson({ learners });
    return;
  }
  const row = ({ learner, progress }: LearnerStatus) => {
    const { lessons = [], drills = [], steps = 0, updated = '' } = progress ?? {};
    const last = updated === '' ? 'not begun' : minuteText(updated);
    return `| ${learner} | ${lessons.length} | ${steps} | ${drills.length} | ${[...lessons, ...drills].join(', ')} | ${last} |`;
  };
  const lines = [
    '# Workshop',
    '',
    '| learner | lessons | steps | drills | done | last seen (UTC) |',
    '| --- | --- | --- | --- | --- | --- |',
    ...learners.map(row),
    '',
  ];
  stdout.write(safeMarkdown(lines.join('\n')));
}
