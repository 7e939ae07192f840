import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { gate } from '../../src/author/gate.ts';
import type { Course } from '../../src/course/course.ts';
import { loadCourse } from '../../src/course/load.ts';
import { readyLesson } from '../../src/course/ready-lesson.ts';
import { connect } from '../../src/kube/client.ts';
import { connectMesh } from '../../src/lesson/connect-mesh.ts';
import type { Mesh } from '../../src/lesson/mesh.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { worldNames } from '../../src/world/names.ts';
import { HELD } from '../lessons/held.ts';

const SHORT = ['blind-spot', 'service-entry', 'destination-rule', 'virtual-service', 'mirroring'];
const full = process.env.LIVE_FULL !== undefined;
const wanted = Object.keys(HELD).filter(id => full || SHORT.includes(id));

describe('the gate on kind', () => {
  const names = worldNames();
  let course: Course;
  let mesh: Mesh;

  beforeAll(async () => {
    const { kubeconfig, name } = inject('live');
    const kube = await connect({ path: kubeconfig, context: `kind-${name}` });
    course = await loadCourse(resolve(import.meta.dirname, '../../lessons'));
    mesh = await connectMesh(kube, { names, provider: 'kind', clock: systemClock });
  });
  afterAll(() => mesh.close());

  it('knows every lesson of the course', () => {
    expect(course.lessons.map(lesson => lesson.id)).toEqual(Object.keys(HELD));
  });

  for (const id of wanted) {
    it(`${id}`, async () => {
      const found = course.lessons.find(lesson => lesson.id === id);
      if (found === undefined) throw new Error(`no lesson ${id}`);
      const lesson = readyLesson(found, names, mesh.placeholders);
      const report = await gate({ mesh, clock: systemClock, lesson, namespace: names.mesh });
      console.log(`gate: ${id} ${Math.round(report.seconds)} s`);
      expect(report.failures).toEqual([]);
      expect(report.counts).toEqual(HELD[id]);
    });
  }
});
