/** Where Istio's own reference tells of the fields that a page of ours tells of. Pure. */

const BASE = 'https://istio.io/latest/docs/reference/config/networking/';

/**
 * The message of Istio's API whose fields stand below a heading of ours; an ancestor's counts for the headings below
 * it.
 */
const MESSAGES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ServiceEntry: {
    '': 'service-entry/#ServiceEntry',
    'ports[]': 'service-entry/#ServicePort',
    'endpoints[]': 'workload-entry/#WorkloadEntry',
    workloadSelector: 'sidecar/#WorkloadSelector',
  },
  DestinationRule: {
    '': 'destination-rule/#DestinationRule',
    'subsets[]': 'destination-rule/#Subset',
    trafficPolicy: 'destination-rule/#TrafficPolicy',
    'trafficPolicy.portLevelSettings[]': 'destination-rule/#TrafficPolicy-PortTrafficPolicy',
    'trafficPolicy.tls': 'destination-rule/#ClientTLSSettings',
    'trafficPolicy.connectionPool': 'destination-rule/#ConnectionPoolSettings',
    'trafficPolicy.connectionPool.tcp': 'destination-rule/#ConnectionPoolSettings-TCPSettings',
    'trafficPolicy.connectionPool.http': 'destination-rule/#ConnectionPoolSettings-HTTPSettings',
    'trafficPolicy.outlierDetection': 'destination-rule/#OutlierDetection',
    'trafficPolicy.loadBalancer': 'destination-rule/#LoadBalancerSettings',
    'trafficPolicy.loadBalancer.consistentHash': 'destination-rule/#LoadBalancerSettings-ConsistentHashLB',
    'trafficPolicy.loadBalancer.localityLbSetting': 'destination-rule/#LocalityLoadBalancerSetting',
    'trafficPolicy.tunnel': 'destination-rule/#TrafficPolicy-TunnelSettings',
    workloadSelector: 'sidecar/#WorkloadSelector',
  },
  VirtualService: {
    '': 'virtual-service/#VirtualService',
    'http[]': 'virtual-service/#HTTPRoute',
    'http[].match[]': 'virtual-service/#HTTPMatchRequest',
    'http[].match[].uri': 'virtual-service/#StringMatch',
    'http[].route[]': 'virtual-service/#HTTPRouteDestination',
    'http[].route[].destination': 'virtual-service/#Destination',
    'http[].headers': 'virtual-service/#Headers',
    'http[].headers.request': 'virtual-service/#Headers-HeaderOperations',
    'http[].retries': 'virtual-service/#HTTPRetry',
    'http[].rewrite': 'virtual-service/#HTTPRewrite',
    'http[].fault': 'virtual-service/#HTTPFaultInjection',
    'http[].fault.delay': 'virtual-service/#HTTPFaultInjection-Delay',
    'http[].fault.abort': 'virtual-service/#HTTPFaultInjection-Abort',
    'http[].mirrors[]': 'virtual-service/#HTTPMirrorPolicy',
    'http[].redirect': 'virtual-service/#HTTPRedirect',
    'http[].directResponse': 'virtual-service/#HTTPDirectResponse',
    'http[].directResponse.body': 'virtual-service/#HTTPBody',
    'http[].corsPolicy': 'virtual-service/#CorsPolicy',
    'http[].delegate': 'virtual-service/#Delegate',
    'tls[]': 'virtual-service/#TLSRoute',
    'tls[].match[]': 'virtual-service/#TLSMatchAttributes',
    'tcp[]': 'virtual-service/#TCPRoute',
    'tcp[].match[]': 'virtual-service/#L4MatchAttributes',
    'tcp[].route[]': 'virtual-service/#RouteDestination',
  },
  Sidecar: {
    '': 'sidecar/#Sidecar',
    workloadSelector: 'sidecar/#WorkloadSelector',
    'egress[]': 'sidecar/#IstioEgressListener',
    'egress[].port': 'sidecar/#SidecarPort',
    outboundTrafficPolicy: 'sidecar/#OutboundTrafficPolicy',
    'ingress[]': 'sidecar/#IstioIngressListener',
    'ingress[].port': 'sidecar/#SidecarPort',
    'ingress[].tls': 'gateway/#ServerTLSSettings',
  },
};

/** `section`: as its heading has it, 'spec' or 'http[].retries'. */
export function referenceAddress(kind: string, section: string): string {
  const parts = section === 'spec' ? [] : section.split('.');
  for (let length = parts.length; length > 0; length--) {
    const found = MESSAGES[kind]?.[parts.slice(0, length).join('.')];
    if (found !== undefined) return BASE + found;
  }
  return BASE + (MESSAGES[kind]?.[''] ?? '');
}

/** A page of ours, the names of whose fields are links. Markdown. */
export function linkedReference(kind: string, page: string): string {
  let section = 'spec';
  return page
    .split('\n')
    .map(line => {
      section = /^## `([^`]+)`/.exec(line)?.[1] ?? section;
      const [names] = /^- (?:`\w+`(?:, )?)+(?= \()/.exec(line) ?? [];
      if (names === undefined) return line;
      const address = referenceAddress(kind, section);
      return names.replace(/`\w+`/g, `[$&](${address})`) + line.slice(names.length);
    })
    .join('\n');
}
