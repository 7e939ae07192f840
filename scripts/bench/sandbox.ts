/**
 * The sandbox: how soon a client pod is ready, how soon a change is in effect, what a probe costs over bare curl, what
 * its sidecar carries on one core, and what it weighs. A sandbox of its own process, as `istio-tutor sandbox` starts it.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { apply, remove } from '../../src/cluster/apply.ts';
import { connect, type Kube, type KubeObject } from '../../src/cluster/client.ts';
import { exec } from '../../src/cluster/exec.ts';
import { readyPod } from '../../src/cluster/wait.ts';
import { beforeChange, followEffect } from '../../src/probe/in-effect.ts';
import { startApiServer } from '../../src/world/api-server.mjs';
import { CLIENT, worldNames } from '../../src/world/names.ts';
import { median, plainRow, type Row, ratioRow, sideBySide, timed } from './measure.ts';

const run = promisify(execFile);
const names = worldNames();
const MB = 1024;
const URL = 'http://api.safedata-zone.io/v2/data';

export async function onSandbox(program: string, rounds: number): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'istio-tutor-bench-'));
  const flags = ['--state', folder, '--work', join(folder, 'work')];
  try {
    const cold = await sideBySide(rounds, {
      node: () => timed(() => run(process.execPath, ['-e', '0'])),
      sandbox: async () => {
        const started = performance.now();
        const sandbox = await startSandbox(program, flags);
        const ms = performance.now() - started;
        await end(sandbox.child);
        return ms;
      },
    });
    const { child, kubeconfig } = await startSandbox(program, flags);
    try {
      const kube = await connect(kubeconfig);
      const rows = [
        ratioRow('sandbox: start to a ready client pod', cold.sandbox, '`node -e 0`', cold.node, 10),
        await applyRow(kube, rounds),
        await probeRow(kube, rounds),
        ...(await loadRows(kube, child)),
      ];
      return [...rows, ...(await courseRows(program, rounds))];
    } finally {
      await end(child);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Started {
  readonly child: ChildProcess;
  readonly kubeconfig: { path: string; context: string };
}

/** Resolves with its first line, which it prints when the client pod has answered a call. */
function startSandbox(program: string, flags: readonly string[]): Promise<Started> {
  const child = spawn(process.execPath, [program, 'sandbox', '--json', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let text = '';
    child.once('close', () => reject(new Error(`the sandbox ended: ${text}`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (!text.includes('\n')) return;
      const { kubeconfig, context } = JSON.parse(text) as { kubeconfig: string; context: string };
      resolve({ child, kubeconfig: { path: kubeconfig, context } });
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  const gone = new Promise(resolve => child.once('close', resolve));
  child.kill('SIGINT');
  await gone;
}

/** From the apply to the sidecar's own configuration showing it. */
async function applyRow(kube: Kube, rounds: number): Promise<Row> {
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
  const taken: number[] = [];
  for (let round = 0; round < rounds * 3; round++) {
    const before = await beforeChange(kube, names);
    taken.push(
      await timed(async () => {
        await apply(kube, entry);
        const effect = await followEffect(kube, names, before, {});
        if (effect.kind !== 'in-effect') throw new Error(`the ServiceEntry is ${effect.kind}`);
      }),
    );
    await remove(kube, { ...entry, name: 'bench', namespace: names.mesh });
  }
  return plainRow('sandbox: apply to in effect', median(taken), 'ms', 50);
}

/** The same request by curl alone, to the same server's code on 127.0.0.1, in turns. */
async function probeRow(kube: Kube, rounds: number): Promise<Row> {
  const server = await startApiServer({ version: 'bench', httpPort: 0, host: '127.0.0.1', print: () => {} });
  const target = await clientTarget(kube);
  const times = await sideBySide(rounds * 3, {
    bare: () => timed(() => run('curl', ['-sS', `http://127.0.0.1:${server.httpPort}/v2/data`])),
    probe: () => timed(() => exec(kube, target, ['curl', '-sS', URL])),
  });
  await server.close();
  const over = times.probe - times.bare;
  return {
    what: 'sandbox: a probe over bare curl',
    found: `${Math.round(over)} ms more (${Math.round(times.probe)} against ${Math.round(times.bare)} ms)`,
    bound: '40 ms',
    met: over <= 40,
  };
}

const WARM = 20_000;
const REQUESTS = 100_000;

/** 100,000 requests from eight connections of one curl through the sidecar: its pace, and its memory at both ends. */
async function loadRows(kube: Kube, child: ChildProcess): Promise<Row[]> {
  const target = await clientTarget(kube);
  const send = (count: number) =>
    exec(kube, target, [
      'curl',
      '-sS',
      '-Z',
      '--parallel-max',
      '8',
      '-o',
      '/dev/null',
      `${URL}?i=[1-${count}]`,
    ]);
  await send(WARM);
  const before = peak(child);
  const processor = processorTime(child);
  const ms = await timed(() => send(REQUESTS));
  const seconds = processorTime(child) - processor;
  const after = peak(child);
  const pace = REQUESTS / seconds;
  return [
    {
      what: 'sandbox: plain HTTP through the sidecar',
      found: `${Math.round(pace)} requests for each second of processor time (${Math.round(REQUESTS / (ms / 1000))} a second by the clock)`,
      bound: 'at least 2000',
      met: pace >= 2000,
    },
    {
      what: 'sandbox: memory over 100,000 requests',
      found: `${Math.round(before / MB)} MB at most before, ${Math.round(after / MB)} MB at most after`,
      bound: 'flat (10 %)',
      met: after <= before * 1.1 || after - before < 10 * MB,
    },
  ];
}

async function clientTarget(kube: Kube) {
  const { name: pod } = await readyPod(kube, names.mesh, CLIENT.selector);
  return { namespace: names.mesh, pod, container: CLIENT.container };
}

/** Linux: kB. */
function resident(child: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? Number.NaN);
}

/** Linux: kB, the most so far. What is resident at one moment depends on when garbage was swept last. */
function peak(child: ChildProcess): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? Number.NaN);
}

/** Linux: seconds of user and system time, at 100 ticks a second. */
function processorTime(child: ChildProcess): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The whole course in one process, the sandbox within. */
async function courseRows(program: string, rounds: number): Promise<Row[]> {
  const taken: number[] = [];
  let most = 0;
  for (let round = 0; round < Math.min(rounds, 3); round++) {
    const folder = mkdtempSync(join(tmpdir(), 'istio-tutor-bench-'));
    const flags = ['--state', folder, '--work', join(folder, 'work'), '--on', 'sandbox'];
    const started = performance.now();
    const child = spawn(process.execPath, [program, 'run', '--all', '--json', ...flags], {
      stdio: 'ignore',
    });
    const look = setInterval(() => {
      try {
        most = Math.max(most, resident(child) || 0);
      } catch {
        // It has ended; the last reading stands.
      }
    }, 200);
    const code = await new Promise(resolve => child.once('close', resolve));
    clearInterval(look);
    if (code !== 0) throw new Error(`run --all in the sandbox ended with ${code}`);
    taken.push((performance.now() - started) / 1000);
    rmSync(folder, { recursive: true, force: true });
  }
  return [
    plainRow('sandbox: resident at most, the whole course', most / MB, 'MB', 180),
    plainRow('sandbox: `run --all`', median(taken), 's', 60),
  ];
}
