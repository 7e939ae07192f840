/**
 * What became of one transfer: how far it got, where it ended, and why, in the words of the flag or the exit code.
 * Says no more than the evidence does: what is only likely is called likely. Pure.
 */
import { portOf } from './access-log.ts';
import { curlExitSentence } from './curl-exits.ts';
import type { LogLine, Transfer } from './evidence.ts';
import { failureCause } from './failure-cause.ts';
import { isConnection } from './match.ts';
import { responseDetail } from './response-details.ts';
import { flagSentence, flagsOf } from './response-flags.ts';
import type { Hop } from './walk-types.ts';

export interface Finding {
  /** The last hop that the call reached. */
  readonly reached: Hop['id'];
  /** It ended badly there. */
  readonly failed: boolean;
  readonly sentence: string;
  /** A few words to go below the hop that it reached. */
  readonly note: string | null;
}

/** A transfer whose sidecar line is there. */
export function find(transfer: Transfer, line: LogLine): Finding {
  return isConnection(line) ? ofConnection(transfer, line) : ofRequest(transfer, line);
}

/** A transfer for which no connection was made: there is no line to wait for. */
export function withoutConnection(transfer: { readonly exit: number }): Finding {
  const nothing = transfer.exit === 0 ? '' : ' The sidecar saw nothing of it.';
  return failed('app', `${curlExitSentence(transfer.exit)}${nothing}`, `exit ${transfer.exit}`);
}

function ofRequest(transfer: Transfer, line: LogLine): Finding {
  const flagged = ofFlags(transfer, line);
  if (flagged !== null) return flagged;
  const detail = responseDetail(line.details);
  if (detail !== null && !detail.fromApi) return ofSidecarsOwn(line, detail.sentence);
  if (transfer.code >= 400) return ofApisRefusal(transfer, line);
  if (transfer.exit !== 0) return failed('app', curlExitSentence(transfer.exit), `exit ${transfer.exit}`);
  return { reached: 'api', failed: false, sentence: `${delay(line)}${ofAnswer(transfer, line)}`, note: null };
}

/** The flag names the hop; null when no flag ends the call. */
function ofFlags(transfer: Transfer, line: LogLine): Finding | null {
  const flags = flagsOf(line.flags);
  const words = `${line.details} ${line.transportFailure} ${line.termination}`;
  const ending = flags.find(flag => flag.at !== null);
  // In the order in which it happened: held back, ended, retries used up.
  const inOrder = [...flags].sort((a, b) => rank(a.flag, ending?.flag) - rank(b.flag, ending?.flag));
  const meaning = flagSentence(inOrder.map(flag => flag.flag).join(','), words);
  if (ending?.at) {
    const known =
      line.details === 'route_not_found' ? (responseDetail(line.details)?.sentence ?? meaning) : meaning;
    return failed(ending.at, `${own(line)}${known}`, noteOf(ending.flag, words));
  }
  if (flags.some(flag => flag.flag === 'DC' || flag.flag === 'DR')) {
    const at = line.upstreamHost === '-' ? 'sidecar' : 'api';
    return failed(
      at,
      `${transfer.exit === 0 ? '' : `${curlExitSentence(transfer.exit)} `}${meaning}`,
      at === 'api' ? 'no answer in time' : 'still held the call',
    );
  }
  return null;
}

function rank(flag: string, ending: string | undefined): number {
  return flag === 'DI' ? 0 : flag === ending ? 1 : 2;
}

/** Says whose status it is: what a learner takes for the API's answer is often the sidecar's. */
function own(line: LogLine): string {
  return line.code > 0 ? `This ${line.code} is the sidecar's own. ` : '';
}

const NOTES: Readonly<Record<string, string>> = {
  NR: 'no route matches',
  NC: 'no such cluster',
  UH: 'no healthy endpoint',
  UO: 'connection pool full',
  UT: 'no answer in time',
  UC: 'hung up',
  UR: 'reset',
  FI: 'fault: answered itself',
  UPE: 'not the expected protocol',
};

function noteOf(flag: string, words: string): string {
  if (flag === 'UF') return failureCause(words)?.short ?? 'no connection';
  return NOTES[flag] ?? flag;
}

/** Redirects, direct responses, CORS, and the block of REGISTRY_ONLY: the API is not asked. */
function ofSidecarsOwn(line: LogLine, why: string): Finding {
  if (line.route === 'block_all') {
    const host = line.authority.replace(/:\d+$/, '');
    const port = portOf(line.downstreamLocal);
    const sentence = `${own(line)}It knows no service for ${host} on port ${port}, and outboundTrafficPolicy is REGISTRY_ONLY.`;
    return failed('sidecar', sentence, `${host}:${port} not in the registry`);
  }
  const redirect = line.details === 'direct_response' && line.code >= 300 && line.code < 400;
  const sentence = `${own(line)}${redirect ? 'The route is a redirect; to follow it is up to the app.' : why}`;
  return line.code >= 400
    ? failed('sidecar', sentence, `answered ${line.code}`)
    : { reached: 'sidecar', failed: false, sentence, note: `answered ${line.code}` };
}

