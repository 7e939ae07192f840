/** `istio-tutor down`: removes what `up` made and nothing else. */
import { Command } from 'commander';
import { late } from '../late.ts';

export function downCommand(): Command {
  return new Command('down')
    .summary('remove what `up` made, and nothing else')
    .description(
      'On kind: deletes the cluster that `up` made, with all that is in it. A cluster of the same name that\n' +
        'somebody else made is left alone. With --learner only the namespaces of that learner go; with\n' +
        '--on context only our own namespaces. A sandbox goes with the process that keeps it;\n' +
        '--on sandbox removes what one that was killed has left. Without --on it is done where `up` worked last.\n' +
        'Progress and the files of lessons stay.',
    )
    .option('-y, --yes', 'as for `up`; `down` has no question', false)
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor down
  istio-tutor down --learner ana          ana's world only; the cluster stays
  istio-tutor down --on context=dev       our namespaces in a cluster that you have

With --json: {"cluster", "provider", "stages": [{"title", "seconds"}], "seconds"}`,
    )
    .action(late(async () => (await import('../actions/down.ts')).down));
}
