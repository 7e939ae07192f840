import { type Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { globals } from '../../src/cli/globals.ts';
import { checkLessonArgument } from '../../src/cli/lesson-argument.ts';
import { buildProgram, usageError } from '../../src/cli/program.ts';
import { type Problem, TutorError } from '../../src/shared/errors.ts';

/** Parses as main.ts does and hands back the problem that came of it. */
async function problemOf(...argv: string[]): Promise<Problem | null> {
  const program = buildProgram(async (lesson, _flags, command) => {
    globals(command as Command);
    if (typeof lesson === 'string')
      checkLessonArgument(
        lesson,
        (command as Command).commands.map(each => each.name()),
      );
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return null;
  } catch (error) {
    if (error instanceof CommanderError) return usageError(error, argv, program)?.problem ?? null;
    if (error instanceof TutorError) return error.problem;
    throw error;
  }
}

describe('wrong usage', () => {
  it.each([
    [['up', '--nmae', 'x'], "Unknown option '--nmae'.", 'istio-tutor up --help'],
    [
      ['up', 'extra'],
      "Too many arguments for 'up'. Expected 0 arguments but got 1.",
      'istio-tutor up --help',
    ],
    [
      ['reference', 'virtualservce'],
      'There is no page about "virtualservce".',
      'istio-tutor reference VirtualService',
    ],
    [['workshop'], 'Which one: up, status, report or down?', 'istio-tutor workshop --help'],
    [['help', 'nope'], 'There is no command "nope".', 'istio-tutor --help'],
    [
      ['workshop', 'up'],
      "Required option '--learners <NAMES>' not specified.",
      'istio-tutor workshop up --help',
    ],
    [['--on'], "Option '--on <PROVIDER>' argument missing.", 'istio-tutor --help'],
    [['up', '--name', 'A_b'], '--name "A_b" cannot be used as a name.', '--name a-b'],
    [['up', '--learner', 'Ana!'], '--learner "Ana!" cannot be used as a name.', '--learner ana'],
    [['up', '--on', 'moon'], '--on moon is not a place where istio-tutor can run.', '--on sandbox'],
    [
      ['up', '--istio-file', '/no/such'],
      '--istio-file /no/such cannot be read.',
      '--istio-file takes a file',
    ],
    [
      ['up', '--on', 'context', '--name', 'x'],
      '--name is for clusters that istio-tutor makes, and --on context is not one.',
      'leave --name out',
    ],
    [
      ['run', '1', '--transcript', 't.md'],
      '--transcript writes down lessons and drills, and nothing of istio-tutor run.',
      'leave --transcript out',
    ],
    [['--transcript', 't.md', 'exam'], '--transcript writes down lessons and drills', 'leave --transcript'],
    [['up', '--prefix', 'A'], '--prefix "A" cannot stand in front', '--prefix team1-'],
  ])('%j names what is wrong', async (argv, what, next) => {
    const problem = await problemOf(...argv);
    expect(problem?.what).toContain(what);
    expect(problem?.next[0]).toContain(next);
  });

  it('suggests the command that was meant', async () => {
    expect(await problemOf('stauts')).toMatchObject({
      what: '"stauts" is neither a command nor a lesson.',
      why: 'Did you mean status?',
    });
  });

  it.each([
    [['lesson', '3'], 'There is no command "lesson".', 'istio-tutor 3'],
    [['--on', 'sandbox', 'lessons', '3/5'], 'There is no command "lessons".', 'istio-tutor 3/5'],
    [['dril', 'double-wrap'], 'There is no command "dril".', 'istio-tutor drill double-wrap'],
  ])('%j says what was meant', async (argv, what, next) => {
    expect(await problemOf(...argv)).toMatchObject({ what, next: [next] });
  });

  it('takes a number and a step for a lesson', async () => {
    expect(await problemOf('3')).toBeNull();
    expect(await problemOf('3/5')).toBeNull();
  });
});

describe('help', () => {
  const program = buildProgram(async () => {});

  it.each(program.commands.map(command => command.name()))('of %s has examples', name => {
    let help = '';
    const command = program.commands.find(each => each.name() === name);
    command?.configureOutput({ writeOut: text => (help += text) });
    command?.outputHelp();
    expect(help).toContain('Examples:');
    expect(help).toContain('--json');
  });
});
