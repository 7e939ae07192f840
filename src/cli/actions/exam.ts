/**
 * `istio-tutor exam`: questions drawn from the drills against one clock, in a screen or line by line; its report; what
 * of it can be checked again; and how to get rid of one.
 */
import { Command } from 'commander';
import type { ExamReport } from '../../exam/report-schema.ts';
import { UserError } from '../../shared/errors.ts';
import { Ended } from '../exit.ts';
import { type GlobalOptions, globals, wantsScreenReader } from '../globals.ts';
import { printJson, stdout } from '../print/out.ts';

export interface ExamFlags {
  readonly drills?: string;
  readonly minutes?: string;
  readonly seed?: string;
  readonly pass?: string;
  readonly training?: boolean;
  readonly plain?: boolean;
  readonly report?: boolean;
  readonly recheck?: boolean;
  readonly discard?: boolean;
  readonly junit?: string;
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
    .action(async (flags: ExamFlags, command: Command) => {
      const options = globals(command);
      checkExclusive(flags);
      if (flags.junit !== undefined) await (await import('../junit-file.ts')).checkJunit(flags.junit);
      if (flags.discard === true) return (await import('./exam/discard.ts')).discardExam(options);
      if (flags.report === true) return showReport(flags, options);
      if (options.json) {
        throw new UserError({
          what: 'An exam has no JSON form; its report has.',
          next: ['istio-tutor exam --report --json'],
        });
      }
      const { takeExam } = await import('./exam/take.ts');
      const plain = flags.plain === true || wantsScreenReader(command);
      await takeExam(flags, options, plain);
    });
}

function checkExclusive(flags: ExamFlags): void {
  const given = (['report', 'recheck', 'discard'] as const).filter(each => flags[each] === true);
  if (given.length < 2) return;
  throw new UserError({
    what: `${given.map(each => `--${each}`).join(' and ')} cannot be used together.`,
    next: given.map(each => `istio-tutor exam --${each}`),
  });
}

async function showReport(flags: ExamFlags, options: GlobalOptions): Promise<void> {
  const [{ readExam }, { paths }] = await Promise.all([
    import('../../exam/exam-state.ts'),
    import('../../shared/paths.ts'),
  ]);
  const report = (await readExam(paths(options.state).exam))?.report;
  if (report === undefined) {
    throw new UserError({
      what: 'No exam has been finished here.',
      next: ['istio-tutor exam', 'istio-tutor history'],
    });
  }
  if (flags.junit !== undefined) await writeJunit(flags.junit, report);
  if (options.json) printJson(report);
  else {
    const { reportMarkdown } = await import('../../exam/report-markdown.ts');
    stdout.write(reportMarkdown(report));
  }
  const exit = exitOf(report);
  if (exit !== 0) throw new Ended(exit);
}

export function exitOf({ passed }: ExamReport): 0 | 1 | 3 {
  return passed === null ? 3 : passed ? 0 : 1;
}

/** Throws a UserError where something else lies there, or nothing can be written. */
export async function writeJunit(path: string, report: ExamReport): Promise<void> {
  const [{ reportJunit }, file] = await Promise.all([
    import('../../exam/report-junit.ts'),
    import('../junit-file.ts'),
  ]);
  await file.writeJunit(path, reportJunit(report));
}
