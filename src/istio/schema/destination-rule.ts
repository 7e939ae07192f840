/** Source: crd-all.gen.yaml (destinationrules). */
import { connectionPool, duration, resource } from './parts.ts';
import { noEmptyLabelKey, noWildcardInLabelKey, noWildcardInLabelValue } from './rules.ts';
import {
  arr,
  bool,
  int,
  map,
  num,
  obj,
  oneOfStrings,
  str,
  stringMap,
  strings,
  uint32,
} from './structural.ts';

const clientTls = obj({
  caCertificates: str(),
  caCrl: str(),
  clientCertificate: str(),
  credentialName: str(),
  insecureSkipVerify: bool({ nullable: true }),
  mode: oneOfStrings('DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL'),
  privateKey: str(),
  sni: str(),
  subjectAltNames: strings(),
});

const outlierDetection = obj({
  baseEjectionTime: duration(),
  consecutive5xxErrors: uint32({ nullable: true }),
  consecutiveErrors: int(),
  consecutiveGatewayErrors: uint32({ nullable: true }),
  consecutiveLocalOriginFailures: uint32({ nullable: true }),
  interval: duration(),
  maxEjectionPercent: int(),
  minHealthPercent: int(),
  outlierDetectionHttpErrorCodes: arr(int({ minimum: 100, maximum: 599 })),
  splitExternalLocalOriginErrors: bool(),
});

const consistentHash = obj(
  {
    httpCookie: obj(
      {
        attributes: arr(obj({ name: str(), value: str() }, { required: ['name'] })),
        name: str(),
        path: str(),
        ttl: str(),
      },
      { required: ['name'] },
    ),
    httpHeaderName: str(),
    httpQueryParameterName: str(),
    maglev: obj({ tableSize: int({ minimum: 0 }) }),
    minimumRingSize: int({ minimum: 0 }),
    ringHash: obj({ minimumRingSize: int({ minimum: 0 }) }),
    useSourceIp: bool(),
  },
  {
    oneOf: [
      ['httpHeaderName', 'httpCookie', 'useSourceIp', 'httpQueryParameterName'],
      ['ringHash', 'maglev'],
    ],
  },
);

const failover = arr(obj({ from: str(), to: str() }));

const loadBalancer = obj(
  {
    consistentHash,
    localityLbSetting: obj({
      distribute: arr(obj({ from: str(), to: map(uint32()) })),
      enabled: bool({ nullable: true }),
      failover,
      failoverPriority: strings(),
    }),
    simple: oneOfStrings(
      'UNSPECIFIED',
      'LEAST_CONN',
      'RANDOM',
      'PASSTHROUGH',
      'ROUND_ROBIN',
      'LEAST_REQUEST',
    ),
    warmup: obj(
      {
        aggression: num({ minimum: 0, nullable: true }),
        duration: duration(),
        minimumPercent: num({ minimum: 0, maximum: 100, nullable: true }),
      },
      { required: ['duration'] },
    ),
    warmupDurationSecs: duration(),
    zoneAwareLbSetting: obj({
      enabled: bool({ nullable: true }),
      failover,
      failoverPriority: strings(),
      minClusterSize: uint32({ minimum: 1, nullable: true }),
    }),
  },
  { oneOf: [['simple', 'consistentHash']] },
);

const trafficPolicy = obj({
  connectionPool,
  loadBalancer,
  outlierDetection,
  portLevelSettings: arr(
    obj({
      connectionPool,
      loadBalancer,
      outlierDetection,
      port: obj({ number: uint32() }),
      tls: clientTls,
    }),
    { maxItems: 4096 },
  ),
  proxyProtocol: obj({ version: oneOfStrings('V1', 'V2') }),
  retryBudget: obj({
    budgetInterval: str(),
    minRetryConcurrency: uint32(),
    percent: num({ minimum: 0, maximum: 100, nullable: true }),
  }),
  tls: clientTls,
  tunnel: obj(
    { protocol: str(), targetHost: str(), targetPort: uint32() },
    { required: ['targetHost', 'targetPort'] },
  ),
});

export const destinationRuleSchema = resource(
  obj(
    {
      exportTo: strings(),
      host: str(),
      subsets: arr(obj({ labels: stringMap(), name: str(), trafficPolicy }, { required: ['name'] })),
      trafficPolicy,
      workloadSelector: obj({
        matchLabels: map(str({ maxLength: 63, rules: [noWildcardInLabelValue] }), {
          maxProperties: 4096,
          rules: [noWildcardInLabelKey, noEmptyLabelKey],
        }),
      }),
    },
    { required: ['host'] },
  ),
);
