/**
 * argv -> command. The only place that sets the process's exit code: 0 done, 1 a check failed, 2 wrong
 * usage or bad input, 3 a tool or the cluster is missing or broken, 130 interrupted, 141 nobody reads the
 * output any more. Errors are drawn here, for people on stderr, with --json as one document on stdout.
 */
import { type Command, CommanderError } from 'commander';
import { Ended } from './cli/exit.ts';
import { globals, onSecondInterrupt } from './cli/globals.ts';
import { exitCodeOf, isOutputLost, watchOutput } from './cli/output.ts';
import { problemJson, problemText } from './cli/plain-reporter.ts';
import { buildProgram, usageError } from './cli/program.ts';
import { asTutorError, type TutorError } from './shared/errors.ts';
import { setLogSink } from './shared/log.ts';

/** No command: the lessons, once it is clear that the word is not a mistyped command. */
async function lessons(lesson: string | undefined, command: Command): Promise<void> {
  if (lesson !== undefined) {
    const { checkLessonArgument } = await import('./cli/lesson-argument.ts');
    const names = command.commands.map(candidate => candidate.name());
    checkLessonArgument(lesson, names, globals(command).course);
  }
  const { openLessons } = await import('./cli/tui.ts');
  await openLessons(lesson, command);
}

async function main(argv: readonly string[]): Promise<number> {
  const program = buildProgram(lessons);
  // Read by hand: they decide how errors are drawn, and an error may be that the rest cannot be read.
  const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  const verbose = own.includes('--verbose');
  if (verbose) setLogSink(line => process.stderr.write(`${line}\n`));
  onSecondInterrupt(() => process.exit(130));
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (thrown) {
    if (isOutputLost()) return 0;
    if (thrown instanceof Ended) return thrown.exitCode;
    const wrongUsage = thrown instanceof CommanderError;
    const error = wrongUsage ? usageError(thrown, argv, program) : asTutorError(thrown);
    if (error === null) return 0;
    if (own.includes('--json')) process.stdout.write(problemJson(error));
    else drawForPeople(error, own);
    return error.exitCode;
  }
}

function drawForPeople(error: TutorError, own: readonly string[]): void {
  const color = process.stderr.isTTY === true && !own.includes('--no-color') && !process.env.NO_COLOR;
  const look = { color, ascii: own.includes('--ascii') };
  process.stderr.write(problemText(error, look, own.includes('--verbose')));
}

watchOutput();
const argv = process.argv.slice(2);
const exitCode = await main(argv);
// Connections that are kept alive would hold the process for seconds; what was written is let out first, and an error
// of the last write is told a moment after it.
const leave = () => process.exit(exitCodeOf(exitCode, error => drawForPeople(error, argv)));
if (process.stdout.writableLength === 0) setImmediate(leave);
else process.stdout.write('', () => setImmediate(leave));
