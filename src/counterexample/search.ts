/**
 * The search for the call that proves an answer wrong. Paper proposes (difference/), traffic judges: the same calls are
 * sent in the learner's world and, under each right answer, in a twin world of the sandbox. What all right answers show
 * alike, and the learner's world does not, is a counterexample. See docs/decisions/2026-11-29-the-counterexample.md.
 */
import { setMaxListeners } from 'node:events';
import type { Lesson } from '../course/course.ts';
import type { Aspect, Difference } from '../difference/types.ts';
import { withRegexes } from '../envoy/regex-work.ts';
import type { Kube } from '../kube/client.ts';
import type { Mesh } from '../lesson/mesh.ts';
import type { Evidence } from '../probe/evidence.ts';
import type { WorldNames } from '../world/names.ts';
import { copyOf } from './copy.ts';
import type { Experiment } from './experiment.ts';
import { judge } from './judge.ts';
import { observe } from './observation.ts';
import { type PaperDifference, propose } from './propose.ts';
import type { References, Round } from './references.ts';
import { type Sending, type Shown, sendIn, sendInCopy } from './send.ts';
import { type ClientName, sidesOf } from './sides.ts';
import type { Twin } from './twin.ts';

export interface Counterexample {
  /** Undefined: the world's own client. */
  readonly from: ClientName;
  /** curl's arguments. */
  readonly argv: readonly string[];
  readonly aspect: Aspect;
  readonly expected: string;
  readonly found: string;
  /** What the call met in the learner's world. */
  readonly evidence: Evidence;
  /** Istio objects that decide it: 'VirtualService mesh-network/routes'. */
  readonly decidedBy: readonly string[];
}

/** The world in which an answer is in effect. */
export interface AnswerWorld {
  readonly mesh: Mesh;
  readonly kube: Kube;
  readonly names: WorldNames;
}

export interface Search {
  readonly counterexamples: readonly Counterexample[];
  /** None: on paper it is one of the right ones. */
  readonly differences: readonly PaperDifference[];
}

export interface SearchOptions extends Sending {
  /** One counterexample is enough. */
  readonly first?: boolean;
}

/** Before a call is believed, it is sent once more after this pause (milliseconds). */
const SETTLE = 400;

/**
 * Counterexamples to what is in effect in `world`, as an answer to fix step `index` of `lesson` (as it was loaded).
 * Throws a ToolError when a world is out of reach.
 */
export function search(
  lesson: Lesson,
  index: number,
  world: AnswerWorld,
  twin: Twin,
  options: SearchOptions,
): Promise<Search> {
  setMaxListeners(0, options.signal);
  return twin.alone(() => searchIn(world, twin, twin.references(lesson, index), options));
}

async function searchIn(
  world: AnswerWorld,
  twin: Twin,
  references: References,
  options: SearchOptions,
): Promise<Search> {
  const { lesson, step, clients } = references;
  const { signal, first = false } = options;
  const [right, mine] = await Promise.all([
    references.sides(options),
    sidesOf(world.kube, world.names, clients, signal),
  ]);
  const faulty = lesson.start.some(each => 'scale' in each || 'env' in each || 'service' in each);
  const { differences, experiments } = await withRegexes(() =>
    propose({ clients, right, mine }, step, faulty),
  );
  const found: Suspect[] = [];
  const isDone = () => first && found.length > 0;
  const open = experiments.filter(each => each.inCopy === null);
  for (const some of first ? [open.filter(each => !hangs(each)), open.filter(hangs)] : [open]) {
    if (!isDone()) found.push(...(await triedOpenly(world, references, some, options)));
  }
  const copied = experiments.filter(each => each.inCopy !== null);
  if (copied.length > 0 && !isDone()) {
    found.push(...(await triedInCopy(world, twin, references, copied, options)));
  }
  return { counterexamples: onePerReason(found), differences };
}

/** In the learner's world, and once more what came out otherwise. */
async function triedOpenly(
  { mesh }: AnswerWorld,
  references: References,
  experiments: readonly Experiment[],
  options: SearchOptions,
): Promise<Suspect[]> {
  const send = (all: readonly Experiment[]) => sendIn(mesh, all, options);
  const suspects = await tried(references, experiments, send, options);
  // For shares the interval is as wide as certainty needs, and no second count would be cheap.
  const isCertain = (each: Experiment) => each.judging.by === 'shares';
  const certain = suspects.filter(each => isCertain(each.experiment));
  const others = suspects.map(each => each.experiment).filter(each => !isCertain(each));
  if (others.length === 0) return certain;
  await options.clock.wait(SETTLE, options.signal);
  return [...certain, ...(await tried(references, others, send, options))];
}

/** In a copy of what is in effect, each alone, and once more on both sides where it came out otherwise. */
async function triedInCopy(
  world: AnswerWorld,
  twin: Twin,
  references: References,
  experiments: readonly Experiment[],
  options: SearchOptions,
): Promise<Suspect[]> {
  const { mesh } = world;
  const listed = await mesh.list(options.signal);
  const copy = copyOf(listed, mesh.namespaces, placeOf(world), placeOf(twin), references.states[0]);
  const send = (all: readonly Experiment[]) => sendInCopy(twin, copy, all, 'mine', options);
  const found: Suspect[] = [];
  for (const each of experiments) {
    const suspects = await tried(references, [each], send, options);
    if (suspects.length > 0) found.push(...(await tried(references, [each], send, options, 'again')));
    if (options.first === true && found.length > 0) break;
  }
  return found;
}

/** It takes seconds, while others take moments. */
const hangs = ({ argv }: Experiment) => argv.some(each => each.startsWith('x-lab-hang-first'));

const placeOf = ({ names, mesh: { placeholders } }: AnswerWorld) => ({ names, placeholders });

type Suspect = Counterexample & { readonly experiment: Experiment };

/**
 * Sends experiments on both sides, and says which came out otherwise than with every right answer; `again`: than each of
 * the two times with each of them.
 */
async function tried(
  references: References,
  experiments: readonly Experiment[],
  send: (experiments: readonly Experiment[]) => Promise<Shown>,
  sending: Sending,
  round: Round = 'first',
): Promise<Suspect[]> {
  if (experiments.length === 0) return [];
  const compared = experiments.filter(each => each.judging.by !== 'shares');
  const right = await references.shown(compared, sending, round);
  const mine = await send(experiments);
  return experiments.flatMap(each => {
    const evidence = mine.get(each);
    return evidence === undefined ? [] : suspected(each, right.get(each) ?? [], evidence);
  });
}

function suspected(experiment: Experiment, right: readonly Evidence[], evidence: Evidence): Suspect[] {
  const { judging, argv, from, difference } = experiment;
  const found = observe(evidence, experiment);
  const expected = right.map(each => observe(each, experiment));
  // Where a log was late nothing is known, and nothing is said.
  if (found === null || expected.includes(null)) return [];
  const verdict = judge(
    judging,
    expected.filter(each => each !== null),
    found,
  );
  if (verdict === null) return [];
  const { aspect, decidedBy } = difference;
  return [{ from, argv, aspect, ...verdict, evidence, decidedBy, experiment }];
}

/** The first of those that show the same difference: experiments come plainest first. */
function onePerReason(found: readonly Suspect[]): readonly Counterexample[] {
  const reasons = new Map<string, Counterexample>();
  for (const { experiment, ...counterexample } of found) {
    const { aspect, before, after, call }: Difference = experiment.difference;
    const reason = JSON.stringify([counterexample.from ?? null, aspect, before, after, call.host]);
    if (!reasons.has(reason)) reasons.set(reason, counterexample);
  }
  return [...reasons.values()];
}
