/** Reads what is to be checked, proves it on a cluster, and says what came of it. */
import { courseHere, isOwnCourse } from '../../author/new-lesson.ts';
import type { Proof } from '../../author/prove.ts';
import { readChecked } from '../../author/read-checked.ts';
import type { Lesson } from '../../course/course.ts';
import type { WorldSite } from '../../lesson/worlds.ts';
import { steadyNow, systemClock } from '../../shared/clock.ts';
import { UserError } from '../../shared/errors.ts';
import type { CheckFlags } from '../commands/check.ts';
import { Ended } from '../exit.ts';
import { jobsOf } from '../jobs.ts';
import { openCluster } from '../open/cluster.ts';
import { courseFolder } from '../open/course.ts';
import { commandProgress } from '../print/command-progress.ts';
import { printJson, stderr, stdout } from '../print/out.ts';
import { closing, countsOf, findingLine, holds, itemOf, proofLines } from '../print/proof-lines.ts';
import { interruptSignal } from '../process/interrupt.ts';

/** Worlds side by side. In the sandbox most of the time is waiting; a real cluster runs five pods for each. */
const JOBS = { sandbox: 8, kind: 3, context: 3 } as const;
/** Each world then has a twin of its own beside it. */
const WITH_MUTANTS = 2;

export async function check(what: readonly string[], options: CheckFlags): Promise<void> {
  const jobs = jobsOf(options.jobs);
  if (options.answer !== undefined) {
    if (options.mutants === true || !options.cluster) {
      throw new UserError({
        what: `--answer and ${options.cluster ? '--mutants' : '--no-cluster'} exclude each other.`,
        why: 'One answer is graded in a world of its own, and nothing else is.',
        next: ['istio-tutor check one-door --answer FILE'],
      });
    }
    const { lessons } = await readChecked(what, coursesFor(options), { manifests: false });
    return (await import('./check-answer.ts')).checkAnswer(lessons, options.answer, options);
  }
  // A cluster says itself what it refuses.
  const { lessons, ...found } = await readChecked(what, coursesFor(options), { manifests: !options.cluster });
  const findings = [...found.prose, ...found.manifests];
  const out = options.json ? stderr : stdout;
  for (const finding of findings) out.write(`${findingLine(finding, options)}\n`);
  for (const each of found.advice) out.write(`${findingLine(each, options, 'advice')}\n`);
  const began = steadyNow();
  const { provider, proofs } = options.cluster
    ? await proveAll(lessons, jobs, options, proof => out.write(proofLines(proof, options)))
    : { provider: null, proofs: [] };
  const seconds = Math.round((steadyNow() - began) / 100) / 10;
  const counts = countsOf(lessons, proofs);
  const bad = proofs.filter(proof => !holds(proof)).length;
  const ok = bad === 0 && findings.length === 0;
  if (options.json) {
    const items = proofs.map(itemOf);
    printJson({ provider, ok, seconds, counts, ...found, items });
  } else
    out.write(closing({ ok, bad, seconds, provider, counts, findings: findings.length, proofs }, options));
  if (!ok) throw new Ended(1);
}

/** Where names are looked up: the course that an author stands in comes before ours. */
function coursesFor({ course }: CheckFlags): readonly [string, ...string[]] {
  if (course !== undefined) return [course];
  const here = courseHere();
  const ours = courseFolder({});
  return here === null || isOwnCourse(here) ? [ours] : [here, ours];
}

async function proveAll(
  lessons: readonly Lesson[],
  jobs: number | undefined,
  options: CheckFlags,
  onDone: (proof: Proof) => void,
): Promise<{ provider: string; proofs: readonly Proof[] }> {
  // An editor or a commit hook that only reads (--no-cluster) does not wait for the Kubernetes client.
  const { proveIn } = await import('../../author/prove-in.ts');
  const signal = interruptSignal();
  const open = (n: number) => openCluster({ ...options, learner: `check-${n}` });
  const first = await open(1);
  const { mutants = false } = options;
  const usual = mutants ? WITH_MUTANTS : JOBS[first.cluster.can.kind];
  const many = Math.min(lessons.length, jobs ?? usual);
  const sites: [WorldSite, ...WorldSite[]] = [first];
  while (sites.length < many) sites.push(await open(sites.length + 1));
  const proofs = await proveIn(sites, lessons, {
    ...{ clock: systemClock, signal, onDone, mutants },
    shown: work => commandProgress(options, work),
  });
  return { provider: first.cluster.name, proofs };
}
