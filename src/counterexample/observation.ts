/** What traffic showed of a call, by what can be compared between two worlds: no addresses, no ids, no clusters. Pure. */
import { arrived } from '../probe/believe.ts';
import type { Evidence, Transfer } from '../probe/evidence.ts';
import { attempts } from '../probe/tallies.ts';
import type { Experiment } from './experiment.ts';

export interface Observation {
  /** How many transfers ended in which way: '200 from stable, path /data'. */
  readonly ends: Readonly<Record<string, number>>;
  /** A server, or another way to end, was met again after many calls without it. */
  readonly again: boolean;
  /** Transfers that a server answered itself, and how many requests each server saw. */
  readonly answered: Readonly<Record<string, number>>;
  readonly requests: Readonly<Record<string, number>>;
  readonly transfers: number;
  /** Requests that the sidecar made of those that were answered, also to servers that refused them. */
  readonly tries: number;
  /** Transfers with a status of 2xx, whoever it is from. */
  readonly succeeded: number;
  /** Of the longest transfer. */
  readonly seconds: number;
}

/** Names in lower case of headers whose values matter. */
export interface Watched {
  readonly request: readonly string[];
  readonly response: readonly string[];
}

/**
 * Null when a side could not be read, or not all of it: then nothing is known, and nothing is said. Impostors, who are
 * asked where only acceptance counts, keep no log.
 */
export function observe(
  evidence: Evidence,
  { watched, judging }: Pick<Experiment, 'watched' | 'judging'>,
): Observation | null {
  const { api, curl } = evidence;
  const byImpostor = judging.by === 'acceptance';
  if (curl.transfers.length === 0) return null;
  if (!byImpostor && (!api.read || api.missing !== undefined)) return null;
  const answers = curl.transfers.map((transfer, index) => ({
    end: endOf(transfer, arrived(evidence, index), watched),
    server: arrived(evidence, index) ? transfer.body.api?.version : undefined,
    tries: arrived(evidence, index) ? attempts(transfer) : 0,
  }));
  return {
    ends: tally(answers.map(each => each.end)),
    again: isMetAgain(answers.map(({ server, end, tries }) => `${server ?? end}, try ${tries}`)),
    answered: tally(answers.flatMap(each => each.server ?? [])),
    requests: tally(api.read ? api.lines.map(line => line.version) : []),
    transfers: curl.transfers.length,
    tries: answers.reduce((sum, each) => sum + each.tries, 0),
    succeeded: curl.transfers.filter(({ exit, code }) => exit === 0 && code >= 200 && code < 300).length,
    seconds: Math.max(...curl.transfers.map(each => each.seconds)),
  };
}

/** By chance one of two servers is passed over so often once in a thousand times. */
const MANY_WITHOUT = 10;

function isMetAgain(keys: readonly string[]): boolean {
  const last = new Map<string, number>();
  return keys.some((key, at) => {
    const before = last.get(key) ?? at;
    last.set(key, at);
    return at - before > MANY_WITHOUT;
  });
}

function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of [...values].sort()) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** What experiment.ts numbers its URLs with. */
const NUMBER = /[?&]n=\d+$/;

/** Which of these an ended connection gives is a matter of moments. */
const CLOSED = new Set([7, 35, 52, 55, 56]);

function endOf(transfer: Transfer, isApis: boolean, watched: Watched): string {
  const { exit, code, body, redirectUrl, headers } = transfer;
  if (CLOSED.has(exit)) return 'the connection is closed';
  if (exit === 28) return 'no answer in time';
  if (exit === 60) return "the server's certificate is not accepted";
  if (exit !== 0) return `curl exit ${exit}`;
  const answer = watched.response.map(name => `, ${name}: ${headers[name] ?? 'not there'}`).join('');
  const { api } = body;
  if (!isApis || api === undefined) {
    const where = redirectUrl === null ? '' : ` to ${redirectUrl}`;
    return `${code}${where}${isApis ? '' : ' from the sidecar'}${answer}`;
  }
  const facts = [
    `path ${api.path.replace(NUMBER, '')}`,
    `Host ${api.host}`,
    api.scheme === 'https' ? `over TLS, SNI ${api.sni === '' ? 'none' : api.sni}` : 'in clear',
    ...(api.clientCert === null ? [] : [`certificate ${api.clientCert}`]),
    ...('x-request-id' in api.headers ? [] : ['untouched']),
    ...watched.request.map(name => `${name}: ${api.headers[name] ?? 'not there'}`),
  ];
  return `${code} from ${api.version}, ${facts.join(', ')}${answer}`;
}
