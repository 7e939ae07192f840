import { readHistory, weakDomains } from '../../exam/history.ts';
import { minuteText } from '../../shared/minute-text.ts';
import { paths } from '../../shared/paths.ts';
import { amount } from '../../shared/texts.ts';
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
  for (const {
    ended,
    candidate,
    percent,
    passed,
    drills,
    seconds,
    provider,
    pauses,
    training,
    seed,
  } of exams) {
    const sign = passed === null ? '?' : passed ? paint(options, 'green', good) : paint(options, 'red', bad);
    const sum = (of: (each: (typeof drills)[number]) => number) =>
      drills.reduce((total, each) => total + of(each), 0);
    const points = `${sum(each => each.points ?? 0)} of ${sum(each => each.of)}`;
    const score = percent === null ? 'not scored' : `${percent} %`;
    const who = candidate === undefined ? '' : `${candidate}, `;
    const more = `${pauses > 0 ? `, ${amount(pauses, 'pause')}` : ''}${training ? ', training' : ''}`;
    const facts = `${percent === null ? '' : `${points} points, `}${who}${drills.length} questions in ${Math.ceil(seconds / 60)} min on ${provider}, seed ${seed}${more}`;
    write(`${sign} ${minuteText(ended)}  ${score.padStart(10)}  ${facts}`);
  }
  write('');
  for (const { domain, points, of, percent, weight } of weak) {
    const share = `${String(Math.round(percent)).padStart(3)} %`;
    write(`  ${domain.padEnd(12)} ${share}  ${`${points} of ${of} points`.padEnd(18)} weight ${weight} %`);
  }
  const [weakest] = weak;
  if (weakest !== undefined && weakest.points < weakest.of) {
    write(`\nMost is to be gained in ${weakest.domain}. Its drills: istio-tutor drill --list`);
  }
}
