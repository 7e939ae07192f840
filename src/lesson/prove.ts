/**
 * Proves many lessons and drills, side by side in worlds of their own: each worker takes the next one when it is
 * through. The gate (gate.ts) says what holds for one.
 */
import type { Clock } from '../shared/clock.ts';
import type { WorldNames } from '../world/names.ts';
import type { Lesson } from './course.ts';
import { type GateReport, gate } from './gate.ts';
import type { Mesh } from './mesh.ts';
import { readyLesson } from './ready-lesson.ts';

/** A world that nobody else uses meanwhile. */
export interface Worker {
  readonly mesh: Mesh;
  readonly names: WorldNames;
}

export interface Proof extends GateReport {
  readonly of: Lesson;
}

export interface ProveOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Told when one is begun, and when it is through. */
  readonly onBegin?: (lesson: Lesson) => void;
  readonly onDone?: (proof: Proof) => void;
}

/** The proofs, in the order of `lessons`. Throws what a cluster that is gone throws. */
export async function prove(
  workers: readonly Worker[],
  lessons: readonly Lesson[],
  options: ProveOptions,
): Promise<readonly Proof[]> {
  const { clock, signal, onBegin, onDone } = options;
  // The long ones first: or one of them would be alone at the end.
  const queue = [...lessons].sort((a, b) => weight(b) - weight(a));
  const proofs = new Map<Lesson, Proof>();
  const work = async ({ mesh, names }: Worker) => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      signal?.throwIfAborted();
      onBegin?.(next);
      const lesson = readyLesson(next, names, mesh.placeholders);
      const stage = { mesh, clock, lesson, namespace: names.mesh, ...(signal ? { signal } : {}) };
      const proof = { ...(await gate(stage)), of: next };
      proofs.set(next, proof);
      onDone?.(proof);
    }
  };
  await Promise.all(workers.map(work));
  return lessons.flatMap(lesson => proofs.get(lesson) ?? []);
}

function weight(lesson: Lesson): number {
  return lesson.minutes + 10 * lesson.steps.length;
}
