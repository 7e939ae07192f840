/** What to do about each of Envoy's response flags: where it shows, and what to look at next. */
import { RESPONSE_FLAGS } from '../response-flags.ts';
import type { Entry } from './entry.ts';

const SOURCE = 'https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage';

const MORE: Readonly<Record<string, string>> = {
  NR: 'Over HTTP the app gets 404 with the details route_not_found; a connection is closed (filter_chain_not_found). Look at the hosts and matches of the VirtualService, and at what the Sidecar lets in.',
  NC: 'The app gets 503 with the details cluster_not_found. Compare the destination of the route with the subsets and ports that there are: istio-tutor trace names those.',
  UH: 'The app gets 503 at once, with the details no_healthy_upstream. Look at the endpoints: a selector that fits no pod, a subset without pods, or an outlier detection that has ejected them all.',
  UF: 'The app gets 503, or its connection is closed. The log line names why: a refused or timed out connection, or a TLS handshake that failed; the upstream transport failure reason has the words of the TLS library.',
  UO: 'The app gets 503 with the header x-envoy-overloaded. The limits are those of connectionPool in the DestinationRule: connections, requests waiting, requests at a time.',
  UT: 'The app gets 504. The timeout is that of the VirtualService and holds for all tries together; a try that has a timeout of its own (perTryTimeout) ends with this flag too.',
  UC: 'The app gets 503 with the details upstream_reset_before_response_started. Often the server keeps idle connections for a shorter time than the sidecar does; a retry on reset hides it.',
  UR: 'The app gets 503. The connection itself stays open: over HTTP/2 the server ended just this stream.',
  URX: 'It stands beside the flag of the last try, as in UF,URX. The limit is attempts in the retries of the VirtualService; for a TCP connection it is the number of connection attempts.',
  LR: 'The app gets 503. It happens where the sidecar ends a stream for a reason of its own, as when its cluster is taken away.',
  DC: 'The status is 0 or the one that had been sent, and curl ends with 28 where its own time ran out. Look at the timeout of the app, not at the mesh.',
  DR: 'It is the HTTP/2 form of hanging up: the connection stays, the stream is gone. Look at the app.',
  FI: 'The fault is that of the VirtualService (fault.abort), and its percentage says how often. The cluster in the log line is the one that the call would have gone to.',
  DI: 'The fault is that of the VirtualService (fault.delay). It ends no call: the answer comes from the server afterwards, and its time counts against the timeout of the route.',
  UPE: 'The app gets 502. Most often the port is declared as HTTP or HTTP2 and the server speaks something else there.',
  DPE: 'The app gets 400, in clear. Most often TLS or another protocol comes to a port that is declared as HTTP.',
  UMSDR:
    'It happens where the greatest length of a stream is set (max_stream_duration), which Istio does not do by itself.',
  SI: 'The app gets 408 or 504, or its stream is reset. Envoy ends a stream on which nothing has moved for five minutes unless the configuration says otherwise.',
  DT: 'The connection is closed. For a TCP proxy it is its greatest duration that has run out.',
  RL: 'The app gets 429. Rate limits come from an EnvoyFilter, local or global: the kinds of this course make none.',
  RLSE: 'The app gets 500, as the rate limit filter is set to fail closed. Look at the rate limit service.',
  UAEX: 'The app gets 403. An AuthorizationPolicy with the action CUSTOM asks that service.',
  IH: 'The app gets 400. Strict checks of headers must be switched on in the router for this to happen.',
  LH: 'The app gets 503. It is seen where the health check filter of Envoy is in use, which Istio does not set.',
  NFCF: 'The app gets 500. A filter whose configuration comes by ECDS was not there in time, as a WasmPlugin that is still downloaded.',
  OM: 'The app gets 503. The memory limit of the proxy container is the first thing to look at.',
  DF: 'The app gets 503. The cluster resolves names by itself (a dynamic forward proxy, as behind a wildcard ServiceEntry with DYNAMIC_DNS): look at the name and at the DNS of the pod.',
  DO: 'The app gets 503. The share comes with the endpoints (drop_overload); istiod sets none by itself.',
  UDO: 'The app gets 503. It is the same as DO at 100 %.',
  RFCF: 'No server was asked for this answer. Istio does not put the cache filter into a sidecar by itself.',
};

export const FLAG_ENTRIES: readonly Entry[] = RESPONSE_FLAGS.map(({ flag, name, sentence }) => ({
  id: flag,
  title: `${flag}, ${name}`,
  kind: 'A response flag of Envoy',
  text: [sentence, MORE[flag] ?? ''].join(' '),
  source: SOURCE,
  // A flag is two to five capitals on their own; the name is told as well, by newer proxies.
  finds: new RegExp(`(?<![\\w-])(?:${flag}|${name})(?![\\w-])`),
}));
