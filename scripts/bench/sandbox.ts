/**
 * The sandbox: how soon a client pod is ready, how soon a change is in effect, what a probe costs over bare curl, what
 * its sidecar carries on one core, and its memory. It runs in a process of its own, as `istio-tutor sandbox` starts it.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connect, type Kube } from '../../src/kube/client.ts';
import { startApiServer } from '../../src/world/api-server.mjs';
import { slowestDifferenceMs } from './differences.ts';
import { grading } from './grading.ts';
import { median, plainRow, type Row, ratioRow, sideBySide, timed } from './measure.ts';
import { type Figures, inEffectMs, probeOnce, sendMany } from './mesh-figures.ts';
import { examStartMs, provenSeconds, recheckMs } from './practice.ts';
import { seatFigures } from './seat.ts';
import { whyMs } from './why.ts';

const run = promisify(execFile);
const MB = 1024;

export async function onSandbox(program: string, rounds: number): Promise<{ rows: Row[]; figures: Figures }> {
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
      const { shown } = await inEffectMs(kube, rounds * 3);
      const probe = await probeTimes(kube, rounds);
      const load = await underLoad(kube, child);
      const where = { on: 'sandbox', state: folder, work: join(folder, 'work') };
      const recheck = await recheckMs(where);
      const why = await whyMs(where, rounds);
      const seat = await seatFigures(program, rounds);
      const course = await courseOf(program, rounds);
      const proven = await provenSeconds(program, ['--on', 'sandbox', '--state', join(folder, 'check')]);
      const exam = await examStartMs(program, rounds);
      const slowest = await slowestDifferenceMs(rounds);
      const grades = await grading();
      const rows = [
        ratioRow('sandbox: start to a ready client pod', cold.sandbox, '`node -e 0`', cold.node, 10),
        plainRow('sandbox: apply to in effect', shown, 'ms', 50),
        probeRow(probe),
        ...load.rows,
        plainRow('sandbox: resident at most, the whole course', course.most, 'MB', 180),
        plainRow('sandbox: resident after the course', course.last, 'MB', 140),
        plainRow('sandbox: `run --all`', course.seconds, 's', 60),
        plainRow("sandbox: a drill's answer saved to its verdicts", recheck, 'ms', 500),
        plainRow('sandbox: why a call went there, from the key to its lines', why, 'ms', 150),
        plainRow("`play` from the command to a call's walk", seat.playMs, 'ms', 1200),
        plainRow('key to frame with a walk of forty calls', seat.keyMs, 'ms', 30),
        plainRow('sandbox: all lessons and drills proven (`check`)', proven, 's', 180),
        plainRow('sandbox: an exam from the command to its clock', exam, 'ms', 2000),
        plainRow(
          "sandbox: a drill's search for a counterexample, beside its checks",
          grades.searchMs,
          'ms',
          1000,
        ),
        plainRow('a twin world, ready', grades.twinMs, 'ms', 150),
        plainRow('what the solution of a drill changes for calls, the slowest drill', slowest, 'ms', 200),
      ];
      const figures = {
        start: cold.sandbox,
        inEffect: shown,
        probe: probe.probe,
        requests: load.byTheClock,
        resident: course.most,
        course: course.seconds,
        recheck,
        proven,
      };
      return { rows, figures };
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

/** The same request by curl alone, to the same server's code on 127.0.0.1, in turns. */
async function probeTimes(kube: Kube, rounds: number): Promise<{ bare: number; probe: number }> {
  const server = await startApiServer({ version: 'bench', httpPort: 0, host: '127.0.0.1', print: () => {} });
  const times = await sideBySide(rounds * 3, {
    bare: () => timed(() => run('curl', ['-sS', `http://127.0.0.1:${server.httpPort}/v2/data`])),
    probe: () => probeOnce(kube),
  });
  await server.close();
  return times;
}

function probeRow({ bare, probe }: { bare: number; probe: number }): Row {
  const over = probe - bare;
  return {
    what: 'sandbox: a probe over bare curl',
    found: `${Math.round(over)} ms more (${Math.round(probe)} against ${Math.round(bare)} ms)`,
    bound: '40 ms',
    met: over <= 40,
  };
}

const WARM = 20_000;
const REQUESTS = 100_000;

/** 100,000 requests through the sidecar: its pace, and its memory at both ends. */
async function underLoad(kube: Kube, child: ChildProcess): Promise<{ rows: Row[]; byTheClock: number }> {
  await sendMany(kube, WARM);
  const before = peak(child);
  const processor = processorTime(child);
  const ms = await sendMany(kube, REQUESTS);
  const seconds = processorTime(child) - processor;
  const after = peak(child);
  const pace = REQUESTS / seconds;
  const byTheClock = REQUESTS / (ms / 1000);
  const rows = [
    {
      what: 'sandbox: plain HTTP through the sidecar',
      found: `${Math.round(pace)} requests for each second of processor time (${Math.round(byTheClock)} a second by the clock)`,
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
  return { rows, byTheClock };
}

/** Linux: kB. */
function resident(child: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? Number.NaN);
}

/** Linux: kB, the most so far. What is resident at one moment depends on when garbage was last collected. */
function peak(child: ChildProcess): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? Number.NaN);
}

/** Linux: seconds of user and system time, at 100 ticks a second. */
function processorTime(child: ChildProcess): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The whole course in one process, the sandbox within: what was resident at most, and at its end. */
async function courseOf(
  program: string,
  rounds: number,
): Promise<{ most: number; last: number; seconds: number }> {
  const taken: number[] = [];
  let most = 0;
  const lasts: number[] = [];
  for (let round = 0; round < Math.min(rounds, 3); round++) {
    const folder = mkdtempSync(join(tmpdir(), 'istio-tutor-bench-'));
    const flags = ['--state', folder, '--work', join(folder, 'work'), '--on', 'sandbox'];
    const started = performance.now();
    const child = spawn(process.execPath, [program, 'run', '--all', '--json', ...flags], {
      stdio: 'ignore',
    });
    let last = 0;
    const look = setInterval(() => {
      try {
        last = resident(child) || last;
        most = Math.max(most, last);
      } catch {
        // It has ended; the last reading counts.
      }
    }, 200);
    const code = await new Promise(resolve => child.once('close', resolve));
    clearInterval(look);
    if (code !== 0) throw new Error(`run --all in the sandbox ended with ${code}`);
    lasts.push(last);
    taken.push((performance.now() - started) / 1000);
    rmSync(folder, { recursive: true, force: true });
  }
  return { most: most / MB, last: median(lasts) / MB, seconds: median(taken) };
}
