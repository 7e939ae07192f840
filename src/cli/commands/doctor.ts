/** `istio-tutor doctor`: whether this machine has what is needed, and how to get what it lacks. */
import { Command } from 'commander';
import { late } from '../late.ts';

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
    .action(late(async () => (await import('../actions/doctor.ts')).doctor));
}
