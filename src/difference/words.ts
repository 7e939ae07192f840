/** Effects and calls in words. Pure. */
import { IN_TURNS } from './balance.ts';
import type {
  Answer,
  Aspect,
  Difference,
  Effects,
  HeaderChange,
  Mirror,
  Part,
  ProposedCall,
  RequestChange,
  Tries,
  UpstreamTls,
} from './types.ts';
import { authorityOf } from './way.ts';

/** 'GET http://api.safedata-zone.io/v2/data, x-user: ana' */
export function callWords(call: ProposedCall): string {
  const headers = Object.entries(call.headers).map(([name, value]) => `, ${name}: ${value}`);
  return `${call.method} ${call.scheme}://${authorityOf(call)}${call.path}${headers.join('')}`;
}

/** What differs, and from what to what. */
export function differenceWords({ aspect, before, after }: Difference): {
  readonly before: string;
  readonly after: string;
} {
  const words = (value: unknown) =>
    value === undefined ? 'nothing of the kind' : WORDS[aspect](value as never);
  return { before: [...new Set(before.map(words))].join(', or '), after: words(after) };
}

const WORDS: { readonly [A in Aspect]: (value: Effects[A]) => string } = {
  answer: answerWords,
  request: requestWords,
  response: value => `in the answer: ${headerWords(value)}`,
  tls: value => value.map(tlsWords).join(', or '),
  fault: ({ delay, abort }) =>
    [
      ...(delay === undefined ? [] : [`waits ${delay.seconds} s first${ofCalls(delay.share)}`]),
      ...(abort === undefined ? [] : [`the sidecar answers ${abortWords(abort)}${ofCalls(abort.share)}`]),
    ].join(', '),
  time: ({ timeout, also }) =>
    listed([timeout === null ? 'no timeout' : `given up after ${timeout} s`, ...also]),
  tries: triesWords,
  mirror: value => (value.length === 0 ? 'no copy' : value.map(mirrorWords).join(', ')),
  limits: limitsWords,
  ejection: ejectionWords,
  balance: balanceWords,
};

const listed = (all: readonly string[]) => all.join(', ');

function balanceWords(value: Effects['balance']): string {
  return value.length === 0 ? '' : `servers ${value.join(', or ')}`;
}

const abortWords = ({ status, grpc }: { readonly status: number; readonly grpc?: number }) =>
  grpc === undefined ? String(status) : `gRPC status ${grpc}`;

/** Of the way that copies take only what is not as it mostly is. */
function mirrorWords({ servers, share, tls, limits, ejection, balance, also }: Mirror): string {
  const [way, pool, outlier, choice] = [
    ...[tls.map(tlsWords).join(', or '), limitsWords(limits), ejectionWords(ejection), balanceWords(balance)],
  ];
  const usual = new Set(['', tlsWords(null), NO_LIMIT, NEVER_LEFT_OUT, balanceWords([IN_TURNS])]);
  const details = [way, pool, outlier, choice, ...also].filter(
    each => each !== undefined && !usual.has(each),
  );
  const aside = details.length === 0 ? '' : ` (${details.join('; ')})`;
  return `a copy to ${listed(servers)}${ofCalls(share)}${aside}`;
}

const NO_LIMIT = 'no limit';

function limitsWords(value: Effects['limits']): string {
  const each = value.map(({ connections, pending, requests, retries, also }) => {
    const known = [
      ...(connections === null ? [] : [amount(connections, 'connection')]),
      ...(pending === null ? [] : [`${pending} waiting`]),
      ...(requests === null ? [] : [`${amount(requests, 'request')} at a time`]),
      ...(retries === null ? [] : [`${amount(retries, 'retry', 'retries')} at a time`]),
      ...also,
    ];
    return known.length === 0 ? NO_LIMIT : `at most ${known.join(', ')}`;
  });
  return each.join(', or ');
}

const NEVER_LEFT_OUT = 'no server is ever left out';

function ejectionWords(value: Effects['ejection']): string {
  const each = value.map(one => {
    if (one === null) return NEVER_LEFT_OUT;
    const after = [
      ...(one.after5xx === null ? [] : [`${amount(one.after5xx, 'answer')} 5xx in a row`]),
      ...(one.afterGatewayErrors === null
        ? []
        : [`${amount(one.afterGatewayErrors, 'answer')} 502 to 504 in a row`]),
      ...(one.afterLocal === null
        ? []
        : [`${amount(one.afterLocal, 'broken connection')} in a row, counted apart`]),
    ];
    const all = one.least === 0 ? [] : [`all are asked when fewer than ${one.least} are left`];
    const time = `for ${one.time} s (looked at every ${one.interval} s)`;
    return listed([
      `a server is left out after ${after.join(' or ')}`,
      time,
      `at most ${one.most} of them`,
      ...all,
    ]);
  });
  return each.join(', or ');
}

function answerWords(answer: Answer): string {
  switch (answer.kind) {
    case 'closed':
      return 'the connection is closed';
    case 'status':
      return `${answer.status} from the sidecar`;
    case 'redirect':
      return `${answer.status} to ${answer.location}`;
    case 'servers':
      return answer.to.map(partWords).join(', ');
  }
}

function partWords({ share, servers }: Part): string {
  const [first = [], ...spare] = servers;
  if (first.length === 0) return `nobody${ofCalls(share)}`;
  const others =
    spare.length === 0 ? '' : `, if that fails ${spare.map(each => each.join(' or ')).join(', then ')}`;
  return `${first.join(' or ')}${ofCalls(share)}${others}`;
}

const amount = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

const ofCalls = (share: number) => (share === 1 ? '' : ` (${Number((share * 100).toFixed(2))} % of calls)`);

function requestWords({ host, path, read, headers, also }: RequestChange): string {
  if (!read) return listed(['the bytes go through unread', ...also]);
  const parts = [
    ...(host === null ? [] : [`Host ${host}`]),
    ...(path === null ? [] : [`path ${path}`]),
    ...(headers.length === 0 ? [] : [headerWords({ headers, also: [] })]),
    ...also,
  ];
  return parts.length === 0 ? 'sent on as the app wrote it' : `sent on with ${parts.join(', ')}`;
}

function headerWords({ headers, also }: HeaderChange): string {
  if (headers.length + also.length === 0) return 'no header is changed';
  const words = headers.map(each =>
    each.startsWith('- ') ? `without ${each.slice(2)}` : each.replace('+:', ':'),
  );
  return listed([...words, ...also]);
}

function tlsWords(tls: UpstreamTls | null): string {
  if (tls === null) return 'the sidecar opens no TLS';
  const names =
    tls.verified === null || tls.verified.names.length === 0 ? '' : ` for ${tls.verified.names.join(' or ')}`;
  const check =
    tls.verified === null ? "the server's certificate is not checked" : `a certificate${names} is required`;
  const shown = tls.shown === null ? '' : ', its own certificate is shown';
  return listed([`the sidecar opens TLS, SNI ${tls.sni ?? 'none'}, ${check}${shown}`, ...tls.also]);
}

function triesWords({ retries, on, each, also }: Tries): string {
  if (retries === 0) return 'tried once';
  const time = each === null ? '' : `, each try at most ${each} s`;
  return listed([`tried again up to ${amount(retries, 'time')} on ${on.join(', ')}${time}`, ...also]);
}
