/**
 * Values of the walk that no rule finds: those that matter only beside others, or that must name something that exists.
 * A field that is not here is set to what its schema suggests. `also` is put into the spec first.
 */
export interface Chosen {
  readonly value: unknown;
  readonly also?: object;
}

/** An empty policy is refused. */
const SOMETHING = { connectionPool: { tcp: { connectTimeout: '3s' } } };
const PORT_POLICY = { port: { number: 80 }, ...SOMETHING };
const subset = (trafficPolicy: object) => ({ name: 'v1', labels: { version: 'v1' }, trafficPolicy });

/** A field of a traffic policy, in each of the four places where one may be. */
function policies(path: string, value: unknown, beside: object = {}): Readonly<Record<string, Chosen>> {
  const whole = { ...SOMETHING, ...beside };
  const ofPort = { portLevelSettings: [{ ...PORT_POLICY, ...beside }] };
  return {
    [`DestinationRule spec.trafficPolicy.${path}`]: { value, also: { trafficPolicy: whole } },
    [`DestinationRule spec.subsets[].trafficPolicy.${path}`]: { value, also: { subsets: [subset(whole)] } },
    [`DestinationRule spec.trafficPolicy.portLevelSettings[].${path}`]: {
      value,
      also: { trafficPolicy: ofPort },
    },
    [`DestinationRule spec.subsets[].trafficPolicy.portLevelSettings[].${path}`]: {
      value,
      also: { subsets: [subset(ofPort)] },
    },
  };
}

const alive = {
  connectionPool: {
    http: { h2UpgradePolicy: 'UPGRADE', http2KeepAlive: { interval: '9s', timeout: '9s' } },
  },
};
const tls = (mode: string, more: object = {}) => ({ tls: { mode, ...more } });
const outlier = { outlierDetection: { consecutive5xxErrors: 3 } };
const cookie = { loadBalancer: { consistentHash: { httpCookie: { name: 'u', ttl: '0s' } } } };
const header = { loadBalancer: { consistentHash: { httpHeaderName: 'x-user' } } };
const keys = { clientCertificate: '/c.pem', privateKey: '/k.pem' };
const to = { destination: { host: 'catalog.mesh-network.svc.cluster.local', port: { number: 80 } } };
const http = (more: object): object => ({ http: [{ route: [to], ...more }] });

