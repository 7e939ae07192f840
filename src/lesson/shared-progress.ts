/**
 * A learner's progress, kept in their own data folder and shown in their own namespace as well, for the instructor's
 * board. The board is a courtesy: a cluster that refuses it changes nothing for the learner.
 */
import type { Course, Lesson } from '../course/course.ts';
import type { Kube } from '../kube/client.ts';
import { log } from '../shared/log.ts';
import { type LearnerProgress, readProgress, writeProgress } from '../workshop/learner-maps.ts';
import type { WorldNames } from '../world/names.ts';
import type { ProgressStore } from './progress.ts';

export interface Board {
  readonly course: Course;
  readonly names: WorldNames;
  connect(): Promise<Kube>;
  now(): Date;
}

/** The same store; every save goes to the board as well, one after another. */
export function sharedProgress(store: ProgressStore, board: Board): ProgressStore {
  let telling: Promise<void> = Promise.resolve();
  const tell = async (lesson: string) => {
    const kube = await board.connect();
    const before = await readProgress(kube, board.names);
    await writeProgress(kube, board.names, progressOf(store, lesson, board, before));
  };
  return {
    ...store,
    async put(lesson, record) {
      await store.put(lesson, record);
      telling = telling.then(() => tell(lesson)).catch(error => log('board', (error as Error).message));
    },
  };
}

/**
 * Lessons and drills are two courses, each with its progress: what this one does not know stays on the board as it is.
 */
function progressOf(
  store: ProgressStore,
  at: string,
  { course, now }: Board,
  before: LearnerProgress | null,
): LearnerProgress {
  const kind = course.lessons.some(each => each.drill !== undefined) ? 'drill' : 'lesson';
  const doneOf = ({ id, steps }: Lesson) => {
    const known = store.get(id)?.done ?? [];
    return steps.filter(step => known.includes(step.id)).length;
  };
  const done = course.lessons.filter(each => doneOf(each) === each.steps.length).map(each => each.id);
  const steps = course.lessons.reduce((sum, each) => sum + doneOf(each), 0);
  const others = { lessons: before?.lessons ?? [], drills: before?.drills ?? [], steps: before?.steps ?? 0 };
  const own = kind === 'drill' ? { ...others, drills: done } : { ...others, lessons: done, steps };
  return { kind, at, step: store.get(at)?.at ?? '', ...own, updated: now().toISOString() };
}
