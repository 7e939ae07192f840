/** What the search for a counterexample adds to a drill's checks, and what the twin costs that it needs. */
import { bringAnswer } from '../../src/author/mutation.ts';
import { search } from '../../src/counterexample/search.ts';
import { openTwin } from '../../src/counterexample/twin.ts';
import { loadDrills } from '../../src/course/load-drill.ts';
import type { StepOf } from '../../src/course/schema.ts';
import { systemClock as clock } from '../../src/shared/clock.ts';
import { packageFile } from '../../src/shared/paths.ts';
import { median } from './measure.ts';

interface Grading {
  /** Milliseconds of the search, with each drill's solution in effect: the median over all drills. */
  readonly searchMs: number;
  /** Milliseconds until a twin is ready. */
  readonly twinMs: number;
}

export async function grading(): Promise<Grading> {
  const { signal } = new AbortController();
  const world = await openTwin(signal);
  const started = performance.now();
  const twin = await openTwin(signal);
  const twinMs = performance.now() - started;
  const taken: number[] = [];
  try {
    for (const { id, lesson } of await loadDrills(packageFile('lessons'))) {
      const { solution } = lesson.steps[0] as StepOf<'fix'>;
      const answer = solution.map(file => lesson.files[file]).join('\n---\n');
      const { refusal } = await bringAnswer(lesson, 0, answer, world, { clock, signal });
      if (refusal !== null) throw new Error(`${id}: ${refusal.message}`);
      const begun = performance.now();
      const { counterexamples } = await search(lesson, 0, world, twin, { clock, signal });
      taken.push(performance.now() - begun);
      console.error(
        `  search: ${id} ${Math.round(taken.at(-1) as number)} ms, found ${counterexamples.length}`,
      );
      if (counterexamples.length > 0) throw new Error(`${id}: its solution is refused`);
    }
  } finally {
    await twin.close();
    await world.close();
  }
  return { searchMs: median(taken), twinMs };
}