const routes: Readonly<Record<string, Chosen>> = Object.fromEntries(
  Object.entries({
    'match[].authority.exact': ['a.io'],
    'match[].gateways[]': ['gw', {}],
    'match[].headers{}.exact': ['gold'],
    'match[].ignoreUriCase': [true, { match: [{ uri: { prefix: '/a' } }] }],
    'match[].port': [8080],
    'match[].sourceLabels{}': ['other'],
    'match[].sourceNamespace': ['team-b'],
    'match[].uri.exact': ['/a'],
    'match[].uri.prefix': ['/a'],
    'corsPolicy.allowOrigins[].exact': ['https://x.io'],
    'corsPolicy.allowOrigin[]': ['https://x.io'],
    'delegate.name': ['first', { route: undefined }],
    'delegate.namespace': ['team-b', { route: undefined, delegate: { name: 'first' } }],
    'directResponse.status': [404, { route: undefined }],
    'directResponse.body.string': ['hi', { route: undefined, directResponse: { status: 200 } }],
    'directResponse.body.bytes': ['aGk=', { route: undefined, directResponse: { status: 200 } }],
    'fault.abort.grpcStatus': ['UNAVAILABLE'],
    'fault.abort.http2Error': ['x'],
    'fault.abort.httpStatus': [503],
    'fault.abort.percentage.value': [50, { fault: { abort: { httpStatus: 503 } } }],
    'fault.delay.percent': [50, { fault: { delay: { fixedDelay: '1s' } } }],
    'fault.delay.percentage.value': [50, { fault: { delay: { fixedDelay: '1s' } } }],
    'mirror.host': ['catalog.mesh-network.svc.cluster.local'],
    'mirror.port.number': [80, { mirror: { host: 'catalog.mesh-network.svc.cluster.local' } }],
    'mirror.subset': ['v9', { mirror: { host: 'catalog.mesh-network.svc.cluster.local' } }],
    mirror_percent: [20, { mirror: to.destination }],
    mirrorPercent: [20, { mirror: to.destination }],
    'mirrorPercentage.value': [20, { mirror: to.destination }],
    'mirrors[].destination.host': ['catalog.mesh-network.svc.cluster.local'],
    'mirrors[].destination.port.number': [
      80,
      { mirrors: [{ destination: { host: 'catalog.mesh-network.svc.cluster.local' } }] },
    ],
    'mirrors[].destination.subset': [
      'v9',
      { mirrors: [{ destination: { host: 'catalog.mesh-network.svc.cluster.local' } }] },
    ],
    'mirrors[].percentage.value': [20, { mirrors: [to] }],
    'redirect.authority': ['a.io', { route: undefined }],
    'redirect.derivePort': ['FROM_REQUEST_PORT', { route: undefined, redirect: { scheme: 'https' } }],
    'redirect.port': [8443, { route: undefined, redirect: { authority: 'a.io' } }],
    'redirect.prefixRewrite': ['/p', { route: undefined }],
    'redirect.redirectCode': [302, { route: undefined, redirect: { uri: '/x' } }],
    'redirect.scheme': ['https', { route: undefined, redirect: { uri: '/x' } }],
    'redirect.uri': ['/x', { route: undefined }],
    'retries.attempts': [4],
    'retries.backoff': ['20ms', { retries: { attempts: 2 } }],
    'retries.perTryTimeout': ['2s', { retries: { attempts: 2 } }],
    'retries.retryIgnorePreviousHosts': [false, { retries: { attempts: 2 } }],
    'retries.retryOn': ['5xx', { retries: { attempts: 2 } }],
    'retries.retryRemoteLocalities': [true, { retries: { attempts: 2 } }],
    'rewrite.uriRegexRewrite.match': ['/a', { rewrite: { uriRegexRewrite: { match: '/z', rewrite: '/b' } } }],
    'rewrite.uriRegexRewrite.rewrite': [
      '/c',
      { rewrite: { uriRegexRewrite: { match: '/z', rewrite: '/b' } } },
    ],
    'route[].destination.host': ['reviews.team-b.svc.cluster.local'],
    'route[].destination.port.number': [8080],
    'route[].destination.subset': ['v9'],
    'route[].weight': [30, { route: [to, to] }],
    name: ['r1'],
  } as Record<string, [unknown, object?]>).map(([path, [value, more]]) => [
    `VirtualService spec.http[].${path}`,
    { value, also: http(more ?? {}) },
  ]),
);

