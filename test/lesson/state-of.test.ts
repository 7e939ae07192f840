import { describe, expect, it } from 'vitest';
import type { Course } from '../../src/course/course.ts';
import { loadDrill } from '../../src/course/load-drill.ts';
import { parseManifest } from '../../src/course/manifest.ts';
import { readyLesson } from '../../src/course/ready-lesson.ts';
import type { KubeObject } from '../../src/kube/client.ts';
import { keyOf, shortName } from '../../src/kube/kinds.ts';
import { refOf } from '../../src/lesson/fence.ts';
import { rebuild } from '../../src/lesson/rebuild.ts';
import { type DesiredState, entryKey, entryState, stateOf, stateOfFix } from '../../src/lesson/state-of.ts';
import { packageFile } from '../../src/shared/paths.ts';
import { worldNames } from '../../src/world/names.ts';
import { fence } from '../../src/world/objects.ts';
import { evidence, transfer } from '../support/evidence.ts';
import { MemoryMesh, QuickClock } from '../support/memory-mesh.ts';
import { entry, tinyCourse } from '../support/tiny-course.ts';

const NS = 'mesh-network';
const route = (name: string, more = '') =>
  `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: ${name}, namespace: ${NS}}\nspec: {hosts: [a.example]${more}}\n`;
const rule = (more: string) =>
  `apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: rule, namespace: ${NS}}\nspec: {host: a.example, trafficPolicy: {${more}}}\n`;

function parse(text: string): KubeObject & { metadata: { namespace: string } } {
  const [first] = parseManifest(text, 'test.yaml');
  if (first === undefined) throw new Error('no object');
  return first.object as KubeObject & { metadata: { namespace: string } };
}

const STEPS = `format: 1
id: doors
title: Doors
summary: States.
minutes: 5
start:
  - apply: manifests/door.yaml
  - env: {deployment: safedata-stable, name: FIREWALL, value: "403"}
steps:
  - id: widen
    title: Widen
    kind: apply
    changes: [{apply: manifests/wide.yaml}, {scale: {deployment: safedata-canary, replicas: 0}}]
  - {id: no, title: Refused, kind: apply, changes: [{apply: manifests/refused.yaml}], effect: refused-by-api}
  - id: older
    title: Age decides
    kind: apply
    order: age
    changes: [{apply: manifests/b.yaml}, {apply: manifests/a.yaml}]
  - id: repair
    title: Repair
    kind: fix
    task: Repair it.
    files: [manifests/b.yaml, manifests/pair.yaml]
    checks: [{id: c, title: c, call: {curl: [http://a.example/]}, expect: {code: 200}}]
    hints: [None.]
    solution: [solution/pair.yaml]
    remove: [{kind: ServiceEntry, name: door}]
  - id: away
    title: Away
    kind: apply
    changes:
      - remove: {kind: VirtualService, name: b}
      - service: {name: catalog, present: false}
      - env: {deployment: safedata-stable, name: FIREWALL, value: "off"}
`;
const IDS = ['widen', 'no', 'older', 'repair', 'away'];

const course = (): Promise<Course> =>
  tinyCourse({
    '01-doors/lesson.yaml': STEPS,
    '01-doors/lesson.md': IDS.map(id => `## X {#${id}}\n`).join(''),
    '01-doors/manifests/wide.yaml': entry([443, 80]),
    '01-doors/manifests/refused.yaml': route('refused'),
    '01-doors/manifests/a.yaml': route('a'),
    '01-doors/manifests/b.yaml': route('b'),
    '01-doors/manifests/pair.yaml': `${route('one')}---\n${route('two')}`,
    '01-doors/solution/pair.yaml': route('one', ', exportTo: [.]'),
  });

const names = (state: DesiredState) => state.objects.map(o => shortName(o.ref));

