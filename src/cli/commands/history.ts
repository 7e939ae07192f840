/** `istio-tutor history`: the exams that have ended here, and the domains in which points were lost. */
import { Command } from 'commander';
import { late } from '../late.ts';

export function historyCommand(): Command {
  return new Command('history')
    .summary('the exams taken here, and the weak domains')
    .description(
      'Lists the exams that have ended here, oldest first, and the points by domain: first the one in which most is lost, by what the domain weighs in the ICA.',
    )
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor history
  istio-tutor history --json | jq '.weak[0]'

With --json: {"exams": [{"id", "ended", "seed", "provider", "percent", "passed", "domains", "drills"}],
  "weak": [{"domain", "points", "of", "percent", "weight"}]}`,
    )
    .action(late(async () => (await import('../actions/history.ts')).history));
}
