/** Effects and calls in words. Pure. */
import { authorityOf } from './effect.ts';
import type {
  Answer,
  Aspect,
  Difference,
  Effects,
  HeaderChange,
  Part,
  ProposedCall,
  RequestChange,
  Tries,
  UpstreamTls,
} from './types.ts';

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
      ...(abort === undefined ? [] : [`the sidecar answers ${abort.status}${ofCalls(abort.share)}`]),
    ].join(', '),
  time: ({ timeout }) => (timeout === null ? 'no timeout' : `given up after ${timeout} s`),
  tries: triesWords,
  mirror: value =>
    value.length === 0
      ? 'no copy'
      : value.map(({ servers, share }) => `a copy to ${servers.join(', ')}${ofCalls(share)}`).join(', '),
  limits: value =>
    value
      .map(({ connections, pending, requests, retries }) => {
        const known = [
          ...(connections === null ? [] : [amount(connections, 'connection')]),
          ...(pending === null ? [] : [`${pending} waiting`]),
          ...(requests === null ? [] : [`${amount(requests, 'request')} at a time`]),
          ...(retries === null ? [] : [`${amount(retries, 'retry', 'retries')} at a time`]),
        ];
        return known.length === 0 ? 'no limit' : `at most ${known.join(', ')}`;
      })
      .join(', or '),
  ejection: value =>
    value
      .map(each => {
        if (each === null) return 'no server is ever left out';
        const after = [
          ...(each.after5xx === null ? [] : [`${amount(each.after5xx, 'answer')} 5xx in a row`]),
          ...(each.afterGatewayErrors === null
            ? []
            : [`${amount(each.afterGatewayErrors, 'answer')} 502 to 504 in a row`]),
          ...(each.afterLocal === null
            ? []
            : [`${amount(each.afterLocal, 'broken connection')} in a row, counted apart`]),
        ];
        const all = each.least === 0 ? '' : `, all are asked when fewer than ${each.least} are left`;
        return `a server is left out after ${after.join(' or ')}, for ${each.time} s (looked at every ${each.interval} s), at most ${each.most} of them${all}`;
      })
      .join(', or '),
  balance: value => `servers ${value.join(', or ')}`,
};

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

function requestWords({ host, path, read, headers }: RequestChange): string {
  if (!read) return 'the bytes go through unread';
  const parts = [
    ...(host === null ? [] : [`Host ${host}`]),
    ...(path === null ? [] : [`path ${path}`]),
    ...(headers.length === 0 ? [] : [headerWords({ headers })]),
  ];
  return parts.length === 0 ? 'sent on as the app wrote it' : `sent on with ${parts.join(', ')}`;
}

function headerWords({ headers }: HeaderChange): string {
  if (headers.length === 0) return 'no header is changed';
  return headers
    .map(each => (each.startsWith('- ') ? `without ${each.slice(2)}` : each.replace('+:', ':')))
    .join(', ');
}

function tlsWords(tls: UpstreamTls | null): string {
  if (tls === null) return 'the sidecar opens no TLS';
  const names =
    tls.verified === null || tls.verified.names.length === 0 ? '' : ` for ${tls.verified.names.join(' or ')}`;
  const check =
    tls.verified === null ? "the server's certificate is not checked" : `a certificate${names} is required`;
  const shown = tls.shown === null ? '' : ', its own certificate is shown';
  return `the sidecar opens TLS, SNI ${tls.sni ?? 'none'}, ${check}${shown}`;
}

function triesWords({ retries, on, each }: Tries): string {
  if (retries === 0) return 'tried once';
  const time = each === null ? '' : `, each try at most ${each} s`;
  return `tried again up to ${amount(retries, 'time')} on ${on.join(', ')}${time}`;
}
