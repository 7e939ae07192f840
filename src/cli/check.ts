/**
 * `istio-tutor check`: the gate for authors. Reads lessons and drills, looks their prose over, and proves them on a
 * cluster: what is broken fails, what is right passes, each near-miss is caught, every announced symptom appears.
 */
import { setMaxListeners } from 'node:events';
import { Command } from 'commander';
import type { Lesson } from '../lesson/course.ts';
import type { Finding } from '../lesson/lint-prose.ts';
import type { Proof, Worker } from '../lesson/prove.ts';
import { UserError } from '../shared/errors.ts';
import { Ended } from './exit.ts';
import { type GlobalOptions, globals, interruptSignal } from './globals.ts';
import { printJson, stderr, stdout } from './out.ts';
import { paint, signs } from './plain-reporter.ts';

/** Worlds side by side. In the sandbox most of the time is waiting; a real cluster runs five pods for each. */
const JOBS = { sandbox: 8, kind: 3, context: 3 } as const;
const MOST_JOBS = 16;

export function checkCommand(): Command {
  return new Command('check')
    .summary('prove lessons and drills, for their authors')
    .description(
      'Reads the course, looks its prose over, and proves every lesson and drill in worlds of its own: the start\nstate fails every check, the solution and each alternative pass, each near-miss is caught by the check that it\nnames, and every announced symptom appears. Exit code 1 when something does not hold.',
    )
    .argument('[what...]', 'a course, a lesson or a drill: folder, name or number; everything without it')
    .option('--jobs <N>', 'so many worlds side by side (8 in the sandbox, else 3)')
    .option('--no-cluster', 'only read and look over; nothing is sent')
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor check                          all of our lessons and drills, in the sandbox
  istio-tutor check timeout-bites --on kind  one drill on a real cluster
  istio-tutor check ../my-course --jobs 2
  istio-tutor check --no-cluster --json      for an editor or a commit hook

With --json: {"provider", "ok", "seconds", "counts": {"lessons", "drills", "steps", "checks", "answers",
  "nearMisses", "symptoms"}, "prose": [{"file", "line", "what"}], "items": [{"id", "kind", "title", "ok", "seconds",
  "counts", "failures": [{"step", "what", "expected", "found"}]}]}`,
    )
    .action(async (what: string[], flags: { jobs?: string; cluster: boolean }, command: Command) => {
      await check(what, jobsOf(flags.jobs), flags.cluster, globals(command));
    });
}

function jobsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const jobs = Number(text);
  if (Number.isInteger(jobs) && jobs >= 1 && jobs <= MOST_JOBS) return jobs;
  throw new UserError({
    what: `--jobs cannot be ${text}.`,
    why: `It is a whole number from 1 to ${MOST_JOBS}.`,
    next: ['--jobs 4'],
  });
}

async function check(
  what: readonly string[],
  jobs: number | undefined,
  onCluster: boolean,
  options: GlobalOptions,
): Promise<void> {
  const { readChecked } = await import('./checked.ts');
  const { lessons, prose } = await readChecked(what, options);
  const out = options.json ? stderr : stdout;
  for (const finding of prose) out.write(`${findingLine(finding, options)}\n`);
  const began = Date.now();
  const { provider, proofs } = onCluster
    ? await proveOn(lessons, jobs, options, proof => out.write(proofLines(proof, options)))
    : { provider: null, proofs: [] };
  const seconds = Math.round((Date.now() - began) / 100) / 10;
  const counts = countsOf(lessons, proofs);
  const bad = proofs.filter(proof => proof.failures.length > 0).length;
  const ok = bad === 0 && prose.length === 0;
  if (options.json) {
    const items = proofs.map(itemOf);
    printJson({ provider, ok, seconds, counts, prose, items });
  } else out.write(closing({ ok, bad, seconds, provider, counts, prose: prose.length }, options));
  if (!ok) throw new Ended(1);
}

async function proveOn(
  lessons: readonly Lesson[],
  jobs: number | undefined,
  options: GlobalOptions,
  onDone: (proof: Proof) => void,
): Promise<{ provider: string; proofs: readonly Proof[] }> {
  const signal = interruptSignal();
  const [{ openCluster }, { openMesh }, { commandProgress }, { prove }, { systemClock }] = await Promise.all([
    import('./open-cluster.ts'),
    import('./start-engine.ts'),
    import('./command-progress.ts'),
    import('../lesson/prove.ts'),
    import('../shared/clock.ts'),
  ]);
  const open = (n: number) => openCluster({ ...options, learner: `check-${n}` });
  const first = await open(1);
  const many = Math.min(lessons.length, jobs ?? JOBS[first.cluster.can.kind]);
  const used = [first];
  while (used.length < many) used.push(await open(used.length + 1));
  const workers: Worker[] = [];
  const { connect } = await import('../cluster/client.ts');
  try {
    await commandProgress(options, async progress => {
      for (const { cluster } of used) await cluster.up(progress, signal);
    });
    for (const { cluster, names } of used) {
      workers.push({ names, mesh: await openMesh(cluster, names, signal) });
    }
    const proofs = await prove(workers, lessons, { clock: systemClock, signal, onDone });
    return { provider: first.cluster.name, proofs };
  } finally {
    for (const { mesh } of workers) mesh.close();
    const { removeWorld } = await import('../world/bring-up.ts');
    const kube = await connect(first.cluster.kubeconfig).catch(() => null);
    const quiet = { stage: () => {}, line: () => {} };
    // What was made for this is taken away again, after Ctrl-C as well.
    const away = new AbortController().signal;
    setMaxListeners(0, away);
    if (kube !== null) {
      await Promise.all(used.map(({ names }) => removeWorld(kube, names, quiet, away).catch(() => {})));
    }
  }
}

interface Counts {
  readonly lessons: number;
  readonly drills: number;
  readonly steps: number;
  readonly checks: number;
  /** Right ones: solutions and alternatives. */
  readonly answers: number;
  readonly nearMisses: number;
  readonly symptoms: number;
}

function countsOf(lessons: readonly Lesson[], proofs: readonly Proof[]): Counts {
  const sum = (of: (proof: Proof) => number) => proofs.reduce((total, proof) => total + of(proof), 0);
  return {
    lessons: lessons.filter(each => each.drill === undefined).length,
    drills: lessons.filter(each => each.drill !== undefined).length,
    steps: sum(each => each.counts.steps),
    checks: sum(each => each.counts.checks),
    answers: sum(each => each.counts.fixes + each.counts.alternatives),
    nearMisses: sum(each => each.counts.nearMisses),
    symptoms: sum(each => each.counts.symptoms),
  };
}

function itemOf({ of, counts, seconds, failures }: Proof) {
  return {
    id: of.id,
    kind: of.drill === undefined ? 'lesson' : 'drill',
    title: of.title,
    ok: failures.length === 0,
    seconds: Math.round(seconds * 10) / 10,
    counts,
    failures: failures.map(({ step, what, expected, found }) => ({ step, what, expected, found })),
  };
}

function sign(ok: boolean, options: GlobalOptions): string {
  return ok ? paint(options, 'green', signs(options).good) : paint(options, 'red', signs(options).bad);
}

function findingLine({ file, line, what }: Finding, options: GlobalOptions): string {
  return `${sign(false, options)} ${file}${line > 0 ? `:${line}` : ''}  ${what}`;
}

function proofLines(proof: Proof, options: GlobalOptions): string {
  const { of, counts, seconds, failures } = proof;
  const name = of.drill === undefined ? `lesson ${of.number}  ${of.id}` : `drill ${of.number}  ${of.id}`;
  const answers = counts.fixes + counts.alternatives;
  const size = `${counts.checks} checks, ${answers} answers, ${counts.nearMisses} near-misses`;
  const lines = failures.flatMap(({ step, what, expected, found }) => [
    `    ${step}: ${what}`,
    `      expected ${expected}`,
    `      found    ${found}`,
  ]);
  const head = `${sign(failures.length === 0, options)} ${name.padEnd(34)} ${size.padEnd(40)} ${seconds.toFixed(0).padStart(4)} s`;
  return `${[head, ...lines].join('\n')}\n`;
}

function closing(
  all: { ok: boolean; bad: number; seconds: number; provider: string | null; counts: Counts; prose: number },
  options: GlobalOptions,
): string {
  const { counts, bad, prose, provider, seconds } = all;
  const what = `${counts.lessons} lessons, ${counts.drills} drills`;
  if (provider === null) {
    return `\n${sign(all.ok, options)} ${what} read; ${prose === 0 ? 'the prose holds' : `${prose} findings in the prose`}.\n`;
  }
  const proven = `${counts.checks} checks, ${counts.answers} answers and ${counts.nearMisses} near-misses on ${provider}`;
  const verdict = all.ok
    ? 'all as they must be'
    : `${bad} do not hold${prose > 0 ? `, ${prose} findings in the prose` : ''}`;
  return `\n${sign(all.ok, options)} ${what}: ${proven}, ${verdict}. ${seconds} s\n`;
}
