/**
 * `istio-tutor run`: every step of the lessons, done as the course announces it, without a terminal. Prints what
 * a learner would see. Exit code 1 when a check fails or something is not as announced.
 */
import { Command } from 'commander';
import type { GlobalOptions } from '../globals.ts';
import { late } from '../late.ts';

export interface RunFlags extends GlobalOptions {
  readonly all?: boolean | undefined;
  readonly plain?: boolean | undefined;
}

export function runCommand(): Command {
  return new Command('run')
    .summary('do lessons without a terminal, and prove them')
    .description(
      'Does each step of the lessons as the course announces it: applies, sends the calls, answers the questions, puts in the solutions, runs the checks. Exit code 1 when a check fails or a symptom is not as announced. --plain asks you instead, line by line.',
    )
    .argument('[lessons...]', 'which ones: 3, destination-rule; with --plain one, or 3/5')
    .option('--all', 'every lesson')
    .option('--plain', 'for a person, line by line: no screen is drawn')
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor run 1 2
  istio-tutor run --all --json > report.json
  istio-tutor run --plain 3

With --json: {"provider", "ok", "seconds", "counts": {"lessons", "steps", "checks", "symptoms"},
"lessons": [{"id", "number", "title", "ok", "seconds", "steps": [{"id", "kind", "title", "ok", "seconds",
"failures", "apply"?, "curl"?, "proven"?, "checks"?}]}]}`,
    )
    .action(late(async () => (await import('../actions/run.ts')).run));
}
