/** `istio-tutor doctor`: what this machine has of what is needed, and what to do about the rest. */
import { Command } from 'commander';
import { Ended } from '../exit.ts';
import { globals } from '../globals.ts';
import { printJson, stdout } from '../print/out.ts';
import { paint } from '../print/paint.ts';
import { interruptSignal } from '../process/interrupt.ts';

export function doctorCommand(): Command {
  return new Command('doctor')
    .summary('check what this machine has of what is needed')
    .description(
      'Checks curl, Docker, kind, istioctl, kubectl, Node.js, memory and disk, and asks the contexts of your\n' +
        'kubeconfig for Istio. Changes nothing. Exit code 3 when the mesh can run nowhere.',
    )
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor doctor
  istio-tutor doctor --json | jq .kind

With --json: {"sandbox": true | false, "kind": true | false, "findings": [{"id", "state": "ok" | "missing" | "warning", "found",
"needed", "remedy"?: {"say", "command"}}], "contexts": [{"name", "current", "state": "istio" | "no-istio" |
"silent" | "not-asked", "istio"?}]}`,
    )
    .action(async (_flags: unknown, command: Command) => {
      const options = globals(command);
      const [{ diagnose }, { diagnosisText }] = await Promise.all([
        import('../../cluster/doctor.ts'),
        import('../../cluster/doctor-text.ts'),
      ]);
      const diagnosis = await diagnose({ contexts: true, signal: interruptSignal() });
      const styles = { good: 'green', bad: 'red', note: 'yellow', dim: 'dim' } as const;
      if (options.json) printJson(diagnosis);
      else stdout.write(diagnosisText(diagnosis, (text, as) => paint(options, styles[as], text)));
      const { sandbox, kind } = diagnosis;
      if (!sandbox && !kind && diagnosis.contexts.every(context => context.state !== 'istio'))
        throw new Ended(3);
    });
}
