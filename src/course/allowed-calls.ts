/**
 * What a call of a course or a scene may be. The pod that sends it is in the learner's cluster, where curl reaches more
 * than the lab: other people's services, the cloud's metadata, files of the pod. What learners type is up to them. Pure.
 */
import { optionsOf } from '../probe/curl-args.ts';
import { isCallable } from './lab-hosts.ts';

export interface CallRules {
  /** Whose calls they are, at the beginning of a sentence: 'A course'. */
  readonly whose: string;
  /** Whether a host, as it is written in a URL, may be called. */
  callable(host: string): boolean;
  /** Whether it may be called by this host in a URL, where an address would say nothing of what is meant. */
  isNamed(host: string): boolean;
  /** What may be called, for a message: "the lab's own hosts and Services". */
  readonly hosts: string;
}

/** The rules of a course, which calls the lab's hosts and Services of these namespaces. */
export function courseCalls(namespaces: readonly string[]): CallRules {
  const hosts = "the lab's own hosts and Services";
  const callable = (host: string) => isCallable(host, namespaces);
  return { whose: 'A course', hosts, callable, isNamed: callable };
}

type Judge = (value: string, rules: CallRules) => string | null;

const words = (list: string) => list.split(' ');

/** Options of a course's calls that take no value. */
const FLAGS = new Set([
  ...words(
    '-s -S -i -I -v -k -4 -G -Z -0 -: --silent --show-error --include --head --verbose --insecure --ipv4',
  ),
  ...words(
    '--get --parallel --parallel-immediate --http1.0 --http1.1 --http2 --http2-prior-knowledge --next',
  ),
  ...words('--compressed --path-as-is --no-keepalive --tlsv1.2 --tlsv1.3'),
]);

/** A leading @ would name a file in the pod. */
const TEXT = like(/^(?!@)[^\r\n]*$/, 'one line, and no @ at its beginning, which names a file');
const NUMBER = like(/^\d{1,2}(\.\d+)?$/, 'a number below 100 is what it takes');

/** Options with a value, and what is wrong with the value; null: nothing. */
const VALUES: Readonly<Record<string, Judge>> = {
  ...each('-m --max-time --connect-timeout --retry --retry-delay --parallel-max', NUMBER),
  ...each('-X --request', like(/^[A-Za-z]+$/, 'a method has letters alone')),
  ...each('--rate', like(/^\d+(\/\d*[smhd])?$/, 'a rate is 10/s or 100/5m')),
  ...each('-A --user-agent -u --user -e --referer --oauth2-bearer', TEXT),
  ...each('-d --data --data-ascii --data-binary --data-raw --json', TEXT),
  // Without an equals sign it would be a file.
  ...each('-b --cookie', like(/^[^\r\n]*=[^\r\n]*$/, 'NAME=VALUE, since a name alone is a file')),
  ...each('-H --header', header),
  ...each('--resolve', resolve),
  ...each('--connect-to', connectTo),
  ...each('--url', url),
};

/** A curl of the lab sends at most this many; the walk is drawn from their lines. */
const MOST = 1000;

/** What is wrong with a call's arguments, and with which; null: nothing. Addresses are stand-ins (lab-hosts.ts). */
export function wrongCall(
  argv: readonly string[],
  rules: CallRules,
): { readonly at: number; readonly why: string } | null {
  let at = 0;
  for (const [name, value = '', raw] of optionsOf(argv)) {
    const why = name === '' ? url(value, rules) : wrongOption(name, value, rules);
    if (why !== null) return { at, why };
    at += raw.length;
  }
  return null;
}

function wrongOption(name: string, value: string, rules: CallRules): string | null {
  if (FLAGS.has(name)) return null;
  const judge = Object.hasOwn(VALUES, name) ? VALUES[name] : undefined;
  if (judge === undefined) return `${rules.whose}'s calls do not use curl's ${name}.`;
  const why = judge(value, rules);
  return why === null ? null : `${name} ${JSON.stringify(value)}: ${why}`;
}

function each(names: string, judge: Judge): Record<string, Judge> {
  return Object.fromEntries(words(names).map(name => [name, judge]));
}

/** `rule`: what is allowed instead. */
function like(form: RegExp, rule: string): Judge {
  return (value, { whose }) => (form.test(value) ? null : `${whose.toLowerCase()} cannot say this: ${rule}.`);
}

const elsewhere = (host: string, { whose, hosts }: CallRules) =>
  `${whose} calls ${hosts}, and ${JSON.stringify(host)} is not one of them.`;

function url(text: string, rules: CallRules): string | null {
  // No user, no glob and no backslash before the path: what is read here is what curl reads.
  const host = /^https?:\/\/([A-Za-z0-9.-]+)(:\d{1,5})?([/?#][^\\\s]*)?$/.exec(text)?.[1];
  if (host === undefined) return `${JSON.stringify(text)} is not a plain http:// or https:// URL.`;
  if (!rules.callable(host) || !rules.isNamed(host)) return elsewhere(host, rules);
  // Curl takes no set within a set, and no range either.
  if (/[{}[\]]/.test(text.replace(/\{[^{}[\]]*\}|\[[^{}[\]]*\]/g, '')))
    return `${JSON.stringify(text)} has a brace or a bracket that is not closed, or stands within another.`;
  return transfers(text) > MOST ? `It stands for more than ${MOST} transfers.` : null;
}

/** How many URLs curl makes of one with [1-10] and {a,b} in it. */
function transfers(text: string): number {
  const ranges = [...text.matchAll(/\[(\w+)-(\w+)(?::\d+)?\]/g)].map(([, from = '', to = '']) =>
    /^\d+$/.test(from) ? Number(to) - Number(from) + 1 : 26,
  );
  const sets = [...text.matchAll(/\{([^}]*)\}/g)].map(([, list = '']) => list.split(',').length);
  return [...ranges, ...sets].reduce((product, count) => product * Math.max(count, 1), 1);
}

function header(value: string, rules: CallRules): string | null {
  const odd = TEXT(value, rules);
  if (odd !== null) return odd;
  const host = /^host\s*:\s*([^:\s]*)/i.exec(value)?.[1];
  return !host || rules.callable(host) ? null : elsewhere(host, rules);
}

/** HOST:PORT:ADDRESS[,ADDRESS] */
function resolve(value: string, rules: CallRules): string | null {
  const [host = '', , ...addresses] = value.split(':');
  const all = [host, ...addresses.join(':').split(',')];
  const odd = all.find(one => !rules.callable(one));
  return odd === undefined ? null : elsewhere(odd, rules);
}

/** HOST1:PORT1:HOST2:PORT2, each of them empty for any. */
function connectTo(value: string, rules: CallRules): string | null {
  const [from = '', , to = ''] = value.split(':');
  const odd = [from, to].find(one => one !== '' && !rules.callable(one));
  return odd === undefined ? null : elsewhere(odd, rules);
}
