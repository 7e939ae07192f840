/** A workshop on real Istio: learners with rights of their own, and none sees what another applies. Ten with LIVE_FULL. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { apply } from '../../src/kube/apply.ts';
import { connect, type Kube, type KubeObject } from '../../src/kube/client.ts';
import { exec } from '../../src/kube/exec.ts';
import { readyPod, until } from '../../src/kube/wait.ts';
import { CLIENT, type WorldNames, worldNames } from '../../src/world/names.ts';
import { builtProgram } from '../support/built.ts';

const FULL = ['ana', 'ben', 'cleo', 'dan', 'eve', 'finn', 'gus', 'hana', 'ida', 'jon'];
const LEARNERS = process.env.LIVE_FULL === undefined ? FULL.slice(0, 3) : FULL;
const HOST = 'api.safedata-zone.io';
const LIMIT_MB = 350;

interface Seat {
  readonly learner: string;
  readonly names: WorldNames;
  readonly kube: Kube;
  readonly kubeconfig: string;
}

let main: string;
let folder: string;
let admin: Kube;
let seats: Seat[];

function run(argv: readonly string[], kubeconfig: string, input = '') {
  const env = { ...process.env, KUBECONFIG: kubeconfig, HOME: folder, NO_COLOR: '1' };
  const args = [main, ...argv, '--state', join(folder, 'state'), '--work', join(folder, 'work')];
  return execa(process.execPath, args, { reject: false, env, input });
}

beforeAll(async () => {
  main = await builtProgram();
  folder = mkdtempSync(join(tmpdir(), 'workshop-'));
  const { kubeconfig, name } = inject('live');
  admin = await connect({ path: kubeconfig, context: `kind-${name}` });
  const flags = ['--on', `context=kind-${name}`, '--learners', LEARNERS.join(','), '--out', folder, '--yes'];
  const up = await run(['workshop', 'up', ...flags, '--json'], kubeconfig);
  expect(up.exitCode, up.stderr).toBe(0);
  const { seconds, learners } = JSON.parse(up.stdout);
  console.log(`workshop: ${LEARNERS.length} learners ready after ${seconds} s`);
  seats = await Promise.all(
    learners.map(async (each: { learner: string; kubeconfig: string }) => {
      const { 'current-context': context } = parse(readFileSync(each.kubeconfig, 'utf8'));
      const kube = await connect({ path: each.kubeconfig, context });
      return { ...each, names: worldNames(each.learner), kube };
    }),
  );
  expect(seats.map(each => each.learner)).toEqual(LEARNERS);
});
afterAll(async () => {
  const { kubeconfig, name } = inject('live');
  const down = await run(['workshop', 'down', '--on', `context=kind-${name}`, '--json'], kubeconfig);
  expect(JSON.parse(down.stdout)).toEqual({ removed: [...LEARNERS].sort() });
  const { body } = await admin.request('GET', '/api/v1/namespaces?labelSelector=istio-tutor%2Flearner');
  expect((body as { items: unknown[] }).items).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});

/** What the learner's client is answered by the host that all of them route. */
async function answer({ kube, names }: Seat): Promise<string> {
  const { name: pod } = await readyPod(kube, names.mesh, CLIENT.selector);
  const { stdout } = await exec(kube, { namespace: names.mesh, pod, container: CLIENT.container }, [
    ...['curl', '-sS', '-m', '5', '-w', ' %{http_code}', `http://${HOST}/`],
  ]);
  return stdout.includes('"version"') ? `the API ${stdout.slice(-3)}` : stdout;
}

function own({ learner, names }: Seat): KubeObject[] {
  const metadata = { name: 'own', namespace: names.mesh };
  const body = { string: `for ${learner}` };
  return [
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'ServiceEntry',
      metadata,
      spec: { hosts: [HOST], ports: [{ number: 80, name: 'http', protocol: 'HTTP' }], resolution: 'DNS' },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata,
      spec: { hosts: [HOST], http: [{ directResponse: { status: 418, body } }] },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata,
      spec: { host: 'catalog', trafficPolicy: { connectionPool: { http: { http1MaxPendingRequests: 7 } } } },
    },
  ];
}

