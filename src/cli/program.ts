/**
 * The command line as commander sees it: every command's shape, the global options, the help. A command's
 * file has its shape alone; its work is loaded when it is called (late.ts), so that `--help` stays quick.
 */
import { Command, type CommanderError, Option } from 'commander';
import { nearest } from '../course/address.ts';
import { UserError } from '../shared/errors.ts';
import { shellLine } from '../shared/shell.ts';
import { analyzeCommand } from './commands/analyze.ts';
import { checkCommand } from './commands/check.ts';
import { completionCommand } from './commands/completion.ts';
import { doctorCommand } from './commands/doctor.ts';
import { downCommand } from './commands/down.ts';
import { drillCommand } from './commands/drill.ts';
import { examCommand } from './commands/exam.ts';
import { historyCommand } from './commands/history.ts';
import { imagesCommand } from './commands/images.ts';
import { kubeconfigCommand } from './commands/kubeconfig.ts';
import { listCommand } from './commands/list.ts';
import { newCommand } from './commands/new.ts';
import { planCommand } from './commands/plan.ts';
import { playCommand } from './commands/play.ts';
import { probeCommand } from './commands/probe.ts';
import { referenceCommand } from './commands/reference.ts';
import { resetCommand } from './commands/reset.ts';
import { runCommand } from './commands/run.ts';
import { sandboxCommand } from './commands/sandbox.ts';
import { statusCommand } from './commands/status.ts';
import { testCommand } from './commands/test.ts';
import { traceCommand } from './commands/trace.ts';
import { upCommand } from './commands/up.ts';
import { printVersion, versionCommand } from './commands/version.ts';
import { workshopCommand } from './commands/workshop.ts';
import { Ended } from './exit.ts';
import { fitHelp, helpWidth } from './help-text.ts';
import { stdout } from './print/out.ts';

/** In the order of the help. */
const COMMANDS = [
  upCommand,
  downCommand,
  statusCommand,
  kubeconfigCommand,
  doctorCommand,
  listCommand,
  runCommand,
  drillCommand,
  examCommand,
  playCommand,
  historyCommand,
  workshopCommand,
  imagesCommand,
  checkCommand,
  newCommand,
  resetCommand,
  probeCommand,
  traceCommand,
  planCommand,
  analyzeCommand,
  referenceCommand,
  testCommand,
  sandboxCommand,
  completionCommand,
  versionCommand,
];

