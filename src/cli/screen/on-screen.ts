/**
 * Hands the terminal to the screens, which ask the rest of the program through boot.ts. An exam has the terminal to
 * itself: the list makes room for it, and comes back when it is left; the cluster stays as it is.
 */
import { basename } from 'node:path';
import type { Course } from '../../course/course.ts';
import { steadyNow } from '../../shared/clock.ts';
import { userEnvironment } from '../../shared/environment.ts';
import { asTutorError, Interrupted } from '../../shared/errors.ts';
import { paths } from '../../shared/paths.ts';
import { runTui } from '../../tui/app.tsx';
import type { Tab } from '../../tui/screens/list/tabs.ts';
import { Ended } from '../exit.ts';
import type { GlobalOptions } from '../globals.ts';
import { bootOf, type Shelves } from './boot.ts';

interface Opening {
  readonly tab: Tab;
  /** What opens at once, as it was typed: '3/5', 'timeout-bites'; left out: the list. */
  readonly address?: string | undefined;
  /** To be read on the first screen. */
  readonly remark?: string | undefined;
}

/**
 * Only where there is a screen to draw on. `shelves` gives courses that were read already. Returns when the learner has
 * quit; throws Interrupted after a signal.
 */
export async function onScreen(
  opening: Opening,
  options: GlobalOptions,
  shelves: Partial<Shelves> = {},
): Promise<void> {
  const { color, ascii, screenReader, mouse } = options;
  const boot = bootOf(options, { ...shelvesOf(options), ...shelves });
  const show = ({ tab, address, remark }: Opening) =>
    runTui({
      stdin: process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
      env: userEnvironment,
      look: { color, ascii, screenReader },
      mouse,
      ...{ tab, address: address ?? null, remark, boot },
      kubeconfigFor: shellKubeconfig(options),
      now: steadyNow,
    });
  let next = await show(opening);
  while (next === 'exam') next = await show({ tab: 'exam', remark: await takeExam(options) });
}

/** kubectl in a shell of ours means the learner's namespace; no kubeconfig of the user's is written for that. */
function shellKubeconfig({ state }: GlobalOptions): (path: string, namespace: string) => Promise<string> {
  return async (from, namespace) => {
    const { copyKubeconfig } = await import('../../cluster/namespaced-kubeconfig.ts');
    const path = paths(state).kubeconfig(`${basename(from, '.kubeconfig')}-shell`);
    copyKubeconfig(path, from, namespace);
    return path;
  };
}

function shelvesOf(options: GlobalOptions): Shelves {
  const open = () => import('../open/course.ts');
  const [lessons, drills] = [
    async (): Promise<Course> => (await open()).openCourse(options),
    async (): Promise<Course> => (await open()).openDrills(options),
  ];
  const playground = async (): Promise<Course> =>
    (await (await import('../open/playground.ts')).openPlayground(options)).course;
  return { lessons, drills, playground };
}

/** Begins an exam, or goes on with the one that is under way. What stood in the way, for the list to say. */
async function takeExam(options: GlobalOptions): Promise<string | undefined> {
  const { takeExam: take } = await import('../actions/exam/take.ts');
  try {
    await take(options);
  } catch (error) {
    // One that was not passed, or not wholly graded: its report has been on the screen.
    if (error instanceof Ended) return undefined;
    const known = asTutorError(error);
    if (known instanceof Interrupted) throw error;
    const { what, why = '' } = known.problem;
    return `${what} ${why}`.trim();
  }
  return undefined;
}
