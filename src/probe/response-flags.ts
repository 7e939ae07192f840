/**
 * Envoy's response flags, all of them, in one table: what the sidecar says of how a call ended.
 * Source: envoy/source/common/stream_info/utility.h (names) and Envoy's documentation, "Access log usage".
 */
import { failureCause } from './failure-cause.ts';

export interface ResponseFlag {
  readonly flag: string;
  readonly name: string;
  /** One plain sentence. */
  readonly sentence: string;
  /** Where the call ended: at the sidecar, the cluster it chose, or the API behind it; null: the flag ends no call. */
  readonly at: 'sidecar' | 'cluster' | 'api' | null;
}

export const RESPONSE_FLAGS: readonly ResponseFlag[] = [
  row('NR', 'NoRouteFound', 'sidecar', 'The sidecar found no route, or no filter chain, for this call.'),
  row(
    'NC',
    'NoClusterFound',
    'cluster',
    'The route names a cluster that this sidecar does not have; most often a subset that no DestinationRule declares.',
  ),
  row(
    'UH',
    'NoHealthyUpstream',
    'cluster',
    'The cluster has no healthy endpoint: there is none, or all are ejected.',
  ),
  row('UF', 'UpstreamConnectionFailure', 'api', 'The sidecar could not open a connection to the API.'),
  row(
    'UO',
    'UpstreamOverflow',
    'cluster',
    "The cluster's connection pool is full, so the sidecar refused the call at once.",
  ),
  row(
    'UT',
    'UpstreamRequestTimeout',
    'api',
    "The API had not answered when the route's timeout ran out, and the sidecar gave up.",
  ),
  row('UC', 'UpstreamConnectionTermination', 'api', 'The API closed the connection before it had answered.'),
  row('UR', 'UpstreamRemoteReset', 'api', 'The API reset the request.'),
  row('URX', 'UpstreamRetryLimitExceeded', null, 'All attempts that are allowed were used up.'),
  row('LR', 'LocalReset', 'api', 'The sidecar itself reset the request.'),
  row('DC', 'DownstreamConnectionTermination', null, 'The app hung up before the answer was complete.'),
  row('DR', 'DownstreamRemoteReset', null, 'The app reset its request before the answer was complete.'),
  row(
    'FI',
    'FaultInjected',
    'sidecar',
    'A fault rule made the sidecar answer in place of the API, which was not asked.',
  ),
  row('DI', 'DelayInjected', null, 'A fault rule made the sidecar hold the request back for a while.'),
  row(
    'UPE',
    'UpstreamProtocolError',
    'api',
    'What the API sent back is not the protocol that the sidecar expected.',
  ),
  row('DPE', 'DownstreamProtocolError', 'sidecar', 'What the app sent is not valid HTTP.'),
  row(
    'UMSDR',
    'UpstreamMaxStreamDurationReached',
    'api',
    'The request took longer than the longest time allowed for one.',
  ),
  row(
    'SI',
    'StreamIdleTimeout',
    'api',
    'Nothing moved on this request for so long that the sidecar ended it.',
  ),
  row('DT', 'DurationTimeout', 'sidecar', 'The connection has been open for longer than the sidecar allows.'),
  row('RL', 'RateLimited', 'sidecar', 'A rate limit in the sidecar refused the call.'),
  row(
    'RLSE',
    'RateLimitServiceError',
    'sidecar',
    'The rate limit service could not be asked, so the call was refused.',
  ),
  row(
    'UAEX',
    'UnauthorizedExternalService',
    'sidecar',
    'The external authorization service denied the call.',
  ),
  row(
    'IH',
    'InvalidEnvoyRequestHeaders',
    'sidecar',
    'The request carries an x-envoy header with a value that is not valid.',
  ),
  row('LH', 'FailedLocalHealthCheck', 'sidecar', 'The service failed its own health check.'),
  row(
    'NFCF',
    'NoFilterConfigFound',
    'sidecar',
    'A filter of the sidecar is still waiting for its configuration.',
  ),
  row('OM', 'OverloadManagerTerminated', 'sidecar', 'The sidecar is overloaded and ended the request.'),
  row('DF', 'DnsResolutionFailed', 'cluster', "The sidecar could not resolve the host's name."),
  row(
    'DO',
    'DropOverload',
    'cluster',
    'The cluster is set to drop a part of its calls, and this was one of them.',
  ),
  row('UDO', 'UnconditionalDropOverload', 'cluster', 'The cluster is set to drop all calls.'),
  row('RFCF', 'ResponseFromCacheFilter', null, "The answer came from the sidecar's cache."),
];

const BY_FLAG = new Map(RESPONSE_FLAGS.map(entry => [entry.flag, entry]));

/** The rows of a logged field: 'UF,URX' -> both; '-' -> none; a flag that is not Envoy's own is left out. */
export function flagsOf(logged: string): ResponseFlag[] {
  return logged.split(',').flatMap(flag => BY_FLAG.get(flag) ?? []);
}

/**
 * The meaning of a logged field in plain sentences; '' for '-'.
 * `why`: the log's details or transport failure reason: then UF says which failure it was.
 */
export function flagSentence(logged: string, why = ''): string {
  if (logged === '-' || logged === '') return '';
  return logged
    .split(',')
    .map(flag => {
      const cause = flag === 'UF' ? failureCause(why) : null;
      if (cause !== null) return cause.sentence;
      return (
        BY_FLAG.get(flag)?.sentence ?? `The sidecar set the flag ${flag}, which is not one of Envoy's own.`
      );
    })
    .join(' ');
}

function row(flag: string, name: string, at: ResponseFlag['at'], sentence: string): ResponseFlag {
  return { flag, name, at, sentence };
}
