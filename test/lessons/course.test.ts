import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCourse } from '../../src/course/load.ts';
import type { StepOf } from '../../src/course/schema.ts';

// The course as it is shipped, without a cluster: it loads, and nothing of it was lost. The gate proves the rest.

const course = await loadCourse(resolve(import.meta.dirname, '../../lessons'));
const steps = course.lessons.flatMap(lesson => lesson.steps.map(step => ({ lesson, step })));

describe('the course', () => {
  it('has its eight lessons in order', () => {
    expect(course.lessons.map(l => `${l.number} ${l.id}`)).toEqual([
      '1 blind-spot',
      '2 service-entry',
      '3 destination-rule',
      '4 virtual-service',
      '5 routing',
      '6 mirroring',
      '7 failover',
      '8 clinic',
    ]);
  });

  it('asks, applies and repairs in every lesson', () => {
    for (const { id, steps: own } of course.lessons) {
      const kinds = new Set(own.map(s => s.kind));
      expect([id, kinds.has('predict'), kinds.has('fix')]).toEqual([id, true, true]);
    }
  });

  it('uses every manifest that it brings along', () => {
    const unused = course.lessons.flatMap(lesson => {
      const used = new Set<string>();
      for (const change of [
        ...lesson.start,
        ...lesson.steps.flatMap(s => (s.kind === 'apply' ? s.changes : [])),
      ]) {
        if ('apply' in change) used.add(change.apply);
      }
      for (const step of lesson.steps) {
        if (step.kind !== 'fix') continue;
        const others = [...(step.alternatives ?? []), ...(step.nearMisses ?? []).map(m => m.files)];
        for (const file of [...step.files, ...step.solution, ...others.flat()]) used.add(file);
      }
      return Object.keys(lesson.files)
        .filter(file => !used.has(file))
        .map(file => `${lesson.id}: ${file}`);
    });
    expect(unused).toEqual([]);
  });

  it('proves every fix: a check that fails before it, a near-miss that is caught', () => {
    const fixes = steps.flatMap(({ lesson, step }) =>
      step.kind === 'fix' ? [{ lesson, step: step as StepOf<'fix'> }] : [],
    );
    expect(fixes.length).toBeGreaterThanOrEqual(8);
    for (const { lesson, step } of fixes) {
      const name = `${lesson.id}/${step.id}`;
      expect([name, step.checks.some(c => c.guard !== true)]).toEqual([name, true]);
      expect([name, (step.nearMisses ?? []).length > 0]).toEqual([name, true]);
    }
  });

  it('tells after each answer what was seen', () => {
    const silent = steps
      .filter(({ lesson, step }) => step.kind === 'predict' && lesson.prose[step.id]?.after === '')
      .map(({ lesson, step }) => `${lesson.id}/${step.id}`);
    expect(silent).toEqual([]);
  });
});
