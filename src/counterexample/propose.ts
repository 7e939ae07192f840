/** What to send: from the differences on paper to experiments, the plainest and the gravest first. Pure. */
import type { StepOf } from '../course/schema.ts';
import type { Surroundings } from '../difference/calls.ts';
import { differencesAt, findDifferences } from '../difference/find.ts';
import type { Aspect, Difference, Side } from '../difference/types.ts';
import { callWords, differenceWords } from '../difference/words.ts';
import { describeCall } from '../probe/describe-call.ts';
import { HOSTS } from '../world/names.ts';
import type { Experiment } from './experiment.ts';
import { experimentsFor } from './experiments-for.ts';
import { isFree } from './freedom.ts';
import type { ClientName } from './sides.ts';

/** A way in which an answer is, on paper, like no right one. */
export interface PaperDifference {
  /** 'GET http://...: given up after 2 s became no timeout' */
  readonly words: string;
  /** It proves nothing (freedom.ts). */
  readonly free: boolean;
}

export interface Proposal {
  readonly differences: readonly PaperDifference[];
  readonly experiments: readonly Experiment[];
}

export interface Compared {
  readonly clients: readonly ClientName[];
  /** By right answer, then by client. */
  readonly right: readonly (readonly Side[])[];
  /** By client. */
  readonly mine: readonly Side[];
}

/** Calls that one search sends at most. */
const MOST_CALLS = 24;

const ORDER: readonly Aspect[] = [
  ...(['answer', 'fault', 'request', 'tls', 'time', 'tries', 'mirror'] as const),
  ...(['limits', 'ejection', 'balance', 'response'] as const),
];

/** `faulty`: the task has servers that do not answer. A dear regex needs withRegexes() around this. */
export function propose({ clients, right, mine }: Compared, step: StepOf<'fix'>, faulty: boolean): Proposal {
  const around = surroundings(step);
  const all = clients.flatMap((from, at) => {
    const before = right.map(each => each[at] as Side);
    const after = mine[at] as Side;
    return findDifferences(before, after, around).map(difference => ({
      difference,
      experiments: experimentsFor(difference, from, {
        stillDiffers: call =>
          differencesAt(before, after, call).some(each => each.aspect === difference.aspect),
        faulty,
      }),
    }));
  });
  const place = (aspect: Aspect) => ORDER.indexOf(aspect);
  const sorted = all
    .flatMap(each => each.experiments)
    .sort((a, b) => place(a.difference.aspect) - place(b.difference.aspect));
  return {
    differences: all.map(({ difference }) => ({ words: inWords(difference), free: isFree(difference) })),
    experiments: distinct(sorted).slice(0, MOST_CALLS),
  };
}

function inWords(difference: Difference): string {
  const { before, after } = differenceWords(difference);
  return `${callWords(difference.call)}: ${before} became ${after}`;
}

/** Hosts and paths of the world and of the step's own calls. */
function surroundings(step: StepOf<'fix'>): Surroundings {
  const called = step.checks.map(({ call }) => describeCall(call.curl).call);
  const ofCalls = called.map(each => each.host.replace(/:\d+$/, ''));
  const hosts = [...Object.values(HOSTS), 'catalog', ...ofCalls];
  const paths = ['/data', '/other', '/', ...called.map(each => each.path.replace(/\?.*$/, ''))];
  return { hosts: [...new Set(hosts)], at: HOSTS.stable, paths: [...new Set(paths)] };
}

function distinct(experiments: readonly Experiment[]): readonly Experiment[] {
  const key = ({ from, argv, judging, inCopy }: Experiment) =>
    JSON.stringify([from ?? null, argv, judging.by, inCopy]);
  return [...new Map([...experiments].reverse().map(each => [key(each), each])).values()].reverse();
}
