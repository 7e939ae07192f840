/** The longest repair of the course can be made object by object: each one turns a further check green. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadCourse } from '../../src/course/load.ts';
import { readyLesson } from '../../src/course/ready-lesson.ts';
import { connectMesh } from '../../src/lesson/connect-mesh.ts';
import type { Mesh } from '../../src/lesson/mesh.ts';
import { rebuild } from '../../src/lesson/rebuild.ts';
import { runChecks } from '../../src/lesson/run-checks.ts';
import { stateOfFix } from '../../src/lesson/state-of.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { packageFile } from '../../src/shared/paths.ts';
import { type SandboxWorld, sandboxWorld } from '../support/sandbox-world.ts';

let world: SandboxWorld;
let mesh: Mesh;
beforeAll(async () => {
  world = await sandboxWorld();
  mesh = await connectMesh(world.kube, { names: world.names, provider: 'sandbox', clock: systemClock });
}, 60_000);
afterAll(async () => {
  mesh.close();
  await world.end();
});

it('turns the checks of lesson 4 green from the first to the last', { timeout: 60_000 }, async () => {
  const course = await loadCourse(packageFile('lessons'));
  const plain = course.lessons.find(each => each.id === 'virtual-service');
  if (plain === undefined) throw new Error('no such lesson');
  const lesson = readyLesson(plain, world.names, mesh.placeholders);
  const at = lesson.steps.findIndex(each => each.id === 'own-feet');
  const step = lesson.steps[at];
  if (step?.kind !== 'fix') throw new Error('no fix');
  const [given = '', solved = ''] = [step.files[0] ?? '', step.solution[0] ?? ''].map(
    name => lesson.files[name],
  );
  const [entry = '', rule = '', route = ''] = given.split('---\n');
  const [goodEntry = '', goodRule = ''] = solved.split('---\n');
  const passedWith = async (documents: readonly string[]) => {
    const files = { ...lesson.files, [step.files[0] ?? '']: documents.join('---\n') };
    const state = stateOfFix({ ...lesson, files }, at, world.names.mesh, step.files);
    await rebuild(mesh, state, { afresh: false, clock: systemClock });
    const results = await runChecks({ mesh, clock: systemClock }, step.checks, { settle: 500 });
    return results.filter(each => !each.guard && each.verdict.state === 'passed').map(each => each.id);
  };
  const onPort80 = route.replace('number: 443', 'number: 80');
  const all = step.checks.filter(each => each.guard !== true).map(each => each.id);
  expect(await passedWith([entry, rule, route])).toEqual([]);
  expect(await passedWith([entry, goodRule, route])).toEqual(all.slice(0, 1));
  expect(await passedWith([goodEntry, goodRule, onPort80])).toEqual(all.slice(0, 3));
  expect(await passedWith([goodEntry, goodRule, `${onPort80}${LAST}`])).toEqual(all.slice(0, 4));
  expect(await passedWith(solved.split('---\n'))).toEqual(all);
});

const LAST = `    - route:
        - destination:
            host: api.safedata-zone.io
            port:
              number: 80
`;