export const VALUES: Readonly<Record<string, Chosen>> = {
  ...routes,
  ...policies('tls.mode', 'SIMPLE'),
  ...policies('tls.clientCertificate', '/d.pem', tls('MUTUAL', keys)),
  ...policies('tls.privateKey', '/d.pem', tls('MUTUAL', keys)),
  ...policies('tls.caCertificates', '/ca.pem', tls('SIMPLE')),
  ...policies('tls.caCrl', '/crl.pem', tls('SIMPLE', { caCertificates: '/ca.pem' })),
  ...policies('tls.credentialName', 'cred', tls('SIMPLE')),
  ...policies('tls.insecureSkipVerify', true, tls('SIMPLE')),
  ...policies('tls.sni', 'a.io', tls('SIMPLE')),
  ...policies('tls.subjectAltNames[]', 'a.io', tls('SIMPLE')),
  ...policies('loadBalancer.simple', 'RANDOM'),
  ...policies('loadBalancer.consistentHash.httpHeaderName', 'x-user'),
  ...policies('loadBalancer.consistentHash.httpQueryParameterName', 'q'),
  ...policies('loadBalancer.consistentHash.httpCookie.name', 'v', cookie),
  ...policies('loadBalancer.consistentHash.httpCookie.path', '/p', cookie),
  ...policies('loadBalancer.consistentHash.httpCookie.ttl', '5s', cookie),
  ...policies('loadBalancer.consistentHash.httpCookie.attributes[].name', 'Secure', cookie),
  ...policies('loadBalancer.consistentHash.httpCookie.attributes[].value', 'Lax', {
    loadBalancer: {
      consistentHash: { httpCookie: { name: 'u', ttl: '0s', attributes: [{ name: 'SameSite' }] } },
    },
  }),
  ...policies('loadBalancer.consistentHash.maglev.tableSize', 251, header),
  ...policies('loadBalancer.consistentHash.minimumRingSize', 99, header),
  ...policies('loadBalancer.consistentHash.ringHash.minimumRingSize', 99, header),
  ...policies('loadBalancer.localityLbSetting.distribute[].from', '*', {
    loadBalancer: { localityLbSetting: { distribute: [{ from: 'x/*', to: { 'eu/*': 100 } }] } },
  }),
  ...policies('loadBalancer.localityLbSetting.distribute[].to{}', 100, {
    loadBalancer: { localityLbSetting: { distribute: [{ from: '*', to: { 'eu/*': 100 } }] } },
  }),
  ...policies('loadBalancer.localityLbSetting.enabled', false, outlier),
  ...policies('loadBalancer.localityLbSetting.failover[].from', 'us', {
    ...outlier,
    loadBalancer: { localityLbSetting: { failover: [{ from: 'eu', to: 'ap' }] } },
  }),
  ...policies('loadBalancer.localityLbSetting.failover[].to', 'us', {
    ...outlier,
    loadBalancer: { localityLbSetting: { failover: [{ from: 'eu', to: 'ap' }] } },
  }),
  ...policies('loadBalancer.localityLbSetting.failoverPriority[]', 'version=v1', outlier),
  ...policies('loadBalancer.zoneAwareLbSetting.minClusterSize', 3),
  ...policies('loadBalancer.zoneAwareLbSetting.failover[].from', '', {
    loadBalancer: { zoneAwareLbSetting: { failover: [{ from: 'ap', to: 'us' }] } },
  }),
  ...policies('loadBalancer.zoneAwareLbSetting.failover[].to', 'us', {
    loadBalancer: { zoneAwareLbSetting: { failover: [{ from: '', to: 'ap' }] } },
  }),
  ...policies('outlierDetection.outlierDetectionHttpErrorCodes[]', 503),
  ...policies('loadBalancer.zoneAwareLbSetting.failoverPriority[]', 'version=v1', outlier),
  ...policies('loadBalancer.warmup.aggression', 2, { loadBalancer: { warmup: { duration: '10s' } } }),
  ...policies('loadBalancer.warmup.minimumPercent', 20, { loadBalancer: { warmup: { duration: '10s' } } }),
  ...policies('outlierDetection.consecutiveLocalOriginFailures', 4, {
    outlierDetection: { splitExternalLocalOriginErrors: true },
  }),
  ...policies('connectionPool.http.http2KeepAlive.interval', '5s', alive),
  ...policies('connectionPool.http.http2KeepAlive.timeout', '5s', alive),
  ...policies('connectionPool.http.maxConcurrentStreams', 7, {
    connectionPool: { http: { h2UpgradePolicy: 'UPGRADE' } },
  }),
  ...policies('tunnel.targetHost', 'b.io', { tunnel: { targetHost: 'a.io', targetPort: 443 } }),
  ...policies('tunnel.targetPort', 8443, { tunnel: { targetHost: 'a.io', targetPort: 443 } }),
  ...policies('tunnel.protocol', 'POST', { tunnel: { targetHost: 'a.io', targetPort: 443 } }),
  ...policies('portLevelSettings[].port.number', 80, {
    portLevelSettings: [{ port: { number: 9999 }, ...outlier }],
  }),
  ...policies('port.number', 80, { port: { number: 9999 }, ...outlier }),
  'DestinationRule spec.subsets[].name': { value: 'v2' },
  'DestinationRule spec.subsets[].labels{}': { value: 'v2' },
  'DestinationRule spec.exportTo[]': { value: 'team-c' },
  'DestinationRule spec.host': { value: '*.example.org' },
  'DestinationRule spec.workloadSelector.matchLabels{}': { value: 'nobody' },
  'ServiceEntry spec.exportTo[]': { value: 'team-c' },
  'ServiceEntry spec.hosts[]': { value: 'z.example.org' },
  'ServiceEntry spec.location': { value: 'MESH_EXTERNAL' },
  'ServiceEntry spec.resolution': { value: 'NONE', also: { endpoints: undefined } },
  'ServiceEntry spec.ports[].number': { value: 81 },
  'ServiceEntry spec.ports[].targetPort': { value: 8080 },
  'ServiceEntry spec.ports[].protocol': { value: 'TCP' },
  'ServiceEntry spec.workloadSelector.labels{}': { value: 'nobody', also: { endpoints: undefined } },
  'ServiceEntry spec.subjectAltNames[]': { value: 'a.io' },
  'ServiceEntry spec.addresses[]': { value: '240.99.0.1' },
  'ServiceEntry spec.endpoints[].ports{}': {
    value: 8080,
    also: { endpoints: [{ address: '10.1.1.1', ports: { http: 81 } }] },
  },
  'WorkloadEntry spec.ports{}': { value: 8080, also: { ports: { http: 81 } } },
  'Sidecar spec.egress[].hosts[]': { value: './vm-h0x.example.org' },
  'ServiceEntry spec.endpoints[].weight': { value: 5 },
  'ServiceEntry spec.endpoints[].address': { value: '10.1.1.1' },
  'WorkloadEntry spec.weight': { value: 5 },
  'WorkloadEntry spec.labels{}': { value: 'nobody' },
  'VirtualService spec.exportTo[]': { value: 'team-c' },
  'VirtualService spec.gateways[]': { value: 'gw' },
  'VirtualService spec.hosts[]': { value: 'z.example.org', also: { tls: undefined } },
  'VirtualService spec.tcp[].match[].port': { value: 9001 },
  'VirtualService spec.tls[].match[].port': { value: 444 },
  'VirtualService spec.tcp[].match[].gateways[]': { value: 'gw' },
  'VirtualService spec.tls[].match[].gateways[]': { value: 'gw' },
  'VirtualService spec.tls[].match[].sniHosts[]': {
    value: 'a.example.com',
    also: { hosts: ['*.example.com'] },
  },
};

