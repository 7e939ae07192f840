import { join } from 'node:path';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { createEngine, type EngineDeps } from '../../src/lesson/engine.ts';
import { openProgress } from '../../src/lesson/progress.ts';
import type { Engine, StepState } from '../../src/lesson/state.ts';
import { openWorkspace } from '../../src/lesson/workspace.ts';
import { ToolError } from '../../src/shared/errors.ts';
import type { Health } from '../../src/world/health.ts';
import { worldNames } from '../../src/world/names.ts';
import { evidence, logLine, transfer } from './evidence.ts';
import { MemoryMesh, QuickClock } from './memory-mesh.ts';
import { folderWith, tinyCourse } from './tiny-course.ts';

/** A mesh in which a call gets through when the ServiceEntry names its port, and 502 otherwise. */
export function answerByPort(argv: readonly string[], mesh: MemoryMesh) {
  const port = argv.at(-1)?.startsWith('https:') ? 443 : 80;
  const ports = (mesh.spec('ServiceEntry', 'door')?.ports ?? []) as { number: number }[];
  const open = ports.some(p => p.number === port);
  const made = transfer(open ? { code: 200, api: {} } : { code: 502 });
  return evidence([made], [logLine(made, { cluster: open ? `outbound|${port}||api` : '-' })]);
}

const engines: Engine[] = [];

/** To be called after each test: stops watching and looking. */
export async function disposeEngines(): Promise<void> {
  for (const engine of engines.splice(0)) await engine.dispose();
}

interface SetUp {
  readonly root?: string;
  readonly reading?: boolean;
  readonly lookEvery?: number;
  readonly learner?: string;
  readonly kind?: Cluster['can']['kind'];
  /** Its lessons are questions of an exam. */
  readonly sealed?: boolean;
  /** And verdicts are shown, as in a training. */
  readonly verdicts?: boolean;
  readonly kept?: EngineDeps['kept'];
  /** Files of the tiny course in other words. */
  readonly files?: Readonly<Record<string, string>>;
}

/** An engine on a mesh in memory, with the tiny course, real files in a temporary folder, and a clock that does not wait. */
export async function memoryEngine({
  root = folderWith({}),
  reading = false,
  lookEvery = 0,
  learner,
  kind = 'kind',
  sealed = false,
  verdicts: shown = false,
  kept,
  files = {},
}: SetUp = {}) {
  const clock = new QuickClock();
  const mesh = new MemoryMesh(clock, answerByPort);
  const names = worldNames(learner ?? null);
  mesh.world = names;
  let health: Health = { state: 'ready' };
  const ups: string[] = [];
  const cluster: Cluster = {
    name: 'memory',
    kubeconfig: { path: '/nowhere/config', context: 'memory' },
    can: { kind, recreate: true, istio: '1.31' },
    async up(progress) {
      ups.push('up');
      progress.stage('Making the cluster');
      mesh.gone = false;
      mesh.objects.clear();
      health = { state: 'ready' };
    },
    health: async () => health,
    down: async () => {},
  };
  const course = await tinyCourse(files);
  const lessons = course.lessons.map(each => ({ ...each, exam: { verdicts: shown } }));
  const engine = await createEngine({
    course: sealed ? { ...course, lessons } : course,
    ...(kept === undefined ? {} : { kept }),
    cluster: reading ? null : cluster,
    names,
    connect: async () => {
      if (mesh.gone) throw new ToolError({ what: 'refused the connection', next: [] });
      return mesh;
    },
    clock,
    progress: await openProgress(join(root, 'progress.json')),
    workspace: openWorkspace(join(root, 'work')),
    lookEvery,
  });
  engines.push(engine);
  const door = join(root, 'work/01-doors/door.yaml');
  const breakIt = (why: string) => {
    mesh.gone = true;
    health = { state: 'broken', why };
  };
  const endIt = () => {
    mesh.gone = true;
    health = { state: 'absent' };
  };
  const step = (id: string) => engine.getSnapshot().steps[id] as StepState;
  const verdicts = () => (step('repair').checks ?? []).map(c => `${c.id} ${c.verdict.state}`);
  /** Waits for a snapshot; what never comes ends the test by its time limit. */
  const until = (holds: () => boolean) =>
    new Promise<void>(resolve => {
      const look = () => {
        if (!holds()) return;
        stop();
        resolve();
      };
      const stop = engine.subscribe(look);
      look();
    });
  return {
    engine,
    mesh,
    door,
    root,
    ups,
    breakIt,
    endIt,
    step,
    verdicts,
    until,
    snapshot: () => engine.getSnapshot(),
  };
}
