/** `istio-tutor new lesson|drill NAME`: a working skeleton in a course folder, and its line in course.yaml. */
import { Command } from 'commander';
import { late } from '../late.ts';

export function newCommand(): Command {
  return new Command('new')
    .summary('begin a lesson or a drill')
    .description(
      'Writes a skeleton that works as it is, so that you change one thing at a time and `istio-tutor check` tells\nwhat broke. It goes into the course of --course, else the one of this folder (./course.yaml or\n./lessons/course.yaml), else a new course is begun here.',
    )
    .argument('<what>', 'lesson or drill')
    .argument('<name>', 'small letters, digits and dashes: two-doors')
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor new lesson two-doors
  istio-tutor new drill lost-header --course ../my-course

With --json: {"course", "folder", "files": []}`,
    )
    .action(late(async () => (await import('../actions/new.ts')).newLesson));
}