/** The API answered, with 400 or more. */
function ofApisRefusal(transfer: Transfer, line: LogLine): Finding {
  const toTlsPort = transfer.code === 400 && /HTTP request.*HTTPS (server|port)/i.test(transfer.body.text);
  if (toTlsPort) {
    return failed(
      'api',
      `The API answered ${transfer.code}: it got plain HTTP on a port where it expects TLS. Nobody on the way has opened TLS.`,
      '400: plain HTTP to TLS',
    );
  }
  const used = flagsOf(line.flags).some(flag => flag.flag === 'URX') ? ` ${flagSentence('URX')}` : '';
  const carried =
    isConnection(line) && line.sni !== '-'
      ? ' The sidecar carried encrypted bytes and could not see it.'
      : '';
  return failed(
    'api',
    `${delay(line)}The API itself answered ${transfer.code}.${used}${carried}`,
    `answered ${transfer.code}`,
  );
}

function delay(line: LogLine): string {
  return flagsOf(line.flags).some(flag => flag.flag === 'DI') ? `${flagSentence('DI')} ` : '';
}

function ofConnection(transfer: Transfer, line: LogLine): Finding {
  if (line.cluster === 'BlackHoleCluster') {
    const sentence = `The sidecar closed the connection: it knows no service for ${line.downstreamLocal === '-' ? 'this address and port' : `port ${portOf(line.downstreamLocal)} there`}, and outboundTrafficPolicy is REGISTRY_ONLY. BlackHoleCluster is where such calls end.`;
    return failed('sidecar', sentence, 'not in the registry');
  }
  if (transfer.exit === 0) {
    if (transfer.code >= 400) return ofApisRefusal(transfer, line);
    return { reached: 'api', failed: false, sentence: ofAnswer(transfer, line), note: null };
  }
  const flagged = ofFlags(transfer, line);
  if (flagged !== null) return flagged;
  if (transfer.code >= 400) return ofApisRefusal(transfer, line);
  if (transfer.exit === 28) {
    return failed(
      'api',
      `${curlExitSentence(28)} The sidecar had the connection open, and no answer came.`,
      'no answer in time',
    );
  }
  if (transfer.exit === 35) return ofBrokenHandshake(line);
  const note = transfer.exit === 60 ? 'certificate not trusted' : `exit ${transfer.exit}`;
  return failed(
    'api',
    `${curlExitSentence(transfer.exit)} The sidecar had carried the connection to the API.`,
    note,
  );
}

/** curl exit 35 behind an open connection. The bytes that came back show which side spoke what. */
function ofBrokenHandshake(line: LogLine): Finding {
  if (line.bytesSent === 0) {
    return failed(
      'api',
      `${curlExitSentence(35)} The sidecar carried it to the API, and the connection ended with no answer.`,
      'closed without a word',
    );
  }
  if (line.cluster === 'PassthroughCluster') {
    return failed(
      'api',
      `${curlExitSentence(35)} What came back is not TLS: that port of the far side speaks something else.`,
      'no TLS came back',
    );
  }
  return failed(
    'api',
    "The app's TLS was carried to the API, and what came back was not TLS. That is how TLS in TLS looks: a DestinationRule has the sidecar open TLS of its own, around the TLS that the app has opened already. One layer too many.",
    'no TLS came back',
  );
}

/** All went well: what the sidecar did with it on the way. */
function ofAnswer(transfer: Transfer, line: LogLine): string {
  const { api } = transfer.body;
  const who =
    api === undefined ? 'The far side' : api.version === 'catalog' ? 'catalog' : `API ${api.version}`;
  const answered = `${who} answered ${transfer.code}.`;
  if (line.cluster === 'PassthroughCluster') {
    return `${answered} The sidecar let the call through without knowing the host: PassthroughCluster takes what no configuration names.`;
  }
  if (isConnection(line)) {
    return line.sni === '-'
      ? `${answered} The sidecar passed the bytes on to this cluster by port or address, without looking into them.`
      : `${answered} The sidecar knows this host: it chose the cluster by the server name in the TLS hello, and passed the encrypted bytes on.`;
  }
  const sent = pathOf(transfer.url);
  const tls = api?.scheme === 'https' && /^http:|^(?!https:)/i.test(transfer.url);
  const how = tls
    ? 'read the request as HTTP, chose its route, and opened TLS to the API itself'
    : 'read the request as HTTP and chose its route';
  const rewritten = api !== undefined && sent !== null && api.path !== sent;
  const path = rewritten ? ` ${sent} arrived as ${api.path}.` : '';
  return `${answered} The sidecar ${how}.${path}`;
}

/** '/v2/data?a=1' of a URL as it was given to curl; null when there is none to be read. */
function pathOf(url: string): string | null {
  try {
    const { pathname, search } = new URL(url.includes('://') ? url : `http://${url}`);
    return `${pathname}${search}`;
  } catch {
    return null;
  }
}

function failed(reached: Hop['id'], sentence: string, note: string): Finding {
  return { reached, failed: true, sentence, note };
}
