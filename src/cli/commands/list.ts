/** `istio-tutor list`: the lessons and drills, their size, and how far the learner is. */
import { Command } from 'commander';
import { late } from '../late.ts';

export function listCommand(): Command {
  return new Command('list')
    .summary('list the lessons and drills')
    .description(
      'Lists the lessons: number, title, steps, minutes, how far you are and what you foresaw; and the drills.',
    )
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor list
  istio-tutor list --json | jq -r '.lessons[].id'

With --json: {"lessons": [{"id", "title", "steps", "checks", "minutes", "done", "foreseen": {"right", "asked"}, "weak": [topic]}],
  "drills": [{"id", "title", "domain", "level", "points", "minutes"}]}`,
    )
    .action(late(async () => (await import('../actions/list.ts')).listCourse));
}
