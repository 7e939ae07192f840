/** `istio-tutor down`: removes what `up` made and nothing else. */
import { Command } from 'commander';
import { type GlobalOptions, globals } from '../globals.ts';
import { printJson, stdout } from '../print/out.ts';
import { interruptSignal } from '../process/interrupt.ts';

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
    .action(async (_flags: unknown, command: Command) => {
      const options = globals(command);
      const signal = interruptSignal();
      const [{ openCluster }, { commandProgress }] = await Promise.all([
        import('../open/cluster.ts'),
        import('../print/command-progress.ts'),
      ]);
      const { cluster, names } = await openCluster({
        ...options,
        on: options.on ?? (await whatUpMade(options)),
      });
      const { stages, seconds } = await commandProgress(options, progress => cluster.down(progress, signal));
      if (options.json) {
        const report = { cluster: cluster.name, provider: cluster.can.kind, stages, seconds };
        printJson(report);
      } else {
        if (cluster.can.kind === 'sandbox') {
          const what =
            stages.length === 0
              ? 'A sandbox leaves nothing to remove.'
              : 'What a sandbox that was killed had left is gone.';
          stdout.write(`${what} Progress and your files stay.\n`);
          return;
        }
        const what =
          cluster.can.kind === 'kind' && names.learner === null
            ? 'the cluster'
            : `${names.mesh} and ${names.outside}`;
        stdout.write(`Done after ${seconds} s: ${what} of ${cluster.name}. Progress and your files stay.\n`);
      }
    });
}

/** What `up` made last, which it remembers; a sandbox that was chosen since is not a cluster to remove. */
async function whatUpMade({ state }: GlobalOptions): Promise<string> {
  const [{ rememberedChoice }, { paths }] = await Promise.all([
    import('../../cluster/choice.ts'),
    import('../../shared/paths.ts'),
  ]);
  const last = rememberedChoice(paths(state));
  return last === null || last === 'sandbox' ? 'kind' : last;
}
