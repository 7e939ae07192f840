/**
 * Calls that make a difference visible. Paper proposes them: a delay between two timeouts, errors for tries, copies to be
 * counted, many at once for a pool. Pure.
 */
import type {
  Difference,
  Effects,
  Limits,
  Mirror,
  Part,
  ProposedCall,
  RequestChange,
} from '../difference/types.ts';
import { answeredWith, argvOf, hang, PATIENCE } from './argv.ts';
import { ejectionExperiments, inARow } from './ejection-experiments.ts';
import type { Experiment, Make } from './experiment.ts';
import type { Impostor } from './impostors.ts';
import type { Judging } from './judge.ts';
import { AT_ONCE, answeredAtOnce, EACH_TAKES, WAITS } from './pool-limits.ts';
import type { ClientName } from './sides.ts';

/** Calls for an answer that may come from several servers: one of two is missed by chance once in 10^11. */
const SEVERAL = 40;
/** For shares and percentages: tells 10 % from 20 %, and 20 % from 30 %. */
const MANY = 1000;
/** Five seconds or ten: more would keep a learner waiting. A sixth is told from a fifth in 19 of 20 runs. */
const MOST = 5000;
/** Timeouts that differ by less are the same to whoever waits. */
const NOTICED = 0.5;

/**
 * What to send for a difference; none where no call can show it. `stillDiffers` says whether another call differs in the
 * same way; `faulty` whether the task itself has servers that do not answer.
 */
export function experimentsFor(
  difference: Difference,
  from: ClientName,
  {
    stillDiffers,
    faulty,
  }: { readonly stillDiffers: (call: ProposedCall) => boolean; readonly faulty: boolean },
): Experiment[] {
  const { aspect, before, after, call } = difference;
  const watched = { request: namesOf(difference, 'request'), response: namesOf(difference, 'response') };
  const make: Make = (judging, { inCopy = null, ...sent } = {}) => {
    return { from, argv: argvOf(sent.call ?? call, sent), watched, judging, inCopy, difference };
  };
  const values = [...before, after];
  switch (aspect) {
    case 'answer': {
      const shares = sharesIn(values as Effects['answer'][]);
      if (shares) {
        // Where right answers share calls out differently, any share is right.
        if (before.length > 1) return [];
        const [right = {}, mine = {}] = [before[0], after].map(each => sharesOf(each as Effects['answer']));
        return [make({ by: 'shares', of: right }, { repeat: callsToTell(right, mine) })];
      }
      const repeat = (values as Effects['answer'][]).some(hasSeveral) ? SEVERAL : 1;
      return [
        make({ by: 'ends' }, { repeat }),
        ...(faulty ? [make({ by: 'ends' }, { repeat, inCopy: 'all' })] : []),
        ...((values as Effects['answer'][]).some(hasSpare) ? [inARow(make, false)] : []),
      ];
    }
    case 'request':
    case 'response':
      return [make({ by: 'ends' })];
    case 'tls': {
      const checks = (values as Effects['tls'][]).map(each =>
        JSON.stringify(each?.map(one => one?.verified)),
      );
      const impostors: readonly Impostor[] = new Set(checks).size > 1 ? ['namesake', 'stranger'] : [];
      return [make({ by: 'ends' }), ...impostors.map(each => make({ by: 'acceptance' }, { inCopy: each }))];
    }
    case 'fault': {
      const faults = values as (Effects['fault'] | undefined)[];
      const always = faults.every(each => [1, undefined].includes(each?.abort?.share ?? each?.delay?.share));
      const delayed = faults.some(each => each?.delay !== undefined);
      if (always) return [make({ by: delayed ? 'seconds' : 'ends' })];
      return delayed ? [] : [make({ by: 'ends-by-chance', n: MANY }, { repeat: MANY })];
    }
    case 'time': {
      const waits = hangsBetween((values as Effects['time'][]).map(each => each?.timeout ?? null));
      return waits === null
        ? []
        : [make({ by: 'seconds' }, { headers: hang(99, waits.hang), most: waits.most })];
    }
    case 'tries':
      return [
        ...triesExperiments(values as Effects['tries'][], call, make, stillDiffers),
        ...grpcTries(difference, make),
      ];
    case 'mirror': {
      const all = (values as (readonly Mirror[] | undefined)[]).flat().every(one => (one?.share ?? 1) === 1);
      const judging: Judging = all ? { by: 'requests', give: 0 } : { by: 'copies', n: MANY };
      return [make(judging, { repeat: all ? 20 : MANY })];
    }
    case 'limits': {
      const rangesOf = (limits: unknown) => ((limits ?? []) as readonly Limits[]).map(answeredAtOnce);
      const slow = { atOnce: AT_ONCE, headers: hang(1, EACH_TAKES), most: WAITS };
      const judging: Judging = { by: 'answered', ranges: before.flatMap(rangesOf), mine: rangesOf(after) };
      return [make(judging, { ...slow, inCopy: 'as the task has them' })];
    }
    case 'ejection':
      return ejectionExperiments(values as Effects['ejection'][], call, make, { stillDiffers, faulty });
    case 'balance':
      return [make({ by: 'ends' }, { repeat: SEVERAL })];
  }
}

