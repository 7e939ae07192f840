/** What needs a cluster: `up` against doing it by hand, a probe against kubectl exec, an apply, a reset, memory. */
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { apply, remove } from '../../src/cluster/apply.ts';
import { connect, type KubeObject } from '../../src/cluster/client.ts';
import { beforeChange, followEffect } from '../../src/probe/in-effect.ts';
import { openProbes } from '../../src/probe/session.ts';
import { worldNames } from '../../src/world/names.ts';
import { downByHand, type Site, upByHand } from './by-hand.ts';
import { median, plainRow, type Row, ratioRow, sideBySide, timed } from './measure.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
const MB = 1024;
const NAME = 'istio-tutor-bench';

/** The same machine, the same images, in turns; the last cluster that `up` made stays for the other measures. */
export async function onCluster(program: string, rounds: number, upRounds: number): Promise<Row[]> {
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
    return [
      ratioRow('`up`', up.tutor, 'kind, istioctl and kubectl by hand', up.hand, 1.1),
      plainRow('a second `up`', again, 'ms', 5000),
      ...(await probes(kubeconfig, rounds)),
      ...(await courseRows(program, common, rounds)),
    ];
  } finally {
    await tutor('down', '--yes').catch(() => {});
    await downByHand(site).catch(() => {});
    rmSync(folder, { recursive: true, force: true });
  }
}

async function probes(kubeconfig: string, rounds: number): Promise<Row[]> {
  const names = worldNames();
  const kube = await connect({ path: kubeconfig, context: `kind-${NAME}` });
  const session = await openProbes(kube, names, 'kind');
  const url = 'https://api.safedata-zone.io/v2/data';
  const exec = ['-n', names.mesh, 'exec', 'deploy/client', '-c', 'curl', '--', 'curl', '-sS', url];
  const times = await sideBySide(Math.max(rounds, 9), {
    kubectl: () => timed(() => run('kubectl', ['--kubeconfig', kubeconfig, ...exec])),
    answer: () => timed(() => session.start([url]).answer),
    evidence: () => timed(() => session.start([url]).evidence),
  });
  const effects: number[] = [];
  for (let round = 0; round < rounds; round++) effects.push(await applyToVerdict());
  session.close();
  return [
    ratioRow("a probe's answer", times.answer, '`kubectl exec ... curl`', times.kubectl, 1.3),
    plainRow("the sidecar's and the API's lines", times.evidence, 'ms', 3000),
    plainRow('apply to verdict (accepted, in effect, probed)', median(effects), 'ms', 2000),
  ];

  /** A ServiceEntry comes, is in effect, and a probe shows it; then it goes again. */
  async function applyToVerdict(): Promise<number> {
    const entry: KubeObject = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'ServiceEntry',
      metadata: { name: 'bench', namespace: names.mesh },
      spec: {
        hosts: ['api.safedata-zone.io'],
        ports: [{ number: 443, name: 'https', protocol: 'HTTPS' }],
        resolution: 'DNS',
      },
    };
    const before = await beforeChange(kube, names);
    const ms = await timed(async () => {
      await apply(kube, entry);
      const effect = await followEffect(kube, names, before, {});
      if (effect.kind !== 'in-effect') throw new Error(`the ServiceEntry is ${effect.kind}`);
      await session.start([url]).answer;
    });
    const { apiVersion, kind, metadata } = entry;
    const after = await beforeChange(kube, names);
    await remove(kube, { apiVersion, kind, name: metadata.name, namespace: names.mesh });
    await followEffect(kube, names, after, {});
    return ms;
  }
}

/** The whole course in one process: how long a reset takes, and the memory at its end (Linux: VmRSS). */
async function courseRows(program: string, common: readonly string[], rounds: number): Promise<Row[]> {
  const resets: number[] = [];
  const empty = await timed(() => run(process.execPath, [program, 'list', '--json', ...common]));
  for (let round = 0; round < rounds; round++) {
    resets.push((await timed(() => run(process.execPath, [program, 'reset', '3', ...common]))) - empty);
  }
  const started = performance.now();
  const peak = await memoryOf(
    spawn(process.execPath, [program, 'run', '--all', '--json', ...common], { stdio: 'ignore' }),
  );
  return [
    plainRow('reset of a lesson', median(resets), 'ms', 3000),
    plainRow('resident after all lessons', peak / MB, 'MB', 200),
    plainRow('`run --all`', (performance.now() - started) / 1000, 's', 900),
  ];
}

async function memoryOf(child: ReturnType<typeof spawn>): Promise<number> {
  let last = 0;
  const look = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      last = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? last);
    } catch {
      // It has ended, or this is not Linux; the last reading stands.
    }
  }, 200);
  await new Promise(resolve => child.once('close', resolve));
  clearInterval(look);
  return last;
}
