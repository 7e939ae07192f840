/** The gate over the whole course in the sandbox: the same lesson files that it passes on kind. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gate } from '../../src/author/gate.ts';
import { loadCourse } from '../../src/course/load.ts';
import { readyLesson } from '../../src/course/ready-lesson.ts';
import { connectMesh } from '../../src/lesson/connect-mesh.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { packageFile } from '../../src/shared/paths.ts';
import { type SandboxWorld, sandboxWorld } from '../support/sandbox-world.ts';
import { HELD } from './held.ts';

const course = await loadCourse(packageFile('lessons'));
let played = 0;

// A world each, side by side: most of the time is waiting, for ejections to end and for calls that must time out.
describe.concurrent('the gate in the sandbox', { timeout: 900_000 }, () => {
  const worlds: SandboxWorld[] = [];
  beforeAll(async () => {
    for (const _ of course.lessons) worlds.push(await sandboxWorld());
  }, 60_000);
  afterAll(async () => {
    for (const world of worlds) await world.end();
    expect(played).toBe(8);
  });

  it.each(course.lessons.map((lesson, at) => [lesson.number, lesson.id, at] as const))(
    'passes lesson %i, %s',
    async (_number, _id, at) => {
      const [lesson, world] = [course.lessons[at], worlds[at]];
      if (lesson === undefined || world === undefined) throw new Error('no lesson, or no world');
      const { kube, names } = world;
      const mesh = await connectMesh(kube, { names, provider: 'sandbox', clock: systemClock });
      const ready = readyLesson(lesson, names, mesh.placeholders);
      const report = await gate({ mesh, clock: systemClock, lesson: ready, namespace: names.mesh });
      mesh.close();
      played++;
      expect(report.failures).toEqual([]);
      expect(report.counts).toEqual(HELD[lesson.id]);
    },
  );
});
