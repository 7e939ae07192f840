/** `istio-tutor history`: the exams that have ended here, and the domains in which points were left lying. */
import { Command } from 'commander';
import { minuteText } from '../../shared/minute-text.ts';
import { globals } from '../globals.ts';
import { printJson, stdout } from '../print/out.ts';
import { paint, signs } from '../print/paint.ts';

export function historyCommand(): Command {
  return new Command('history')
    .summary('the exams taken here, and the weak domains')
    .description(
      'Lists the exams that have ended here, oldest first, and the points by domain, the weakest first.',
    )
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor history
  istio-tutor history --json | jq '.weak[0]'

With --json: {"exams": [{"id", "ended", "seed", "provider", "percent", "passed", "domains", "drills"}],
  "weak": [{"domain", "points", "of"}]}`,
    )
    .action(async (_flags: unknown, command: Command) => {
      const options = globals(command);
      const [{ readHistory, weakDomains }, { paths }] = await Promise.all([
        import('../../exam/history.ts'),
        import('../../shared/paths.ts'),
      ]);
      const exams = await readHistory(paths(options.state).history);
      const weak = weakDomains(exams);
      const write = (text: string) => stdout.write(`${text}\n`);
      if (options.json) return printJson({ exams, weak });
      if (exams.length === 0) return write('No exam has been finished here yet: istio-tutor exam');
      const { good, bad } = signs(options);
      for (const { ended, percent, passed, drills, seconds, provider, pauses, training, seed } of exams) {
        const sign =
          passed === null ? '?' : passed ? paint(options, 'green', good) : paint(options, 'red', bad);
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
    });
}
