/** No command: the lessons on a terminal; without one, in plain mode. */
import type { Command } from 'commander';
import { UserError } from '../../shared/errors.ts';
import type { GlobalOptions } from '../globals.ts';
import { checkLessonArgument } from '../lesson-argument.ts';
import { stderr } from '../print/out.ts';
import { hasScreen } from '../screen/has-screen.ts';

export async function lessons(
  address: string | undefined,
  options: GlobalOptions,
  program: Command,
): Promise<void> {
  if (address !== undefined) {
    const commands = program.commands.map(each => each.name());
    checkLessonArgument(address, commands, options.course);
  }
  if (options.json)
    throw new UserError({
      what: 'The lessons have no JSON form.',
      next: ['istio-tutor list --json', 'istio-tutor run --all --json'],
    });
  if (hasScreen()) {
    // The first frame waits for Ink alone; the course is read while it is drawn.
    const { onScreen } = await import('../screen/on-screen.ts');
    return onScreen({ tab: 'lessons', address }, options);
  }
  stderr.write('No terminal to draw on: this is plain mode, as `istio-tutor run --plain`.\n');
  const [{ openCourse }, { playPlain }] = await Promise.all([
    import('../open/course.ts'),
    import('../plain/play.ts'),
  ]);
  await playPlain(await openCourse(options), address, options);
}
