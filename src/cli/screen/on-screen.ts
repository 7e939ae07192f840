/** Hands the terminal to the screens of the lessons, which ask the rest of the program through boot.ts. */
import type { Course } from '../../course/course.ts';
import { steadyNow } from '../../shared/clock.ts';
import { userEnvironment } from '../../shared/environment.ts';
import { runTui } from '../../tui/app.tsx';
import type { GlobalOptions } from '../globals.ts';
import { bootOf } from './boot.ts';

/**
 * The screens over a course: the lessons, or the drills. Only where there is a screen to draw on. Returns when the
 * learner has quit; throws Interrupted after a signal.
 */
export async function onScreen(
  address: string | undefined,
  options: GlobalOptions,
  load: () => Promise<Course>,
): Promise<void> {
  const { color, ascii, screenReader } = options;
  await runTui({
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: userEnvironment,
    look: { color, ascii, screenReader },
    address: address ?? null,
    boot: bootOf(options, load),
    now: steadyNow,
  });
}
