/**
 * `istio-tutor exam`: questions drawn from the drills, against one clock, on a screen or line by line; its report; grading
 * again what could not be checked; and giving one up.
 */
import { Command } from 'commander';
import type { GlobalOptions } from '../globals.ts';
import { late } from '../late.ts';

export interface ExamFlags extends GlobalOptions {
  readonly drills?: string | undefined;
  readonly minutes?: string | undefined;
  readonly seed?: string | undefined;
  readonly pass?: string | undefined;
  readonly candidate?: string | undefined;
  readonly training?: boolean | undefined;
  readonly plain?: boolean | undefined;
  readonly report?: boolean | undefined;
  readonly recheck?: boolean | undefined;
  readonly discard?: boolean | undefined;
  readonly junit?: string | undefined;
}

export function examCommand(): Command {
  return new Command('exam')
    .summary('questions against a clock, with a score')
    .description(
      'Draws drills over all domains and levels, each in namespaces of its own, and runs one clock. Any order, no\nhints, no verdicts until the end, when every check is made on what is then in effect. Answer with the files or with\nkubectl from another terminal. Whatever ends the program stops the clock; the same command goes on, and the pause is\ncounted and shown.',
    )
    .option('--drills <N>', 'so many questions (15)')
    .option('--minutes <M>', 'working time (120)')
    .option('--seed <S>', 'draws the same questions again')
    .option('--pass <P>', 'percent that pass (68)')
    .option('--candidate <NAME>', 'who takes it, for the reports')
    .option('--training', 'shows verdicts after each change')
    .option('--plain', 'line by line')
    .option('--report', 'the report of the last exam; with --json as data')
    .option('--recheck', 'grades what could not be checked, as it was at the end')
    .option('--junit <FILE>', 'writes the report as JUnit XML, too')
    .option('--discard', 'gives the exam up and removes its namespaces')
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor exam                                    15 questions, 120 minutes, 68 % pass
  istio-tutor exam --drills 5 --minutes 40 --training
  istio-tutor exam --seed room-7 --on kind            the same questions for everybody with this seed
  istio-tutor exam --report > report.md
  istio-tutor exam --report --json | jq .percent

With --report --json: schemas/exam-report.json describes it. Exit code of --report: 0 passed, 1 not passed, 3 not
scored.`,
    )
    .action(late(async () => (await import('../actions/exam.ts')).exam));
}