/** Envoy looks at this header of any answer. Source: envoy source/common/router/retry_state_impl.cc. */
const GRPC_STATUS: Readonly<Record<string, number>> = {
  cancelled: 1,
  'deadline-exceeded': 4,
  'resource-exhausted': 8,
  internal: 13,
  unavailable: 14,
};

function triesExperiments(
  values: readonly Effects['tries'][],
  call: ProposedCall,
  make: Make,
  stillDiffers: (call: ProposedCall) => boolean,
): Experiment[] {
  const judging: Judging = { by: 'requests', give: 0 };
  const conditions = new Set(values.flatMap(each => each?.on ?? []));
  const statuses = new Set([500, 502, 503, 504, 409]);
  for (const each of conditions) if (/^\d+$/.test(each)) statuses.add(Number(each));
  const named = [...statuses].flatMap(status => {
    const at = answeredWith(status, call);
    return stillDiffers(at) ? [make(judging, { call: at })] : [];
  });
  const each = values.flatMap(one => one?.each ?? []);
  const wait = each.length === 0 ? null : Math.max(...each) + NOTICED;
  return [
    make(judging, { headers: ['x-lab-fail-first: 99'] }),
    make(judging, { headers: ['x-lab-fail-first: 2'] }),
    ...named,
    ...(wait === null || wait > PATIENCE / 2
      ? []
      : [make({ by: 'seconds' }, { headers: hang(2, wait) }), make(judging, { headers: hang(2, wait) })]),
  ];
}

/**
 * Istio's default tries again on little that this API ever does. That is a finding only where right answers never try
 * again and a rule for the call has left it on; a host that is known for the first time has the default as well.
 */
function grpcTries({ before, after, decidedBy }: Difference, make: Make): Experiment[] {
  const isNever = (before as (Effects['tries'] | undefined)[]).every(each => each?.retries === 0);
  if (!isNever || !decidedBy.some(each => each.startsWith('VirtualService '))) return [];
  const statuses = (after as Effects['tries'] | undefined)?.on.flatMap(one => GRPC_STATUS[one] ?? []) ?? [];
  return statuses.map(status =>
    make({ by: 'requests', give: 0 }, { headers: [`x-lab-grpc-status: ${status}`] }),
  );
}

/** How long the API must wait for the timeouts to be told apart, and when curl may give up; null: they cannot be. */
function hangsBetween(timeouts: readonly (number | null)[]): { hang: number; most: number } | null {
  const known = timeouts.map(each => each ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const [shortest = 0] = known;
  const longer = known.find(each => each - shortest > NOTICED);
  if (longer === undefined || shortest > PATIENCE - 2) return null;
  const hang = Math.min(shortest + 1, (shortest + longer) / 2);
  return { hang: Math.round(hang * 100) / 100, most: PATIENCE };
}

function hasSeveral(answer: Effects['answer'] | undefined): boolean {
  return (
    answer?.kind === 'servers' &&
    (answer.to.length > 1 || answer.to.some(part => (part.servers[0] ?? []).length > 1))
  );
}

/** Servers that are asked only when others fail. */
function hasSpare(answer: Effects['answer'] | undefined): boolean {
  return answer?.kind === 'servers' && answer.to.some(part => part.servers.length > 1);
}

/** Whether only the shares differ: each part has one server, and all know the same ones. */
function sharesIn(answers: readonly (Effects['answer'] | undefined)[]): boolean {
  const keys = answers.map(answer =>
    answer?.kind === 'servers' &&
    answer.to.every(part => part.servers.length === 1 && part.servers[0]?.length === 1)
      ? answer.to.map(part => part.servers[0]?.[0]).join()
      : null,
  );
  return keys[0] !== null && (keys[0]?.includes(',') ?? false) && keys.every(each => each === keys[0]);
}

function sharesOf(answer: Effects['answer']): Record<string, number> {
  const parts: readonly Part[] = answer.kind === 'servers' ? answer.to : [];
  return Object.fromEntries(
    parts.map(part => [(part.servers[0]?.[0] ?? '').replace(/:\d+$/, ''), part.share]),
  );
}

/**
 * So many calls that a share of `mine` lies outside of the interval (1e-5) of the right one in nearly every run: 4.4
 * deviations for the interval and 2.6 for the count itself.
 */
function callsToTell(
  right: Readonly<Record<string, number>>,
  mine: Readonly<Record<string, number>>,
): number {
  const needed = Object.entries(right).map(([server, share]) => {
    const apart = Math.abs(share - (mine[server] ?? 0));
    return apart === 0 ? Number.POSITIVE_INFINITY : (49 * Math.max(share * (1 - share), 0.01)) / apart ** 2;
  });
  return Math.min(MOST, Math.max(MANY, Math.ceil(Math.min(...needed) / 500) * 500));
}

/** Headers that either configuration changes; those whose value is made of variables are left out. */
function namesOf({ aspect, before, after }: Difference, which: 'request' | 'response'): string[] {
  const isChange = (value: unknown): value is RequestChange => aspect === which && value !== undefined;
  return [...new Set([...before, after].filter(isChange).flatMap(each => each.headers))]
    .filter(each => !each.includes('%'))
    .map(each => each.replace(/^- /, '').replace(/\+?:.*$/s, ''));
}
