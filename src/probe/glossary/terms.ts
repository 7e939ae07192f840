/** The terms of Envoy and Istio that the lessons use, each as it is met on a real mesh. */
import type { Entry } from './entry.ts';

const ENVOY = 'https://www.envoyproxy.io/docs/envoy/latest/';
const OVERVIEW = `${ENVOY}intro/arch_overview/`;
const ISTIO = 'https://istio.io/latest/docs/';
const FIELDS = `${ISTIO}reference/config/networking/`;

export const TERM_ENTRIES: readonly Entry[] = [
  term(
    'sidecar',
    'The Envoy that stands beside the app in its pod. The pod leads all connections of the app into it, so it decides where a call goes without the app knowing. Its own configuration is what counts: kubectl shows what was asked for, the sidecar shows what is in effect.',
    `${ISTIO}ops/deployment/architecture/`,
  ),
  term(
    'listener',
    "The address and port on which Envoy takes connections. The sidecar has one for each port of the mesh (0.0.0.0_80) and one for each address of a TCP service; what none of them is for comes to the listener named virtualOutbound. It is the first thing that decides on a call: by the address that the app dialled, not by the host's name.",
    `${OVERVIEW}listeners/listeners`,
  ),
  term(
    'filter chain',
    'What a listener does with a connection, chosen by what the first bytes show: TLS or not, the server name (SNI), the protocol. A chain that reads HTTP looks up a route for each request; one that does not passes bytes on. If none fits, the connection is closed, flag NR.',
    `${OVERVIEW}listeners/network_filters`,
    'filter.chain|chain',
  ),
  term(
    'virtual host',
    'The part of a route configuration that is for certain Host headers. The most exact of those that fit is taken. In a sidecar it is made of a Service or ServiceEntry, and of the VirtualService for its host; allow_any and block_all are for all hosts that the mesh does not know.',
    `${OVERVIEW}http/http_routing`,
  ),
  term(
    'route',
    'A rule for requests: what they must look like, and the cluster that they go to. Envoy takes the first that fits, in the order of the VirtualService; the others are not looked at. A rule without a match takes everything, so what stands below it is never reached.',
    `${OVERVIEW}http/http_routing`,
    'routes?',
  ),
  term(
    'cluster',
    'A group of endpoints that do the same, with the policy for calls to them. istiod names it by direction, port, subset and host: outbound|443||api.safedata-zone.io. It is not a cluster of Kubernetes. The access log names the cluster of each call.',
    `${OVERVIEW}upstream/cluster_manager`,
    'clusters?',
  ),
  term(
    'subset',
    'A part of the endpoints of a host, told apart by labels, that a DestinationRule declares under a name. Each is a cluster of its own, with that name between the second and third bar. A route to a subset that nobody declares ends in 503, flag NC.',
    `${FIELDS}destination-rule/#Subset`,
    'subsets?',
  ),
  term(
    'endpoint',
    'One address and port behind a cluster. Of a Service these are its ready pods, told by istiod; of a ServiceEntry with resolution DNS the addresses that the sidecar itself looks up. Without any the app gets 503, flag UH.',
    `${ENVOY}intro/arch_overview/upstream/service_discovery`,
    'endpoints?',
  ),
  term(
    'upstream',
    'The side that Envoy calls: the API. Downstream is the side that calls Envoy: the app. So a flag that begins with U is about what lies behind the sidecar, one that begins with D about the app.',
    `${ENVOY}intro/life_of_a_request`,
    'upstream',
  ),
  term(
    'downstream',
    'The side that calls Envoy: for a sidecar on the way out, the app beside it. The log line has its address and the one that it dialled (downstream local address). Upstream is the other side.',
    `${ENVOY}intro/life_of_a_request`,
    'downstream',
  ),
  term(
    'SNI',
    'The server name in the greeting of TLS, in clear text. Where the app opens TLS itself it is all that the sidecar sees of the host, so only rules that go by it can hold: path and headers are sealed. Where the sidecar opens TLS, the DestinationRule says which name it sends.',
    `${FIELDS}destination-rule/#ClientTLSSettings`,
  ),
  term(
    'PassthroughCluster',
    'The cluster for what the mesh does not know: the call goes on to the address that the app dialled. Nothing of the mesh holds for it, neither timeouts nor TLS. With outboundTrafficPolicy REGISTRY_ONLY it is not used, and BlackHoleCluster takes its place.',
    `${ISTIO}tasks/traffic-management/egress/egress-control/`,
    'PassthroughCluster|passthrough|ALLOW_ANY',
  ),
  term(
    'BlackHoleCluster',
    'A cluster without endpoints, by intention: what the mesh does not know ends here where only what it knows may go out (REGISTRY_ONLY). A connection is closed; a plain HTTP request gets 502 from the sidecar.',
    `${ISTIO}tasks/traffic-management/egress/egress-control/`,
    'BlackHoleCluster|REGISTRY_ONLY|block_all',
  ),
  term(
    'ejection',
    'A sick endpoint is left out for a while (outlier detection): after so many errors in a row, for baseEjectionTime times the number of its ejections. At most maxEjectionPercent of them are out at a time, 10 % unless set, so that the only endpoint there is may never be ejected.',
    `${OVERVIEW}upstream/outlier`,
    'ejects?|ejected|ejections?|outlier ?[dD]etection|breaker',
  ),
  term(
    'connection pool',
    'The limits for calls to a cluster: connections, requests that wait for one, requests at a time. What goes beyond them is refused at once with 503, flag UO. Each sidecar counts for itself.',
    `${OVERVIEW}upstream/circuit_breaking`,
    'connection ?[pP]ools?|limits',
  ),
  term(
    'xDS',
    'The protocol by which istiod tells each Envoy its configuration: listeners (LDS), routes (RDS), clusters (CDS), endpoints (EDS). A push is such an update; it goes to the proxies that the change concerns. Accepted by the API is not yet in effect: the push must have come, and been taken.',
    `${ENVOY}api-docs/xds_protocol`,
    'xDS|push(?:es|ed)?|istiod',
  ),
  term(
    'NACK',
    'The answer of an Envoy that refuses an update, with the reason; it goes on with what it had. Istio has accepted the object all the same, so kubectl shows nothing of it. The log of the sidecar and istiod have the words; istioctl proxy-status shows who is behind.',
    `${ENVOY}api-docs/xds_protocol`,
    'NACK|SIDECAR-REFUSED|refused an update',
  ),
  term(
    'TLS origination',
    'The sidecar opens TLS for an app that speaks plain HTTP: tls.mode SIMPLE or MUTUAL in the DestinationRule. The app must call http://; where it opens TLS itself, the rule wraps TLS in TLS, and the handshake fails.',
    `${ISTIO}tasks/traffic-management/egress/egress-tls-origination/`,
    'TLS origination|the sidecar opens it|TLS in TLS|mode SIMPLE|SIMPLE',
  ),
  term(
    'mTLS',
    'TLS in which both sides show a certificate. Between sidecars Istio does it by itself with its own certificates (ISTIO_MUTUAL); towards a host outside, MUTUAL takes certificates that you give it. SIMPLE shows none of yours.',
    `${ISTIO}concepts/security/#mutual-tls-authentication`,
    'mTLS|ISTIO_MUTUAL|MUTUAL',
  ),
  term(
    'ServiceEntry',
    'The object that makes a host known to the mesh, with its ports and their protocols. From then on there are listeners, routes and clusters for it, and other objects can name it. How its endpoints are found is its resolution: NONE goes on to the address that the app dialled.',
    `${FIELDS}service-entry/`,
  ),
  term(
    'DestinationRule',
    'The object that says how calls to a host are made once it is chosen: TLS, connection pool, outlier detection, load balancing, subsets. It chooses nothing. Settings of a port (portLevelSettings) replace those of the host, whole.',
    `${FIELDS}destination-rule/`,
  ),
  term(
    'VirtualService',
    'The object that chooses where calls to a host go: by path, headers, server name or weight, with timeouts, retries, faults and copies. Of two for the same host a sidecar uses the older one alone. It holds for HTTP only where the port is declared as HTTP.',
    `${FIELDS}virtual-service/`,
  ),
  term(
    'Sidecar resource',
    'The object of kind Sidecar says which hosts the sidecars of a namespace or a workload are told of, and whether they let out what they do not know. What its egress hosts leave out is not there at all: neither routes nor clusters. The proxy beside the app has the same name, and is another thing.',
    `${FIELDS}sidecar/`,
    'Sidecar(?= [a-z-]+ in )|egress hosts',
  ),
  term(
    'mirroring',
    'A copy of each request, or of a share of them, goes to another cluster; its answer is thrown away. The host of the copy gets -shadow appended. A copy that goes nowhere shows in no answer and in no flag of the call.',
    `${ISTIO}tasks/traffic-management/mirroring/`,
    'mirror(?:s|ed|ing)?|a copy',
  ),
  term(
    'retry',
    'A request that failed is sent again, to another endpoint if there is one. Istio does it twice by itself, for connections that fail and a few other cases; a 503 that the server answers is not one of these. The log has one line for all tries: the last one counts, and URX says that they were used up.',
    `${ISTIO}concepts/traffic-management/#retries`,
    'retr(?:y|ies|ied)',
  ),
  term(
    'timeout',
    'How long the sidecar waits for an answer, for all tries together; then the app gets 504, flag UT. Unless a VirtualService sets it there is none. It does not hold for TLS that the app opens itself: there the sidecar sees no requests.',
    `${ISTIO}concepts/traffic-management/#timeouts`,
    'timeouts?',
  ),
  term(
    'fault injection',
    'The sidecar of the caller answers with an error, or waits, in place of the API, for a share of the requests. It shows what the app makes of an outage without there being one. Flags FI and DI mark such calls.',
    `${ISTIO}tasks/traffic-management/fault-injection/`,
    'faults?',
  ),
  term(
    'locality',
    'Where an endpoint is: region, zone, subzone. Failover to another one is by priority: as long as enough endpoints of the first priority are healthy, the others get nothing. Without outlier detection no endpoint ever counts as sick, and there is no failover.',
    `${ISTIO}tasks/traffic-management/locality-load-balancing/`,
    'localit(?:y|ies)|failover|priority',
  ),
  term(
    'access log',
    'A line of the sidecar for each request, or for each connection whose inside it does not see, written when it has ended. It has what the app never learns: the cluster, the endpoint, and the response flag. Here l shows it decoded.',
    `${ISTIO}tasks/observability/logs/access-log/`,
    'access log',
  ),
];

/** `finds`: a pattern of the words; left out: the title. */
function term(title: string, text: string, source: string, finds = title): Entry {
  // The word alone is the kind's.
  const id = title === 'sidecar' ? 'sidecar-proxy' : title.toLowerCase().replace(/ /g, '-');
  return { id, title, kind: '', text, source, finds: new RegExp(`(?<![\\w-])(?:${finds})(?![\\w-])`) };
}
