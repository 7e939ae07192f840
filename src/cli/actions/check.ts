/**
 * `istio-tutor check`: the gate for authors. Reads lessons and drills, looks their prose over, and proves them on a
 * cluster: what is broken fails, what is right passes, each near-miss is caught, every announced symptom appears.
 */
import { setMaxListeners } from 'node:events';
import { Command } from 'commander';
import type { Proof, Worker } from '../../author/prove.ts';
import type { Lesson } from '../../course/course.ts';
import { UserError } from '../../shared/errors.ts';
import { Ended } from '../exit.ts';
import { type GlobalOptions, globals } from '../globals.ts';
import { printJson, stderr, stdout } from '../print/out.ts';
import { interruptSignal } from '../process/interrupt.ts';

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
"counts", "failures": [{"step", "what", "expected", "found", "file", "line"}],
"refused": [{"step", "file", "line", "what", "message"}]}]}; refused are near-misses that the API itself catches.`,
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
  const [{ readChecked }, { closing, countsOf, findingLine, itemOf, proofLines }] = await Promise.all([
    import('../../author/read-checked.ts'),
    import('../print/proof-lines.ts'),
  ]);
  const { lessons, prose } = await readChecked(
    what,
    await (await import('../open/course.ts')).courseFolder(options),
  );
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
    import('../open/cluster.ts'),
    import('../open/engine.ts'),
    import('../print/command-progress.ts'),
    import('../../author/prove.ts'),
    import('../../shared/clock.ts'),
  ]);
  const open = (n: number) => openCluster({ ...options, learner: `check-${n}` });
  const first = await open(1);
  const many = Math.min(lessons.length, jobs ?? JOBS[first.cluster.can.kind]);
  const used = [first];
  while (used.length < many) used.push(await open(used.length + 1));
  const workers: Worker[] = [];
  const { connect } = await import('../../kube/client.ts');
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
    const { removeWorld } = await import('../../world/bring-up.ts');
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
