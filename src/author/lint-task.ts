/**
 * Holds the words of a task against its checks: what it says must stay, the numbers in it, and checks that ask for a
 * cluster's name. Words cannot be understood by a program, so these are advice and no failures. Pure.
 */
import type { Check, Expectation } from '../course/schema.ts';
import { numberedCalls } from '../lesson/calls.ts';

export interface TaskAdvice {
  /** Path of the field within the step that it is about: ['task'], ['checks', 2, 'expect']. */
  readonly field: readonly PropertyKey[];
  readonly what: string;
}

interface Task {
  readonly task: string;
  readonly checks: readonly Check[];
}

/** `clients`: the further ones, as the lesson or drill names them. */
export function lintTask({ task, checks }: Task, clients: readonly string[] = []): TaskAdvice[] {
  const text = task.replace(/\s+/g, ' ');
  return [...unguarded(text, checks, clients), ...unmeasured(text, checks), ...namedClusters(text, checks)];
}

const MUST_STAY = /\b(nothing else|must stay|as before|left as they are|stay as they are)\b/i;
const SCHEMES = ['http', 'https'] as const;

/** Checks must try what a sentence says for each scheme that it may be about, from each client. */
function unguarded(text: string, checks: readonly Check[], clients: readonly string[]): TaskAdvice[] {
  const sentences = text.split(/(?<=[.;:!?]) /).filter(each => MUST_STAY.test(each));
  const missing = sentences.flatMap(sentence => {
    const named = SCHEMES.filter(scheme => sentence.includes(`${scheme}://`));
    const schemes = named.length === 0 ? SCHEMES : named;
    const callers = named.length === 0 ? [undefined, ...clients] : [undefined];
    return callers.flatMap(from =>
      schemes
        .filter(scheme => !checks.some(({ call }) => call.from === from && sendsBy(call.curl, scheme)))
        .map(scheme => `${scheme}://${from === undefined ? '' : ` from ${from}`}`),
    );
  });
  if (missing.length === 0) return [];
  const words = MUST_STAY.exec(text)?.[0];
  const what = `It says "${words}", and no check sends a call by ${[...new Set(missing)].join(', ')}.`;
  return [{ field: ['task'], what }];
}

const sendsBy = (curl: readonly string[], scheme: string) => curl.some(arg => arg.startsWith(`${scheme}://`));

const WORDS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const COUNTED =
  /\b(\d+|one|two|three|four|five|six|seven|eight|nine|ten) (?:more |further )?(?:retries|attempts|errors|failures|connections?|waiting|copies)\b/gi;
const SECONDS = /\b(\d+(?:\.\d+)?) (?:s|seconds?)\b/g;
const PERCENT = /\b(\d+(?:\.\d+)?) ?(?:%|percent\b)/g;

/** Numbers that no check measures. */
function unmeasured(text: string, checks: readonly Check[]): TaskAdvice[] {
  const expects = checks.flatMap(each => [each.expect, ...(each.expect.sequence ?? [])] as Expectation[]);
  const bounds = expects
    .flatMap(({ seconds }) => [seconds?.min, seconds?.max])
    .filter(each => each !== undefined);
  const shares = expects
    .flatMap(each => Object.values({ ...each.share, ...each.mirrored }))
    .filter(each => each !== undefined);
  const counts = new Set(checks.flatMap(countsIn));
  const found = (pattern: RegExp) => [...text.matchAll(pattern)];
  const missing = [
    // What is over after 2 s is measured by a bound between 1 and 3.
    ...found(SECONDS).filter(([, n]) => !bounds.some(each => Math.abs(each - Number(n)) <= Number(n) / 2)),
    ...found(PERCENT).filter(([, n]) => !shares.some(each => Number.parseFloat(each) === Number(n))),
    // Three retries are four requests; one connection and one waiting request are two answers.
    ...found(COUNTED).filter(([, n = '']) => {
      const number = Number(n) || WORDS.indexOf(n.toLowerCase());
      return !counts.has(number) && !counts.has(number + 1);
    }),
  ];
  return missing.map(([words]) => ({
    field: ['task'],
    what: `It says "${words}", and no check measures that.`,
  }));
}

/** Every number that a check counts, and how many calls it sends: 40 for 'http://x/[1-40]'. */
function countsIn({ call, expect }: Check): number[] {
  const { codes, flags, requests, repeat, sequence } = expect;
  const counts = [
    ...Object.values(codes ?? {}),
    ...Object.values(flags ?? {}),
    ...Object.values(requests ?? {}),
  ].filter(each => each !== undefined);
  return [
    ...counts.flatMap(each => (typeof each === 'number' ? [each] : [each.min, each.max])),
    ...[repeat, sequence?.length],
    ...numberedCalls(call.curl),
  ].filter(each => each !== undefined);
}

/** A cluster is a name in a configuration: where a task speaks of what calls do, another way may be as right. */
function namedClusters(text: string, checks: readonly Check[]): TaskAdvice[] {
  if (/\b(clusters?|knows?|registry)\b/i.test(text)) return [];
  return checks.flatMap(({ id, expect }, i) => {
    const named = [expect, ...(expect.sequence ?? [])].find(each => each.log?.cluster !== undefined);
    if (named === undefined) return [];
    const what = `The check ${id} asks for the cluster ${named.log?.cluster}; the task asks for what calls do.`;
    return [{ field: ['checks', i, 'expect'], what }];
  });
}
