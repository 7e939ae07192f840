import { describe, expect, it } from 'vitest';
import { DOMAINS } from '../../src/course/drill-schema.ts';
import { loadDrills } from '../../src/course/load-drill.ts';
import { drawQuestions } from '../../src/exam/draw.ts';
import { packageFile } from '../../src/shared/paths.ts';

const drills = await loadDrills(packageFile('lessons'));
const ids = (count: number, seed: string) => drawQuestions(drills, count, seed).map(each => each.id);

describe('the questions of an exam', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(ids(15, 'room-7')).toEqual(ids(15, 'room-7'));
    expect(ids(15, 'room-7')).not.toEqual(ids(15, 'room-8'));
    expect(ids(3, 'bg')).toEqual(['one-door', 'certificate-names', 'hidden-by-a-port']);
  });

  it('are never the same one twice, and come from every domain', () => {
    for (let seed = 0; seed < 50; seed++) {
      const drawn = drawQuestions(drills, 10, String(seed));
      expect(new Set(drawn.map(each => each.id)).size).toBe(10);
      const each = DOMAINS.map(domain => drawn.filter(one => one.domain === domain).length);
      expect(each).toEqual([2, 2, 2, 2, 2]);
    }
  });

  it('have the levels of the pool, give or take one', () => {
    for (let seed = 0; seed < 50; seed++) {
      const drawn = drawQuestions(drills, 10, String(seed));
      for (const level of ['easy', 'medium', 'hard'] as const) {
        const due = (drills.filter(each => each.level === level).length / drills.length) * 10;
        const got = drawn.filter(each => each.level === level).length;
        expect(Math.abs(got - due), `${level} of seed ${seed}`).toBeLessThanOrEqual(2);
      }
    }
  });

  it('are refused when there are not so many', () => {
    expect(() => ids(99, 'a')).toThrow(/An exam of 99 questions cannot be drawn: there are 30 drills/);
  });
});