/** The whole program. Parsing throws UserErrors, Ended and what the commands throw; it never exits. */
export function buildProgram(openLessons: (...given: unknown[]) => Promise<void>): Command {
  const program = new Command('istio-tutor')
    .usage('[LESSON[/STEP]] | COMMAND [options]')
    .description('What a mesh does with a call to the outside, step by step, in a sandbox or on real Istio.')
    .argument('[lesson]', 'the lesson to open: 3, or 3/5 for its fifth step')
    .option('--on <PROVIDER>', 'where the mesh runs: sandbox, kind, context, context=NAME')
    .option('--json', 'one JSON document on stdout; progress goes to stderr')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .option('--ascii', 'no characters beyond ASCII; so with LC_ALL=C')
    .option('--no-mouse', 'leave the mouse to the terminal (ISTIO_TUTOR_NO_MOUSE does the same)')
    .option('--screen-reader', 'plain lines in place of drawings, for screen readers')
    .option('--verbose', 'show every external command and its output')
    .option('--learner <NAME>', "a world of one's own in a shared cluster")
    .option('--prefix <TEXT>', "in front of our namespaces' names")
    .option('--name <NAME>', "the kind cluster's name (istio-tutor)")
    .option('--work <DIR>', 'the folder for your manifests (~/istio-tutor)')
    .option('--transcript <FILE>', 'write down what you do in lessons and drills, as Markdown')
    .option('--state <DIR>', 'the folder for our own data')
    .option('--course <DIR>', 'the folder of another course')
    .addOption(new Option('--lessons <DIR>', 'the same as --course').hideHelp())
    .option('-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this')
    .helpCommand('help [command]', 'show the help of a command')
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor                   open the lessons
  istio-tutor --on sandbox      ... in the embedded mesh, which needs nothing else
  istio-tutor up                make a real cluster with kind (about 90 s)
  istio-tutor doctor            what that needs, and what is missing here
  istio-tutor 3/5               lesson 3, at its fifth step
  istio-tutor run --all         every lesson without a terminal
  istio-tutor drill             one thing to put right, as in an exam
  istio-tutor exam              questions against a clock, with a score
  istio-tutor play              your own YAML and calls, in an empty mesh

Exit codes: 0 done, 1 a check failed, 2 wrong usage or bad input, 3 a tool or the cluster is missing or
broken, 130 interrupted.`,
    )
    .hook('preAction', async (_program, command) => {
      if (program.opts<{ version?: boolean }>().version !== true) return;
      await printVersion(command);
      throw new Ended(0);
    })
    .hook('preAction', (_program, command) => mustWriteDown(command))
    .action(openLessons);

  for (const make of COMMANDS) program.addCommand(make());
  const width = helpWidth(stdout.columns);
  for (const command of [program, ...program.commands, ...program.commands.flatMap(each => each.commands)]) {
    command
      .exitOverride()
      .configureOutput({ writeOut: text => stdout.write(fitHelp(text, width)), writeErr: () => {} })
      .showSuggestionAfterError(true)
      .configureHelp({
        showGlobalOptions: true,
        helpWidth: width,
        optionTerm: option => option.flags.replace(/[<>]/g, ''),
      });
  }
  return program;
}

/** An option that would be taken and do nothing is refused: whoever gives it counts on the file. */
function mustWriteDown(command: Command): void {
  const { transcript, plain } = command.optsWithGlobals<{ transcript?: string; plain?: boolean }>();
  const name = command.name();
  if (transcript === undefined || command.parent === null || name === 'drill') return;
  if (name === 'run' && plain === true) return;
  throw new UserError({
    what: `--transcript writes down lessons and drills, and nothing of istio-tutor ${name}.`,
    next: ['leave --transcript out', 'istio-tutor run --plain 2 --transcript ./transcript.md'],
  });
}

/** Commander's complaint as an error of ours; null for its quiet ways to end (help was shown). */
export function usageError(
  error: CommanderError,
  argv: readonly string[],
  program: Command,
): UserError | null {
  if (error.exitCode === 0) return null;
  const path = pathOf(argv, program);
  const help = `istio-tutor ${path.map(each => `${each.name()} `).join('')}--help`;
  if (error.code === 'commander.help') return new UserError({ what: whichCommand(argv, path), next: [help] });
  const meant =
    error.code === 'commander.excessArguments' && path.length === 0 ? meantBy(argv, program) : null;
  if (meant !== null) return meant;
  const [first = 'Wrong usage.', ...rest] = error.message.replace(/^error: /, '').split('\n');
  return new UserError({
    what: `${first.charAt(0).toUpperCase()}${first.slice(1)}${/[.?!]$/.test(first) ? '' : '.'}`,
    why: rest.length > 0 ? rest.join(' ').replace(/^\(|\)$/g, '') : undefined,
    next: [help],
  });
}

/** `istio-tutor lesson 3`: a lesson has no command of its own. Also a command that was mistyped before its arguments. */
function meantBy(argv: readonly string[], program: Command): UserError | null {
  const [first = '', ...rest] = positional(argv, program);
  const isLesson = /^lessons?$/.test(first);
  const near = isLesson
    ? null
    : nearest(
        first,
        program.commands.map(each => each.name()),
      );
  if (!isLesson && near === null) return null;
  const line = shellLine(['istio-tutor', ...(near === null ? [] : [near]), ...rest]);
  return new UserError({
    what: `There is no command ${JSON.stringify(first)}.`,
    why: isLesson ? 'A lesson is opened by its number or its name alone.' : `Did you mean ${near}?`,
    next: [line],
  });
}

/** What is neither an option nor the value of one. */
function positional(argv: readonly string[], program: Command): string[] {
  return argv.filter((word, at) => {
    const before = argv.slice(0, at).at(-1);
    const option = program.options.find(
      each => before !== undefined && [each.long, each.short].includes(before),
    );
    return !word.startsWith('-') && option?.required !== true;
  });
}

/** The commands that the arguments name, the outer one first: workshop, up. */
function pathOf(argv: readonly string[], program: Command): Command[] {
  const path: Command[] = [];
  let isValue = false;
  for (const word of argv) {
    const options = [program, ...path].flatMap(each => each.options);
    const option = options.find(each => each.long === word || each.short === word);
    const next = (path.at(-1) ?? program).commands.find(each => each.name() === word);
    if (next !== undefined && !isValue) path.push(next);
    isValue = option?.required === true;
  }
  return path;
}

/** Commander shows help here, and says nothing of why: a command of commands alone, or help for one that is not there. */
function whichCommand(argv: readonly string[], path: readonly Command[]): string {
  const names = path.at(-1)?.commands.map(each => each.name()) ?? [];
  if (argv.includes('help')) return `There is no command "${argv.at(argv.indexOf('help') + 1) ?? ''}".`;
  return `Which one: ${names.slice(0, -1).join(', ')} or ${names.at(-1)}?`;
}
