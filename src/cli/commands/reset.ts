/** `istio-tutor reset [LESSON]`: forgets progress, and brings the cluster back into a fresh world. */
import { Command } from 'commander';
import type { GlobalOptions } from '../globals.ts';
import { late } from '../late.ts';

export interface ResetFlags extends GlobalOptions {
  readonly yes?: boolean | undefined;
}

export function resetCommand(): Command {
  return new Command('reset')
    .summary('begin a lesson, or all of them, anew')
    .description(
      "Forgets how far you are in a lesson (without one: in all of them; it asks first) and brings the cluster into that lesson's start. Your files stay: a fix that you begin anew keeps yours as NAME.mine.",
    )
    .argument('[lesson]', 'the lesson: 3, or destination-rule')
    .option('-y, --yes', 'reset all lessons without a question; needed where there is no terminal')
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor reset 3           lesson 3 from its first step
  istio-tutor reset             everything, if the answer is y

With --json: {"lessons": ["destination-rule"], "cluster": "reset" | "not there", "changed": ["VirtualService/x removed"]}`,
    )
    .action(late(async () => (await import('../actions/reset.ts')).reset));
}
