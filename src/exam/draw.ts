/**
 * Which drills an exam asks, and in which order: drawn by a seed, spread over the domains, with the levels in the
 * proportions of the pool. The same seed over the same drills gives the same exam on every machine. Pure.
 */
import { createHash } from 'node:crypto';
import type { Drill } from '../course/course.ts';
import { LEVELS } from '../course/drill-schema.ts';
import { UserError } from '../shared/errors.ts';

/** Throws a UserError when there are not so many. */
export function drawQuestions(drills: readonly Drill[], count: number, seed: string): readonly Drill[] {
  if (count > drills.length) {
    throw new UserError({
      what: `An exam of ${count} questions cannot be drawn: there ${drills.length === 1 ? 'is 1 drill' : `are ${drills.length} drills`}.`,
      next: [`istio-tutor exam --drills ${drills.length}`],
    });
  }
  const random = randomOf(seed);
  const domains = shuffled([...new Set(drills.map(each => each.domain))], random);
  const left = new Map(
    domains.map(domain => [
      domain,
      shuffled(
        drills.filter(each => each.domain === domain),
        random,
      ),
    ]),
  );
  const drawn: Drill[] = [];
  for (let turn = 0; drawn.length < count; turn++) {
    const pool = left.get(domains[turn % domains.length] as Drill['domain']) ?? [];
    if (pool.length === 0) continue;
    const scarce = [...pool].sort((a, b) => share(a, drawn, drills) - share(b, drawn, drills))[0] as Drill;
    pool.splice(pool.indexOf(scarce), 1);
    drawn.push(scarce);
  }
  return shuffled(drawn, random);
}

/** How much of its level's share has been drawn already: the one with the least is drawn next. */
function share({ level }: Drill, drawn: readonly Drill[], all: readonly Drill[]): number {
  const of = (drills: readonly Drill[]) => drills.filter(each => each.level === level).length;
  return of(drawn) / of(all) + LEVELS.indexOf(level) / 1000;
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}

/** Numbers from 0 to 1: sha256 in counter mode, the same everywhere. */
function randomOf(seed: string): () => number {
  let counter = 0;
  return () => createHash('sha256').update(`${seed}/${counter++}`).digest().readUInt32BE(0) / 2 ** 32;
}
