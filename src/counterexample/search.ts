/**
 * The search for the call that proves an answer wrong. Paper proposes (difference/), traffic judges: the same calls are
 * sent in the learner's world and, under each right answer, in a twin world of the sandbox. What all right answers show
 * alike, and the learner's world does not, is a counterexample. See docs/decisions/2026-11-29-the-counterexample.md.
 */
import type { Lesson } from '../course/course.ts';
import { readyLesson } from '../course/ready-lesson.ts';
import type { StepOf } from '../course/schema.ts';
import type { Surroundings } from '../difference/calls.ts';
import { differencesAt, findDifferences } from '../difference/find.ts';
import type { Aspect, Difference, Side } from '../difference/types.ts';
import { withRegexes } from '../envoy/regex-work.ts';
import type { Kube } from '../kube/client.ts';
import type { Mesh } from '../lesson/mesh.ts';
import { rebuild } from '../lesson/rebuild.ts';
import { type DesiredState, stateOf, stateOfFix } from '../lesson/state-of.ts';
import { describeCall } from '../probe/describe-call.ts';
import type { Evidence } from '../probe/evidence.ts';
import type { Clock } from '../shared/clock.ts';
import { HOSTS, type WorldNames } from '../world/names.ts';
import { copyOf } from './copy.ts';
import { type Experiment, experimentsFor } from './experiment.ts';
import { judge } from './judge.ts';
import { observe } from './observation.ts';
import { type Shown, sendIn, sendInCopy } from './send.ts';
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
  /** What the call met: in the learner's world, and with a right answer. */
  readonly evidence: Evidence;
  readonly expectedEvidence: Evidence;
  /** Istio objects that decide it: 'VirtualService mesh-network/routes'. */
  readonly decidedBy: readonly string[];
}

/** The world in which an answer is in effect. */
export interface AnswerWorld {
  readonly mesh: Mesh;
  readonly kube: Kube;
  readonly names: WorldNames;
}

export interface SearchOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Calls that one search sends at most: the plainest of each kind come first. */
const MOST_CALLS = 24;
/** Before a call is believed, it is sent once more after this pause (milliseconds). */
const SETTLE = 400;

/**
 * Counterexamples to what is in effect in `world`, as an answer to fix step `index` of `lesson` (as it was loaded); none:
 * nothing was found. Throws a ToolError when a world is out of reach.
 */
export async function counterexamples(
  lesson: Lesson,
  index: number,
  world: AnswerWorld,
  twin: Twin,
  options: SearchOptions,
): Promise<readonly Counterexample[]> {
  return twin.alone(() => search(lesson, index, world, twin, options));
}

async function search(
  plain: Lesson,
  index: number,
  world: AnswerWorld,
  twin: Twin,
  { clock, signal }: SearchOptions,
): Promise<readonly Counterexample[]> {
  const clients: readonly ClientName[] = [undefined, ...(plain.clients ?? [])];
  const lesson = readyLesson(plain, twin.names, twin.mesh.placeholders);
  const states = rightStates(lesson, index, twin.names.mesh);
  const [references, mine] = await Promise.all([
    twin.references(`${plain.folder}#${index}`, states, clients, { clock, signal }),
    sidesOf(world.kube, world.names, clients, signal),
  ]);
  const faulty = lesson.start.some(each => 'scale' in each || 'env' in each || 'service' in each);
  const around = surroundings(lesson.steps[index] as StepOf<'fix'>);
  const proposed: Experiment[] = [];
  for (const [at, from] of clients.entries()) {
    const before = references.map(each => each[at] as Side);
    const after = mine[at] as Side;
    const experiments = await withRegexes(() =>
      inOrder(findDifferences(before, after, around)).flatMap(difference =>
        experimentsFor(difference, from, {
          stillDiffers: call =>
            differencesAt(before, after, call).some(each => each.aspect === difference.aspect),
          faulty,
        }),
      ),
    );
    proposed.push(...experiments);
  }
  const experiments = distinct(proposed).slice(0, MOST_CALLS);
  const [open, copied] = [
    experiments.filter(each => each.inCopy === null),
    experiments.filter(each => each.inCopy),
  ];
  const sending = { clock, signal };

  const right: Shown[] = [];
  for (const state of experiments.length === 0 ? [] : states) {
    await rebuild(twin.mesh, state, { afresh: true, ...sending });
    const shown = await sendIn(twin.mesh, open, sending);
    right.push(new Map([...shown, ...(await sendInCopy(twin, state, copied, sending))]));
  }
  const first = suspected(open, right, await sendIn(world.mesh, open, sending));
  const again = open.filter(each => first.some(one => one.argv === each.argv));
  if (again.length > 0) await clock.wait(SETTLE, signal);
  const found = suspected(again, right, await sendIn(world.mesh, again, sending));
  if (copied.length === 0) return onePerReason(found);
  const { mesh, names } = world;
  const copy = copyOf(
    await mesh.list(signal),
    mesh.namespaces,
    { names, placeholders: mesh.placeholders },
    { names: twin.names, placeholders: twin.mesh.placeholders },
    states[0] as DesiredState,
  );
  return onePerReason([...found, ...suspected(copied, right, await sendInCopy(twin, copy, copied, sending))]);
}

