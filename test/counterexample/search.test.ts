import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withAnswer } from '../../src/author/mutation.ts';
import { type Search, search } from '../../src/counterexample/search.ts';
import { openTwin, type Twin } from '../../src/counterexample/twin.ts';
import type { Lesson } from '../../src/course/course.ts';
import { loadDrills } from '../../src/course/load-drill.ts';
import { readyLesson } from '../../src/course/ready-lesson.ts';
import type { StepOf } from '../../src/course/schema.ts';
import { rebuild } from '../../src/lesson/rebuild.ts';
import { stateOfFix } from '../../src/lesson/state-of.ts';
import { systemClock as clock } from '../../src/shared/clock.ts';
import { packageFile } from '../../src/shared/paths.ts';

// One world is the learner's, the other the program's own twin.
let world: Twin;
let twin: Twin;
let drills: ReadonlyMap<string, Lesson>;
const { signal } = new AbortController();

beforeAll(async () => {
  [world, twin] = await Promise.all([openTwin(signal), openTwin(signal)]);
  const all = await loadDrills(packageFile('lessons'));
  drills = new Map(all.map(each => [each.id, each.lesson]));
}, 60_000);

afterAll(async () => {
  await world.close();
  await twin.close();
});

const drill = (id: string) => drills.get(id) as Lesson;
const fix = (lesson: Lesson) => lesson.steps[0] as StepOf<'fix'>;
const textOf = (lesson: Lesson, files: readonly string[]) =>
  files.map(file => lesson.files[file]).join('\n---\n');

async function tryOut(plain: Lesson, yaml: string): Promise<Search> {
  const { lesson, files } = withAnswer(plain, 0, yaml);
  const ready = readyLesson(lesson, world.names, world.mesh.placeholders);
  const state = stateOfFix(ready, 0, world.names.mesh, files);
  await rebuild(world.mesh, state, { afresh: true, clock, signal });
  return search(plain, 0, world, twin, { clock, signal });
}

const told = ({ counterexamples }: Search) =>
  counterexamples.map(({ argv, expected, found }) => ({ call: argv.at(-1), expected, found }));

describe('the search', { timeout: 120_000 }, () => {
  it.each(['one-door', 'certificate-names', 'breaker-and-pool'])(
    'finds nothing against a right answer of %s',
    async id => {
      const lesson = drill(id);
      const { solution, alternatives = [] } = fix(lesson);
      for (const files of [solution, ...alternatives]) {
        expect(told(await tryOut(lesson, textOf(lesson, files)))).toEqual([]);
      }
    },
  );

  it('finds the stranger that a port taken by its number lets out', async () => {
    const lesson = drill('one-door');
    const yaml = textOf(lesson, fix(lesson).solution).replace('HTTPS', 'TCP');
    expect(told(await tryOut(lesson, yaml))).toContainEqual({
      call: 'https://pay.example-pay.io/',
      expected: 'the connection is closed',
      found: '200 from stable, path /, Host pay.example-pay.io, over TLS, SNI pay.example-pay.io, untouched',
    });
  });

  it('finds out by a server with a wrong certificate that none is looked at', async () => {
    const lesson = drill('certificate-names');
    const yaml = textOf(lesson, fix(lesson).solution).replace(
      'mode: SIMPLE',
      'mode: SIMPLE\n      insecureSkipVerify: true',
    );
    expect(yaml).toContain('insecureSkipVerify');
    const found = told(await tryOut(lesson, yaml));
    expect(found).toContainEqual({
      call: 'http://api.safedata-zone.io/data',
      expected: 'refused',
      found: 'accepted',
    });
  });

  it('counts the errors after which a server is left out', async () => {
    const lesson = drill('breaker-and-pool');
    const yaml = textOf(lesson, fix(lesson).solution);
    const more = yaml.replace('consecutive5xxErrors: 3', 'consecutive5xxErrors: 6');
    expect(more).not.toBe(yaml);
    const [first] = told(await tryOut(lesson, more));
    expect(first?.expected).toMatch(/3 x 503 from the sidecar$/);
    expect(first?.found).toMatch(/6 x 503 from the sidecar$/);
  });

  it.each<[string, string, string, string, string]>([
    ['wrong-drawer', 'maxConnections: 1', 'maxConnections: 2', '2 of 40 at once answered', '3 answered'],
    [
      'retry-budget',
      '- timeout: 5s\n    retries:\n      attempts: 0',
      '- timeout: 5s',
      '1 at stable, 1 try',
      '3 at stable, 3 tries',
    ],
  ])('tells one from two, and none from few: %s', async (id, right, wrong, expected, found) => {
    const lesson = drill(id);
    const yaml = textOf(lesson, fix(lesson).solution);
    expect(yaml).toContain(right);
    const all = told(await tryOut(lesson, yaml.replace(right, wrong)));
    expect(all[0]?.expected).toContain(expected);
    expect(all[0]?.found).toContain(found);
  });

  it('finds a difference on paper that no call shows, and says nothing', async () => {
    const lesson = drill('missing-subset');
    const stranger = `---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: sister, namespace: mesh-network}
spec:
  hosts: [canary.safedata-zone.io]
  ports: [{number: 80, name: http, protocol: HTTP}]
  location: MESH_EXTERNAL
  resolution: DNS
`;
    const { counterexamples, differences } = await tryOut(
      lesson,
      `${textOf(lesson, fix(lesson).solution)}\n${stranger}`,
    );
    expect(differences).not.toEqual([]);
    expect(counterexamples).toEqual([]);
  });
});
