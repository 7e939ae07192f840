/** Calls that show after how many errors a server is left out, and when it comes back. Pure. */
import type { Effects, Ejection, ProposedCall } from '../difference/types.ts';
import { answeredWith } from './argv.ts';
import type { Experiment, Make } from './experiment.ts';

/** Each server is asked so often that a breaker has every reason to open. */
const IN_A_ROW = 40;
/** Calls a second while a server is waited for. */
const PER_SECOND = 10;
/** Seconds that are waited at most for a server to come back. */
const LONGEST = 12;
/** Between the ends of two absences (seconds), so that a call in between finds the server in one case only. */
const APART = 0.6;

export interface EjectionOptions {
  /** Whether another call differs in the same way. */
  readonly stillDiffers: (call: ProposedCall) => boolean;
  /** The task itself has servers that do not answer. */
  readonly faulty: boolean;
}

/** `values`: of each right answer, and of the learner's last. */
export function ejectionExperiments(
  values: readonly (Effects['ejection'] | undefined)[],
  call: ProposedCall,
  make: Make,
  { stillDiffers, faulty }: EjectionOptions,
): Experiment[] {
  const failing = (status: number) => {
    const at = answeredWith(status, call);
    return stillDiffers(at) ? at : null;
  };
  const each = rulesOf(values);
  const mostOf = (some: typeof values) =>
    new Set(rulesOf(some).map(({ most, least }) => `${most} ${least}`)).size;
  // Where right answers differ in how many may be left out, they show nothing alike.
  const isAboutMost = mostOf(values.slice(0, -1)) === 1 && mostOf(values) > 1;
  // What is an error to a gateway is one of 5xx to all.
  const others = each.some(one => one.afterGatewayErrors !== null) ? failing(500) : null;
  return [
    inARow(make, faulty),
    ...(others === null || faulty ? [] : [inARow(make, true, others)]),
    ...(isAboutMost ? [allFail(make, faulty)] : []),
    ...comesBack(each, make, faulty, failing(503)),
  ];
}

function rulesOf(values: readonly (Effects['ejection'] | undefined)[]): Ejection[] {
  return values.flatMap(one => one ?? []).filter(one => one !== null);
}

/** `faulty`: the servers, or the path of the call, fail by themselves. */
export function inARow(make: Make, faulty: boolean, call?: ProposedCall): Experiment {
  const headers = faulty ? [] : ['x-lab-fail-first: 99'];
  return make(
    { by: 'requests', give: 0, whichever: !faulty || call !== undefined },
    { repeat: IN_A_ROW, headers, inCopy: 'as the task has them', ...(call === undefined ? {} : { call }) },
  );
}

/** Seconds until workers know for certain whom they must leave out: worker-updates.ts in the sandbox has why. */
const TOLD = 1;
const FAILING_PER_SECOND = 20;

/**
 * Every server fails, for so long that it shows whether one of them is asked all the same. Which one is chance, so all of
 * them are there to be counted, also where the task has one that does not answer.
 */
function allFail(make: Make, faulty: boolean): Experiment {
  const repeat = 4 * TOLD * FAILING_PER_SECOND;
  const judging = { by: 'requests', give: 1.5 * TOLD * FAILING_PER_SECOND, whichever: true } as const;
  const after = { path: '', times: 0, perSecond: FAILING_PER_SECOND };
  const inCopy = faulty ? 'all' : 'as the task has them';
  return make(judging, { repeat, after, headers: ['x-lab-fail-first: 99'], inCopy });
}

/** Calls until a moment at which the server is back after one absence, and not yet after another. */
function comesBack(
  all: readonly Ejection[],
  make: Make,
  faulty: boolean,
  failing: ProposedCall | null,
): Experiment[] {
  const rows = new Set(all.map(each => Math.min(...[each.after5xx, each.afterGatewayErrors].map(rowOf))));
  const [errors = 0] = rows;
  // Where the rows differ they show by themselves, and errors that are too many would meet the next server.
  if (rows.size !== 1 || (!faulty && (failing === null || !Number.isFinite(errors)))) return [];
  const since = Number.isFinite(errors) ? errors / PER_SECOND : 0;
  const windows = all.map(each => returnOf(each, since)).sort((a, b) => a.high - b.high);
  const apart = windows.flatMap(({ high }, at) => {
    const next = Math.min(...windows.slice(at + 1).map(each => each.low));
    return Number.isFinite(next) && next - high >= APART ? [high + Math.min(0.75 * (next - high), 1)] : [];
  });
  const [until = LONGEST + 1] = apart;
  if (until > LONGEST) return [];
  const repeat = Math.round(until * PER_SECOND);
  const path = failing?.path ?? '';
  const after = { path, times: faulty ? 0 : errors, perSecond: PER_SECOND };
  return [make({ by: 'return' }, { repeat, after, inCopy: 'as the task has them' })];
}

const rowOf = (count: number | null) => count ?? Number.POSITIVE_INFINITY;

/** Seconds that may pass between the start of a proxy and the first call. */
const HEAD_STARTS = Array.from({ length: 16 }, (_, at) => at / 10);

/**
 * When a server comes back that was left out `since` seconds after the first call: hosts come back when Envoy looks at
 * them, once an interval. Source: envoy source/common/upstream/outlier_detection_impl.cc.
 */
function returnOf({ time, interval }: Ejection, since: number): { low: number; high: number } {
  const all = HEAD_STARTS.map(start => interval * Math.ceil((start + since + time) / interval) - start);
  return { low: Math.min(...all), high: Math.max(...all) };
}