/** The first of those that show the same difference: experiments come plainest first. */
function onePerReason(found: readonly Suspect[]): readonly Counterexample[] {
  const reasons = new Map<string, Counterexample>();
  for (const { difference, ...counterexample } of found) {
    const { aspect, before, after, call } = difference;
    const reason = JSON.stringify([counterexample.from ?? null, aspect, before, after, call.host]);
    if (!reasons.has(reason)) reasons.set(reason, counterexample);
  }
  return [...reasons.values()];
}

type Suspect = Counterexample & { readonly difference: Difference };

/** The states that the solution and each alternative make. */
export function rightStates(lesson: Lesson, index: number, namespace: string): DesiredState[] {
  const step = lesson.steps[index] as StepOf<'fix'>;
  const alternatives = (step.alternatives ?? []).map(files => stateOfFix(lesson, index, namespace, files));
  return [stateOf(lesson, index + 1, namespace), ...alternatives];
}

/** Hosts and paths of the world and of the step's own calls. */
function surroundings(step: StepOf<'fix'>): Surroundings {
  const called = step.checks.map(({ call }) => describeCall(call.curl).call);
  const ofCalls = called.map(each => each.host.replace(/:\d+$/, ''));
  const hosts = [...Object.values(HOSTS), 'catalog', ...ofCalls];
  const paths = ['/data', '/other', '/', ...called.map(each => each.path.replace(/\?.*$/, ''))];
  return { hosts: [...new Set(hosts)], at: HOSTS.stable, paths: [...new Set(paths)] };
}

const ORDER: readonly Aspect[] = [
  ...(['answer', 'fault', 'request', 'tls', 'time', 'tries', 'mirror'] as const),
  ...(['limits', 'ejection', 'balance', 'response'] as const),
];

function inOrder(differences: readonly Difference[]): readonly Difference[] {
  return [...differences].sort((a, b) => ORDER.indexOf(a.aspect) - ORDER.indexOf(b.aspect));
}

function distinct(experiments: readonly Experiment[]): readonly Experiment[] {
  const key = ({ from, argv, judging, inCopy }: Experiment) =>
    JSON.stringify([from ?? null, argv, judging.by, inCopy]);
  return [...new Map([...experiments].reverse().map(each => [key(each), each])).values()].reverse();
}

function suspected(experiments: readonly Experiment[], right: readonly Shown[], mine: Shown): Suspect[] {
  return experiments.flatMap(experiment => {
    const { watched, judging, argv, from, difference } = experiment;
    const seen = (shown: Shown | undefined) => {
      const evidence = shown?.get(experiment);
      const observation =
        evidence === undefined ? null : observe(evidence, watched, judging.by === 'acceptance');
      return observation === null || evidence === undefined ? null : { evidence, observation };
    };
    const found = seen(mine);
    const expected = right.map(seen);
    const [first] = expected;
    // Where a log was late nothing is known, and nothing is said.
    if (found === null || first == null || expected.includes(null)) return [];
    const verdict = judge(
      judging,
      expected.flatMap(each => each?.observation ?? []),
      found.observation,
    );
    if (verdict === null) return [];
    const { aspect, decidedBy } = difference;
    return [
      {
        from,
        argv,
        aspect,
        ...verdict,
        evidence: found.evidence,
        expectedEvidence: first.evidence,
        decidedBy,
        difference,
      },
    ];
  });
}
