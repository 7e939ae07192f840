import { readHistory, weakDomains } from '../../exam/history.ts';
import { minuteText } from '../../shared/minute-text.ts';
import { paths } from '../../shared/paths.ts';
import type { GlobalOptions } from '../globals.ts';
import { printJson, stdout } from '../print/out.ts';
import { paint, signs } from '../print/paint.ts';

export async function history(options: GlobalOptions): Promise<void> {
  const exams = await readHistory(paths(options.state).history);
  const weak = weakDomains(exams);
  const write = (text: string) => stdout.write(`${text}\n`);
  if (options.json) return printJson({ exams, weak });
  if (exams.length === 0) return write('No exam has been finished here yet: istio-tutor exam');
  const { good, bad } = signs(options);
  for (const { ended, percent, passed, drills, seconds, provider, pauses, training, seed } of exams) {
    const sign = passed === null ? '?' : passed ? paint(options, 'green', good) : paint(options, 'red', bad);
    const score = percent === null ? 'not scored' : `${percent} %`;
    const more = `${pauses > 0 ? `, ${pauses} pauses` : ''}${training ? ', training' : ''}`;
    const facts = `${drills.length} questions in ${Math.ceil(seconds / 60)} min on ${provider}, seed ${seed}${more}`;
    write(`${sign} ${minuteText(ended)}  ${score.padStart(10)}  ${facts}`);
  }
  write('');
  for (const { domain, points, of } of weak) {
    const percent = Math.round((100 * points) / of);
    write(`  ${domain.padEnd(12)} ${String(percent).padStart(3)} %  ${points} of ${of} points`);
  }
  const [weakest] = weak;
  if (weakest !== undefined && weakest.points < weakest.of) {
    write(`\nWeakest: ${weakest.domain}. Its drills: istio-tutor drill --list`);
  }
}
