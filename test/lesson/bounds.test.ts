import { writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { beyond } from '../../src/lesson/bounds.ts';
import { disposeEngines, memoryEngine } from '../support/memory-engine.ts';
import { entry } from '../support/tiny-course.ts';

afterEach(disposeEngines);

const OURS = ['outside', 'mesh-network'];
const ref = (changes: object) => ({
  ...{ apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', name: 'x', namespace: 'mesh-network' },
  ...changes,
});

describe("what is a lesson's to write", () => {
  it.each([
    [{}, null],
    [{ namespace: 'outside', apiVersion: 'networking.istio.io/v1beta1' }, null],
    [{ kind: 'AuthorizationPolicy', apiVersion: 'security.istio.io/v1' }, null],
    [{ namespace: 'prod' }, 'Its namespace is prod; lessons write only into outside and mesh-network.'],
    [{ namespace: undefined }, 'It is in no namespace; lessons write only into outside and mesh-network.'],
    [{ kind: 'Deployment', apiVersion: 'apps/v1' }, /^Deployment of apps\/v1 is not one of Istio's kinds/],
    [{ kind: 'Secret', apiVersion: 'v1' }, /^Secret of v1 is not one/],
    [{ apiVersion: 'v1' }, /^ServiceEntry of v1 is not one/],
    [{ apiVersion: 'networking.istio.io/v1/namespaces/prod/x?' }, /is not one of Istio's kinds/],
    [{ apiVersion: 'networking.istio.io/..' }, /is not one of Istio's kinds/],
    [{ name: '..' }, /Nothing can have the name/],
  ])('%j', (changes, why) => {
    const found = beyond(ref(changes), OURS);
    if (why instanceof RegExp) expect(found).toMatch(why);
    else expect(found).toBe(why);
  });
});

describe("a learner's own file", () => {
  it.each([
    ['in a namespace of somebody else', entry([80]).replace('mesh-network', 'default'), 'default'],
    ['with a kind that is no lesson of ours', entry([80]).replace('ServiceEntry', 'Secret'), 'Secret'],
  ])('%s is refused with its line before anything is applied', async (_, text, word) => {
    const { engine, mesh, door, snapshot } = await memoryEngine();
    await engine.open('doors', 'repair');
    const before = structuredClone([...mesh.objects]);
    writeFileSync(door, `${entry([443, 80])}---\n${text.replace('name: door', 'name: away')}`);
    await engine.check();
    expect(snapshot().problem).toMatchObject({
      what: expect.stringMatching(
        /door\.yaml, line 12: \w+\/away is not applied, nor is anything else in the file\.$/,
      ),
      why: expect.stringContaining(word),
      next: [expect.stringContaining('line 12'), expect.stringContaining('kubectl apply')],
    });
    expect([...mesh.objects]).toEqual(before);
    writeFileSync(door, entry([443, 80]));
    await engine.check();
    expect(snapshot().problem).toBeNull();
    expect(engine.getSnapshot().steps.repair?.phase).toBe('done');
  });

  it.each([
    [
      'aliases without end',
      `a: &a [1]\n${Array.from({ length: 90 }, (_, i) => `b${i}: [*a, *a]`).join('\n')}`,
    ],
    ['a megabyte', `# ${'x'.repeat(2 ** 20)}\n${entry([80])}`],
    ['a thousand levels', `${'['.repeat(5000)}${']'.repeat(5000)}`],
  ])('with %s is told in words', async (_, text) => {
    const { engine, door, step } = await memoryEngine();
    await engine.open('doors', 'repair');
    writeFileSync(door, text);
    await engine.check();
    const [told] = step('repair').apply?.objects ?? [];
    expect(told).toMatchObject({ what: 'door.yaml', outcome: 'refused', refusal: { line: 1 } });
    expect(told?.refusal?.message).toMatch(
      /^It cannot be read, from column \d+ on: .*(aliases|kB|levels deep).*\n1 \| .{1,200}$/,
    );
  });
});