const port80 = { port: { number: 80, name: 'http', protocol: 'HTTP' } };

/** What goes beside all fields of a part that have nothing of their own above. */
export const BESIDE: readonly (readonly [RegExp, object])[] = [
  [
    /^DestinationRule spec\.trafficPolicy\.portLevelSettings/,
    { trafficPolicy: { portLevelSettings: [PORT_POLICY] } },
  ],
  [
    /^DestinationRule spec\.subsets\[\]\.trafficPolicy\.portLevelSettings/,
    { subsets: [subset({ portLevelSettings: [PORT_POLICY] })] },
  ],
  [/^DestinationRule spec\.trafficPolicy/, { trafficPolicy: SOMETHING }],
  [/^DestinationRule spec\.subsets\[\]\.trafficPolicy/, { subsets: [subset(SOMETHING)] }],
  [/^VirtualService spec\.http\[\]/, http({})],
  [
    /^Sidecar spec\.ingress/,
    { ingress: [{ port: { ...port80.port, number: 8080 }, defaultEndpoint: '127.0.0.1:8080' }] },
  ],
  [
    /^Sidecar spec\.egress\[\]\.(port|bind|captureMode)/,
    { egress: [{ hosts: ['./h0x.example.org'], ...port80 }] },
  ],
  [
    /^Sidecar spec\.outboundTrafficPolicy\.egressProxy/,
    { outboundTrafficPolicy: { mode: 'ALLOW_ANY', egressProxy: to.destination } },
  ],
];
