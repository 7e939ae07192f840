/**
 * argv -> command. The only place that sets the process's exit code: 0 done, 1 a check failed, 2 wrong
 * usage or bad input, 3 a tool or the cluster is missing or broken, 130 interrupted, 141 nobody reads the
 * output any more. Errors are drawn here, for people on stderr, with --json as one document on stdout.
 */
import { CommanderError } from 'commander';
import { isAsciiLocale } from './cli/ascii-locale.ts';
import { Ended } from './cli/exit.ts';
import { late } from './cli/late.ts';
import { stderr, stdout } from './cli/print/out.ts';
import { problemJson, problemText } from './cli/print/problem.ts';
import { catchCrashes, crashed } from './cli/process/crash.ts';
import { dieAtExit, guardProcess } from './cli/process/guard.ts';
import { deadlySignal, onSecondInterrupt } from './cli/process/interrupt.ts';
import { exitCodeOf, isOutputLost, watchOutput } from './cli/process/lost-output.ts';
import { buildProgram, usageError } from './cli/program.ts';
import { keepFromLibraries } from './shared/environment.ts';
import { asTutorError, Interrupted, type TutorError } from './shared/errors.ts';
import { setLogSink } from './shared/log.ts';

const argv = process.argv.slice(2);
// Read by hand: they decide how errors are drawn, and an error may be that the rest cannot be read.
const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
const verbose = own.includes('--verbose');

/** Draws an error and returns the exit code that goes with it. */
function drawn(error: TutorError): number {
  if (own.includes('--json')) stdout.write(problemJson(error));
  else drawForPeople(error);
  return error.exitCode;
}

function drawForPeople(error: TutorError): void {
  const color = stderr.isTTY && !own.includes('--no-color') && !process.env.NO_COLOR;
  const look = { color, ascii: own.includes('--ascii') || isAsciiLocale(process.env) };
  stderr.write(problemText(error, look, verbose, process.stderr.columns));
}

let diesOf: NodeJS.Signals | undefined;

async function main(): Promise<number> {
  const program = buildProgram(late(async () => (await import('./cli/actions/lessons.ts')).lessons));
  if (verbose) setLogSink(line => stderr.write(`${line}\n`));
  onSecondInterrupt(() => process.exit(130));
  catchCrashes(error => process.exit(drawn(error)));
  try {
    await program.parseAsync([...argv], { from: 'user' });
    const crash = crashed();
    return crash === null ? 0 : drawn(crash);
  } catch (thrown) {
    if (isOutputLost()) return 0;
    const crash = crashed();
    if (crash !== null) return drawn(crash);
    if (thrown instanceof Ended) return thrown.exitCode;
    const wrongUsage = thrown instanceof CommanderError;
    const error = wrongUsage ? usageError(thrown, argv, program) : asTutorError(thrown);
    if (error === null) return 0;
    if (error instanceof Interrupted) diesOf = error.signal;
    return drawn(error);
  }
}

keepFromLibraries();
guardProcess();
watchOutput();
const exitCode = await main();
// Connections that are kept alive would hold the process for seconds; what was written is let out first, and an error
// of the last write is told a moment after it.
const leave = () => {
  const signal = diesOf ?? deadlySignal();
  if (signal !== undefined) dieAtExit(signal);
  process.exit(exitCodeOf(exitCode, drawForPeople));
};
if (process.stdout.writableLength === 0) setImmediate(leave);
else process.stdout.write('', () => setImmediate(leave));
