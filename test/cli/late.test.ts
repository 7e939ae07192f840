import { Command } from 'commander';
import { expect, it } from 'vitest';
import { late } from '../../src/cli/late.ts';
import { UserError } from '../../src/shared/errors.ts';

/** A program with one command, and what its work was given. */
async function given(...argv: string[]): Promise<unknown[]> {
  let seen: unknown[] = [];
  const work = (...all: unknown[]) => {
    seen = all;
  };
  const program = new Command('tutor').option('--json').option('--learner <NAME>');
  program
    .command('move')
    .argument('<from>')
    .argument('[to]')
    .option('--port <N>')
    .action(late(async () => work));
  await program.parseAsync(argv, { from: 'user' });
  return seen;
}

it("hands on every argument, then a command's own options with the global ones, then the command", async () => {
  const [from, to, options, command] = await given('--json', 'move', 'a', '--port', '80', '--learner', 'ana');
  expect([from, to]).toEqual(['a', undefined]);
  expect(options).toMatchObject({ port: '80', json: true, learner: 'ana', verbose: false });
  expect((command as Command).name()).toBe('move');
});

it('refuses wrong global options before it loads anything', async () => {
  const program = new Command('tutor').option('--learner <NAME>').action(
    late(() => {
      throw new Error('loaded');
    }),
  );
  await expect(program.parseAsync(['--learner', 'A!'], { from: 'user' })).rejects.toBeInstanceOf(UserError);
});
