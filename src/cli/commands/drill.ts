/**
 * `istio-tutor drill [NAME]`: one thing to put right, in the screens of the lessons or by kubectl from another
 * terminal. Hints cost nothing here; the clock and the score are the exam's.
 */
import { Command } from 'commander';
import type { GlobalOptions } from '../globals.ts';
import { late } from '../late.ts';

export interface DrillFlags extends GlobalOptions {
  readonly list?: boolean | undefined;
}

export function drillCommand(): Command {
  return new Command('drill')
    .summary('practise one thing to put right')
    .description(
      'Opens the drills: each is one thing that is broken or missing, with checks that look at what calls do and\nnever at your YAML. Edit the files (saving checks again) or use kubectl from another terminal; whatever works is\nright. Hints cost nothing. `istio-tutor exam` draws from the same drills, with a clock and without hints.',
    )
    .argument('[name]', 'which one: timeout-bites, or its number')
    .option('--list', 'list them, with domain, level, points and minutes')
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor drill                    choose one
  istio-tutor drill timeout-bites
  istio-tutor drill --list
  istio-tutor drill --list --json | jq -r '.drills[] | select(.level == "hard").id'

With --list --json: {"drills": [{"id", "number", "title", "domain", "level", "points", "minutes", "done"}]}`,
    )
    .action(late(async () => (await import('../actions/drill.ts')).playDrill));
}
