/** Drills and exams: how soon an exam's clock runs, how soon a saved file has its verdicts, how long `check` takes. */
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { openCluster } from '../../src/cli/open/cluster.ts';
import { startEngine } from '../../src/cli/open/engine.ts';
import type { Lesson } from '../../src/course/course.ts';
import { loadDrillCourse, TASK } from '../../src/course/load-drill.ts';
import type { StepOf } from '../../src/course/schema.ts';
import type { Engine } from '../../src/lesson/state.ts';
import { packageFile } from '../../src/shared/paths.ts';
import { median } from './measure.ts';

const run = promisify(execFile);

/** Milliseconds from the command to an exam whose clock runs, on a sandbox of its own. */
export async function examStartMs(program: string, rounds: number): Promise<number> {
  const taken: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const folder = mkdtempSync(join(tmpdir(), 'istio-tutor-bench-'));
    const where = ['--on', 'sandbox', '--state', folder, '--work', join(folder, 'work')];
    const started = performance.now();
    const child = spawn(process.execPath, [program, 'exam', '--plain', ...where], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const gone = new Promise(resolve => child.once('close', resolve));
    let text = '';
    await new Promise<void>((resolve, reject) => {
      child.once('close', () => reject(new Error(`the exam ended: ${text}`)));
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes(' left, ')) resolve();
      });
    });
    taken.push(performance.now() - started);
    child.stdin.end('q\n');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  }
  return median(taken);
}

/** The providers' own options, as the command line has them. */
export interface Where {
  readonly on: string;
  readonly name?: string;
  readonly state: string;
  readonly work: string;
}

/** Milliseconds from saving a drill's right answer to its last verdict: the median over all drills. */
export async function recheckMs(where: Where): Promise<number> {
  const { cluster, names } = await openCluster(where);
  const course = await loadDrillCourse(packageFile('lessons'));
  const engine = await startEngine(course, cluster, names, where);
  try {
    const taken: number[] = [];
    for (const drill of course.lessons) {
      await engine.open(drill.id);
      const { problem } = engine.getSnapshot();
      if (problem !== null) throw new Error(`${drill.id}: ${problem.what} ${problem.why ?? ''}`);
      taken.push(await saveAndWait(engine, drill));
      console.error(`  ${where.on}: ${drill.id} ${Math.round(taken.at(-1) as number)} ms`);
    }
    return median(taken);
  } finally {
    await engine.dispose();
  }
}

/** Saves the drill's solution and waits until every check has a verdict. */
function saveAndWait(engine: Engine, drill: Lesson): Promise<number> {
  const { solution } = drill.steps[0] as StepOf<'fix'>;
  const started = performance.now();
  return new Promise((resolve, reject) => {
    let checked = false;
    const stop = engine.subscribe(() => {
      const { busy, steps, problem } = engine.getSnapshot();
      const { checks = [] } = steps[TASK] ?? {};
      checked ||= busy !== null && checks.some(each => each.verdict.state === 'not-tried');
      if (problem === null && !(checked && checks.every(each => each.verdict.state !== 'not-tried'))) return;
      stop();
      if (problem !== null) reject(new Error(`${drill.id}: ${problem.what} ${problem.why ?? ''}`));
      const verdict = performance.now() - started;
      // The next drill is opened when this one has settled.
      const rest = engine.subscribe(() => {
        if (engine.getSnapshot().busy !== null) return;
        rest();
        resolve(verdict);
      });
    });
    const { folder } = engine.getSnapshot();
    for (const path of solution) {
      writeFileSync(join(folder as string, basename(path)), drill.files[path] as string);
    }
  });
}

/** Seconds that `check` takes over every lesson and drill with all their answers. */
export async function provenSeconds(program: string, flags: readonly string[]): Promise<number> {
  const { stdout } = await run(process.execPath, [program, 'check', '--json', ...flags], {
    maxBuffer: 64e6,
  }).catch((error: { stdout?: string; stderr?: string }) => {
    // What does not hold is reported, and the other measures go on.
    console.error(error.stderr);
    if (error.stdout?.startsWith('{')) return { stdout: error.stdout };
    throw error;
  });
  const { ok, seconds } = JSON.parse(stdout) as { ok: boolean; seconds: number };
  return ok ? seconds : Number.NaN;
}
