/** What a question shows of itself without a cluster. */
import { expect, it } from 'vitest';
import { openSearcher } from '../../src/counterexample/also-tried.ts';
import { loadDrills } from '../../src/course/load-drill.ts';
import { type ExamPlace, QuestionWorld } from '../../src/exam/question-world.ts';
import { answerText, parseSeen, textOfAll } from '../../src/exam/seen-objects.ts';
import type { KubeObject } from '../../src/kube/client.ts';
import { agedKinds } from '../../src/lesson/by-age.ts';
import { openWorkspace } from '../../src/lesson/workspace.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { packageFile } from '../../src/shared/paths.ts';
import { worldNames } from '../../src/world/names.ts';
import { fence } from '../../src/world/objects.ts';

const drills = await loadDrills(packageFile('lessons'), { unchecked: true });
const place: ExamPlace = {
  cluster: {
    name: 'memory',
    kubeconfig: { path: '/nowhere', context: 'x' },
    can: { kind: 'kind', recreate: true },
    up: async () => {},
    down: async () => {},
    health: async () => ({ state: 'ready' }),
  },
  ...{
    base: worldNames(),
    clock: systemClock,
    workspace: openWorkspace('/nowhere'),
    exam: 'x',
    kubeconfig: '/nowhere',
    verdicts: false,
    searcher: openSearcher(),
  },
};

it('has no placeholder in any text of a report', () => {
  for (const [i, drill] of drills.entries()) {
    const world = new QuestionWorld(place, drill, i + 1);
    const texts = [...world.checks.map(each => each.title), Object.values(drill.lesson.prose)[0]?.after];
    expect(texts.join('\n')).not.toMatch(/\{\{/);
  }
});

const object = (kind: string, name: string, namespace: string, spec: object): KubeObject => ({
  ...{ apiVersion: 'networking.istio.io/v1', kind, metadata: { name, namespace }, spec },
});
const names = { mesh: 'exam-1', outside: 'outside', learner: null };
const entry = object('ServiceEntry', 'api', 'exam-1', { hosts: ['a'] });
const beside = textOfAll([object('ServiceEntry', 'api', 'outside', { hosts: ['b'] })]);

it('shows as the answer the routing objects, and from beside only what its sidecars may see', () => {
  const deployment = { ...object('Deployment', 'catalog', 'exam-1', {}), apiVersion: 'apps/v1' };
  const answer = (sidecar: KubeObject) =>
    answerText(textOfAll([sidecar, deployment, entry]), beside, names, []);
  expect(answer(fence(names))).toBe(textOfAll([entry]));
  const wide = fence(names, ['outside']);
  expect(answer(wide)).toBe(`${textOfAll([wide, entry])}---\n${beside}`);
});

it('reads back what it wrote, double braces and repeated parts and all', () => {
  const part = { labels: { a: '{{ .Values }}' } };
  const seen = [object('DestinationRule', 'x', 'exam-1', { subsets: [part, part] })];
  expect(textOfAll(seen)).not.toMatch(/[&*]a1/);
  expect(parseSeen(textOfAll(seen))).toEqual(seen);
});

it('makes objects one after the other only where another order of age than by name shows', () => {
  const of = (...names: string[]) => names.map(name => object('VirtualService', name, 'exam-1', {}));
  expect([...agedKinds(of('a', 'b', 'c'))]).toEqual([]);
  expect([...agedKinds([...of('b', 'a'), entry])]).toEqual(['VirtualService']);
});
