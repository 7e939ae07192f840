import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCourse } from '../../src/course/load.ts';
import { loadDrillCourse } from '../../src/course/load-drill.ts';
import { readyLesson } from '../../src/course/ready-lesson.ts';
import { worldNames } from '../../src/world/names.ts';

const folder = join(import.meta.dirname, '../../lessons');
const course = await loadCourse(folder);
const { lessons: drills } = await loadDrillCourse(folder);
const names = worldNames();
const placeholders = {
  stableIP: '10.0.0.1',
  canaryIP: '10.0.0.2',
  payIP: '10.0.0.3',
  catalogIP: '10.0.0.4',
  mesh: names.mesh,
  outside: names.outside,
};

/** What is shown of a step before anything is sent. */
function shown(step: ReturnType<typeof readyLesson>['steps'][number]): unknown {
  switch (step.kind) {
    case 'predict':
    case 'probe':
      return step.call.curl;
    case 'fix':
      return [step.task, step.hints, step.checks.map(check => [check.title, check.call.curl])];
    default:
      return null;
  }
}

describe('what a learner reads, and what is expected', () => {
  it.each([...course.lessons, ...drills].map(each => [each.id, each] as const))(
    'has no placeholder left in %s',
    (_, lesson) => {
      const { steps } = readyLesson(lesson, names, placeholders);
      expect(JSON.stringify(steps)).not.toContain('{{');
    },
  );

  it('names the address that a call goes to', () => {
    const second = course.lessons.find(lesson => lesson.id === 'service-entry');
    const calls = second && readyLesson(second, names, placeholders).steps.map(shown);
    expect(JSON.stringify(calls)).toContain('api.safedata-zone.io:443:10.0.0.2');
  });
});