describe('a workshop', () => {
  it('gives each learner a kubeconfig for their own eyes', () => {
    for (const { kubeconfig } of seats) expect(statSync(kubeconfig).mode & 0o777).toBe(0o600);
  });

  it('lets a learner do everything at home and nothing elsewhere', async () => {
    const [first, second] = seats as [Seat, Seat];
    const status = async (path: string) => (await first.kube.request('GET', path)).status;
    expect(await status(`/api/v1/namespaces/${first.names.outside}/secrets`)).toBe(200);
    const foreign = [
      ...[
        '/api/v1/namespaces',
        '/api/v1/nodes',
        '/api/v1/pods',
        '/apis/networking.istio.io/v1/serviceentries',
      ],
      ...[second.names.mesh, second.names.outside, 'mesh-network', 'istio-system', 'kube-system'].map(
        namespace => `/api/v1/namespaces/${namespace}/pods`,
      ),
      `/api/v1/namespaces/${second.names.mesh}`,
    ];
    expect(await Promise.all(foreign.map(status))).toEqual(foreign.map(() => 403));
    const [entry] = own(second) as [KubeObject];
    expect(await apply(first.kube, entry)).toMatchObject({ outcome: 'refused', code: 403 });
    const gone = await first.kube.request('DELETE', `/api/v1/namespaces/${first.names.mesh}`);
    expect(gone.status).toBe(403);
  });

  it('keeps what a learner applies from all the others', async () => {
    const table: Record<string, string[]> = {};
    const note = async () => {
      const answers = await Promise.all(seats.map(answer));
      for (const [i, { learner }] of seats.entries())
        table[learner] = [...(table[learner] ?? []), answers[i] ?? ''];
    };
    await note();
    for (const [i, seat] of seats.entries()) {
      for (const object of own(seat)) expect((await apply(seat.kube, object)).outcome).toBe('created');
      const mine = `for ${seat.learner} 418`;
      await until(`${seat.learner}'s own route`, async () => (await answer(seat)) === mine, {
        timeoutMs: 20_000,
      });
      if (i === 0 || i === seats.length - 1) await note();
    }
    console.log(
      [
        'learner: before, after the first has applied, after all have',
        ...Object.entries(table).map(([who, answers]) => `${who}: ${answers.join(', ')}`),
      ].join('\n'),
    );
    const plain = 'the API 200';
    expect(table).toEqual(
      Object.fromEntries(
        seats.map(({ learner }, i) => [
          learner,
          [plain, i === 0 ? `for ${learner} 418` : plain, `for ${learner} 418`],
        ]),
      ),
    );
  });

  it("plays a lesson with a learner's rights, and the board shows where", async () => {
    const [first] = seats as [Seat];
    const status = await run(['status', '--on', 'context', '--json'], first.kubeconfig);
    expect(JSON.parse(status.stdout)).toMatchObject({ state: 'ready', learner: first.learner });
    const up = await run(['up', '--on', 'context'], first.kubeconfig);
    expect(up.exitCode, up.stderr).toBe(0);
    const played = await run(['run', '--plain', '2', '--on', 'context'], first.kubeconfig, '\n\nq\n');
    expect(played.exitCode, played.stderr).toBe(0);
    const { kubeconfig, name } = inject('live');
    const board = await run(
      ['workshop', 'status', '--once', '--on', `context=kind-${name}`, '--json'],
      kubeconfig,
    );
    const { learners } = JSON.parse(board.stdout);
    expect(learners).toHaveLength(LEARNERS.length);
    expect(learners[0]).toMatchObject({
      learner: first.learner,
      world: 'ready',
      progress: { kind: 'lesson', lessons: [] },
    });
    expect(learners[0].progress.steps).toBeGreaterThan(0);
    expect(learners[1].progress).toBeNull();
    const report = await run(['workshop', 'report', '--on', `context=kind-${name}`], kubeconfig);
    expect(report.stdout).toMatch(new RegExp(`^\\| ${first.learner} \\| 0 \\| \\d+ \\| 0 `, 'm'));
    const foreign = await run(['status', '--on', 'context', '--learner', 'ben'], first.kubeconfig);
    expect(foreign.stderr).toContain("This kubeconfig is ana's, and allows nothing in mesh-network-ben.");
  });

  it(`takes at most ${LIMIT_MB} MB a learner, by the kubelet's own figures`, async () => {
    const { body: nodes } = await admin.request('GET', '/api/v1/nodes');
    const [node] = (nodes as { items: KubeObject[] }).items;
    const { body } = await admin.request('GET', `/api/v1/nodes/${node?.metadata.name}/proxy/stats/summary`);
    const pods = (
      body as { pods: { podRef: { namespace: string }; memory?: { workingSetBytes?: number } }[] }
    ).pods;
    const used = seats.map(({ learner, names }) => {
      const mine = pods.filter(({ podRef }) => [names.mesh, names.outside].includes(podRef.namespace));
      expect(mine.length).toBe(5);
      return {
        learner,
        mb: Math.round(mine.reduce((sum, each) => sum + (each.memory?.workingSetBytes ?? 0), 0) / 2 ** 20),
      };
    });
    console.log(`workshop: working set ${used.map(({ learner, mb }) => `${learner} ${mb} MB`).join(', ')}`);
    for (const { mb } of used) expect(mb).toBeLessThanOrEqual(LIMIT_MB);
  });
});
