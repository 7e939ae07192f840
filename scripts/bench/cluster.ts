/**
 * Measures that need a cluster: `up` against doing it by hand, a probe against kubectl exec, an apply, a reset, memory.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { connect } from '../../src/kube/client.ts';
import { openProbes } from '../../src/probe/session.ts';
import { worldNames } from '../../src/world/names.ts';
import { downByHand, type Site, upByHand } from './by-hand.ts';
import { median, plainRow, type Row, ratioRow, sideBySide, timed } from './measure.ts';
import { type Figures, inEffectMs, probeOnce, sendMany } from './mesh-figures.ts';
import { provenSeconds, recheckMs } from './practice.ts';
import { whyMs } from './why.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
const MB = 1024;
const NAME = 'istio-tutor-bench';

/** The same machine, the same images, in turns; the last cluster that `up` made stays for the other measures. */
export async function onCluster(
  program: string,
  rounds: number,
  upRounds: number,
): Promise<{ rows: Row[]; figures: Figures }> {
  const folder = mkdtempSync(join(tmpdir(), 'istio-tutor-bench-'));
  const image = process.env.ISTIO_TUTOR_NODE_IMAGE;
  const istio = process.env.ISTIO_TUTOR_ISTIO_FILE;
  const site: Site = {
    name: `${NAME}-by-hand`,
    folder,
    kindConfig: join(root, 'kind-config.yaml'),
    ...(image ? { nodeImage: image } : {}),
    ...(istio ? { istioFile: istio } : {}),
  };
  const common = [
    '--state',
    join(folder, 'state'),
    '--work',
    join(folder, 'work'),
    '--name',
    NAME,
    '--on',
    'kind',
  ];
  const tutor = (...args: string[]) =>
    run(process.execPath, [program, ...args, ...common], { maxBuffer: 64e6 });
  const upFlags = [
    '--yes',
    ...(image ? ['--node-image', image] : []),
    ...(istio ? ['--istio-file', istio] : []),
  ];

  try {
    let left = upRounds;
    const up = await sideBySide(upRounds, {
      hand: async () => {
        const ms = await timed(() => upByHand(site));
        await downByHand(site);
        return ms;
      },
      tutor: async () => {
        const ms = await timed(() => tutor('up', ...upFlags));
        left -= 1;
        if (left > 0) await tutor('down', '--yes');
        return ms;
      },
    });
    const again = await timed(() => tutor('up', ...upFlags));
    const { stdout } = await tutor('kubeconfig', '--path');
    const kubeconfig = stdout.trim();
    const probed = await probes(kubeconfig, rounds);
    const course = await courseOf(program, common, rounds);
    const where = {
      on: 'kind',
      name: NAME,
      state: join(folder, 'state'),
      work: join(folder, 'work'),
    };
    const recheck = await recheckMs(where);
    const why = await whyMs(where, rounds);
    const proven = await provenSeconds(program, common);
    const rows = [
      ratioRow('`up`', up.tutor, 'kind, istioctl and kubectl by hand', up.hand, 1.1),
      plainRow('a second `up`', again, 'ms', 5000),
      ...probed.rows,
      plainRow('reset of a lesson', course.reset, 'ms', 3000),
      plainRow('resident after all lessons', course.resident, 'MB', 200),
      plainRow('`run --all`', course.seconds, 's', 900),
      plainRow("a drill's answer saved to its verdicts", recheck, 'ms', 2000),
      plainRow('why a call went there, from the key to its lines', why, 'ms', 600),
      plainRow('all lessons and drills proven (`check`)', proven, 's', 900),
    ];
    const { seconds, resident } = course;
    const figures = { start: up.tutor, ...probed.figures, resident, course: seconds, recheck, proven };
    return { rows, figures };
  } finally {
    await tutor('down', '--yes').catch(() => {});
    await downByHand(site).catch(() => {});
    rmSync(folder, { recursive: true, force: true });
  }
}

const LOAD = 20_000;

async function probes(kubeconfig: string, rounds: number) {
  const names = worldNames();
  const kube = await connect({ path: kubeconfig, context: `kind-${NAME}` });
  const session = await openProbes(kube, names, 'kind');
  const url = 'https://api.safedata-zone.io/v2/data';
  const exec = ['-n', names.mesh, 'exec', 'deploy/client', '-c', 'curl', '--', 'curl', '-sS', url];
  const times = await sideBySide(Math.max(rounds, 9), {
    kubectl: () => timed(() => run('kubectl', ['--kubeconfig', kubeconfig, ...exec])),
    answer: () => timed(() => session.start([url]).answer),
    evidence: () => timed(() => session.start([url]).evidence),
    probe: () => probeOnce(kube),
  });
  // A ServiceEntry is applied, takes effect, and a probe shows it.
  const { shown, through } = await inEffectMs(kube, rounds, () => session.start([url]).answer);
  session.close();
  const requests = LOAD / ((await sendMany(kube, LOAD)) / 1000);
  return {
    rows: [
      ratioRow("a probe's answer", times.answer, '`kubectl exec ... curl`', times.kubectl, 1.3),
      plainRow("the sidecar's and the API's lines", times.evidence, 'ms', 3000),
      plainRow('apply to verdict (accepted, in effect, probed)', through, 'ms', 2000),
    ],
    figures: { inEffect: shown, probe: times.probe, requests },
  };
}

/** The whole course in one process: how long a reset takes, and the memory at its end (Linux: VmRSS). */
async function courseOf(program: string, common: readonly string[], rounds: number) {
  const resets: number[] = [];
  const empty = await timed(() => run(process.execPath, [program, 'list', '--json', ...common]));
  for (let round = 0; round < rounds; round++) {
    resets.push((await timed(() => run(process.execPath, [program, 'reset', '3', ...common]))) - empty);
  }
  const started = performance.now();
  const peak = await memoryOf(
    spawn(process.execPath, [program, 'run', '--all', '--json', ...common], { stdio: 'ignore' }),
  );
  const seconds = (performance.now() - started) / 1000;
  return { reset: median(resets), resident: peak / MB, seconds };
}

async function memoryOf(child: ReturnType<typeof spawn>): Promise<number> {
  let last = 0;
  const look = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      last = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? last);
    } catch {
      // It has ended, or this is not Linux; the last reading counts.
    }
  }, 200);
  await new Promise(resolve => child.once('close', resolve));
  clearInterval(look);
  return last;
}