describe('the state that a step begins in', () => {
  it('is the start, plus what earlier steps changed', async () => {
    const [lesson] = (await course()).lessons;
    if (lesson === undefined) throw new Error('no lesson');
    const at = (index: number) => stateOf(lesson, index, NS);

    expect(names(at(0))).toEqual(['ServiceEntry/door']);
    expect(at(0).workloads).toEqual({
      replicas: {},
      env: { 'safedata-stable': { FIREWALL: '403' } },
      services: {},
    });
    expect(at(0).objects[0]?.object).toHaveProperty('spec.ports.length', 1);
    // The last writer of an object wins.
    expect(names(at(1))).toEqual(['ServiceEntry/door']);
    expect(at(1).objects[0]?.object).toHaveProperty('spec.ports.length', 2);
    expect(at(1).workloads.replicas).toEqual({ 'safedata-canary': 0 });
    // What the API refuses never comes to be.
    expect(names(at(2))).toEqual(['ServiceEntry/door']);
    expect(names(at(3))).toEqual(['ServiceEntry/door', 'VirtualService/b', 'VirtualService/a']);
  });

  it('counts a fix as its solution: files replaced, objects that were in them gone, and what it removes', async () => {
    const [lesson] = (await course()).lessons;
    if (lesson === undefined) throw new Error('no lesson');
    expect(names(entryState(lesson, 3, NS))).toEqual([
      'ServiceEntry/door',
      'VirtualService/b',
      'VirtualService/a',
      'VirtualService/one',
      'VirtualService/two',
    ]);
    const after = stateOf(lesson, 4, NS);
    expect(names(after)).toEqual(['VirtualService/b', 'VirtualService/a', 'VirtualService/one']);
    expect(after.objects[2]?.object.spec).toEqual({ hosts: ['a.example'], exportTo: ['.'] });
    // Another answer is laid over the same files, and removes nothing.
    expect(names(stateOfFix(lesson, 3, NS, ['solution/pair.yaml']))).toContain('ServiceEntry/door');
  });

  it('knows removals, Services taken away, and the last value of a variable', async () => {
    const [lesson] = (await course()).lessons;
    if (lesson === undefined) throw new Error('no lesson');
    const end = stateOf(lesson, 5, NS);
    expect(names(end)).toEqual(['VirtualService/a', 'VirtualService/one']);
    expect(end.workloads).toEqual({
      replicas: { 'safedata-canary': 0 },
      env: { 'safedata-stable': { FIREWALL: 'off' } },
      services: { catalog: false },
    });
    // Of a chain by age nothing is left when one object remains.
    expect(end.aged).toEqual([]);
  });

  it('keeps the order of age', async () => {
    const [lesson] = (await course()).lessons;
    if (lesson === undefined) throw new Error('no lesson');
    const chain = (name: string) =>
      keyOf({ apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', name, namespace: NS });
    expect(stateOf(lesson, 3, NS).aged).toEqual([[chain('b'), chain('a')]]);
  });

  it('is the same for two steps when nothing between them changes anything', async () => {
    const [lesson] = (await tinyCourse()).lessons;
    if (lesson === undefined) throw new Error('no lesson');
    const keys = lesson.steps.map((_, i) => entryKey(lesson, i));
    expect(keys).toEqual(['doors/0', 'doors/0', 'doors/0', 'doors/1', 'doors/1/fix', 'doors/2']);
  });
});

describe('rebuilding a state', () => {
  const NOTHING: DesiredState = {
    objects: [],
    aged: [],
    workloads: { replicas: {}, env: {}, services: {} },
    clients: [],
  };
  const desired = (...texts: string[]): DesiredState => ({
    ...NOTHING,
    objects: texts.map(text => {
      const object = parse(text);
      const { name, namespace } = object.metadata;
      return { object, ref: { apiVersion: object.apiVersion, kind: object.kind, name, namespace } };
    }),
  });
  const setUp = () => {
    const clock = new QuickClock();
    const mesh = new MemoryMesh(clock, () => evidence([transfer()]));
    const options = { afresh: false, clock };
    return { clock, mesh, options };
  };

  it('deletes what should not be there, applies what should, and says so', async () => {
    const { mesh, options } = setUp();
    mesh.put(parse(route('left-over')));
    const result = await rebuild(mesh, desired(route('a')), options);
    expect(mesh.history).toEqual(['remove VirtualService/left-over', 'apply VirtualService/a']);
    expect(result).toEqual({
      changed: ['VirtualService/left-over removed', 'VirtualService/a put back'],
      effect: { kind: 'in-effect', seconds: 0.3 },
    });
  });

  it('does nothing, and waits for nothing, where all is right', async () => {
    const { mesh, options } = setUp();
    await rebuild(mesh, desired(route('a'), rule('outlierDetection: {}')), options);
    mesh.history.length = 0;
    expect(await rebuild(mesh, desired(route('a'), rule('outlierDetection: {}')), options)).toEqual({
      changed: [],
    });
    expect(mesh.history).toEqual([]);
  });

  it('afresh, recreates a rule that may hold ejected hosts, and lets the sidecar notice that it was gone', async () => {
    const { mesh, options } = setUp();
    const state = desired(rule('outlierDetection: {consecutive5xxErrors: 2}'), route('a'));
    await rebuild(mesh, state, options);
    mesh.history.length = 0;
    let followed = 0;
    const follow = mesh.follow.bind(mesh);
    mesh.follow = async () => {
      if (mesh.spec('DestinationRule', 'rule') === undefined) followed++;
      return follow();
    };
    await rebuild(mesh, state, { ...options, afresh: true });
    expect(mesh.history).toEqual(['remove DestinationRule/rule', 'apply DestinationRule/rule']);
    expect(followed).toBe(1);
  });

  it('makes objects a whole second apart where age decides, and only when they are not', async () => {
    const { mesh, options } = setUp();
    const state = {
      ...desired(route('b'), route('a')),
      aged: [
        ['b', 'a'].map(name =>
          keyOf({ apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', name, namespace: NS }),
        ),
      ],
    };
    mesh.put(parse(route('a')));
    await rebuild(mesh, state, options);
    const created = (name: string) =>
      Date.parse(
        String([...mesh.objects.values()].find(o => o.metadata.name === name)?.metadata.creationTimestamp),
      );
    expect(created('a') - created('b')).toBeGreaterThanOrEqual(1000);
    mesh.history.length = 0;
    await rebuild(mesh, state, options);
    expect(mesh.history).toEqual([]);
  });

  it('restores the ages that a drill begins with, after kubectl has made the older object anew', async () => {
    const { mesh, options } = setUp();
    const { lesson } = await loadDrill(packageFile('lessons/drills/two-teams'), 1);
    const state = entryState(readyLesson(lesson, worldNames(), mesh.placeholders), 0, NS);
    await rebuild(mesh, state, options);
    const oldestFirst = () =>
      [...mesh.objects.values()]
        .filter(each => each.kind === 'VirtualService')
        .map(each => ({ name: each.metadata.name, at: Date.parse(String(each.metadata.creationTimestamp)) }))
        .sort((a, b) => a.at - b.at);
    const [one, two] = oldestFirst();
    expect((two?.at ?? 0) - (one?.at ?? 0)).toBeGreaterThanOrEqual(1000);

    const [first] = [...mesh.objects.values()].filter(each => each.metadata.name === one?.name);
    if (first === undefined) throw new Error('the drill begins without its VirtualServices');
    await mesh.remove(refOf(first));
    mesh.put(first);
    expect(oldestFirst().map(each => each.name)).toEqual([two?.name, one?.name]);
    await rebuild(mesh, state, { ...options, afresh: true });
    expect(oldestFirst().map(each => each.name)).toEqual([one?.name, two?.name]);
  });

  it('keeps the order of age when an older object must be made anew for a field that kubectl left in it', async () => {
    const { mesh, options } = setUp();
    const key = (name: string) =>
      keyOf({ apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', name, namespace: NS });
    const state = { ...desired(route('b'), route('a')), aged: [[key('b'), key('a')]] };
    await rebuild(mesh, state, options);
    const edited = parse(route('b', ', gateways: [mesh]'));
    mesh.put(edited, mesh.objects.get(key('b')));
    // kubectl's apply does not know of the field, so it stays.
    const apply = mesh.apply.bind(mesh);
    mesh.apply = async object =>
      mesh.objects.has(key(object.metadata.name)) ? { outcome: 'unchanged', warnings: [] } : apply(object);
    await rebuild(mesh, state, options);
    expect(mesh.spec('VirtualService', 'b')).toEqual({ hosts: ['a.example'] });
    const at = (name: string) =>
      Date.parse(String(mesh.objects.get(key(name))?.metadata.creationTimestamp ?? ''));
    expect(at('a') - at('b')).toBeGreaterThanOrEqual(1000);
  });

  it("puts a lesson's Sidecar in the fence's place, and the fence back afterwards", async () => {
    const { mesh, options } = setUp();
    const around = fence(worldNames());
    mesh.own = [around];
    mesh.put(around);
    const strict = `apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: default, namespace: ${NS}}\nspec: {outboundTrafficPolicy: {mode: REGISTRY_ONLY}}\n`;
    await rebuild(mesh, desired(strict), options);
    expect(mesh.spec('Sidecar', 'default')).toEqual({ outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } });
    mesh.among = [NS, 'outside'];
    await rebuild(mesh, desired(strict), options);
    expect(mesh.spec('Sidecar', 'default')).toEqual({
      egress: [{ hosts: ['./*', 'outside/*'] }],
      outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
    });
    expect(await rebuild(mesh, desired(strict), options)).toEqual({ changed: [] });
    await rebuild(mesh, desired(), options);
    expect(mesh.spec('Sidecar', 'default')).toEqual({ egress: [{ hosts: ['./*'] }] });
  });

  it('says which object the cluster refused', async () => {
    const { mesh, options } = setUp();
    mesh.refuse = { kind: 'VirtualService', message: 'configuration is invalid' };
    await expect(rebuild(mesh, desired(route('a')), options)).rejects.toMatchObject({
      problem: {
        what: 'The cluster refused VirtualService/a, which this step begins with.',
        detail: 'configuration is invalid',
      },
    });
  });
});
