/** Generated DestinationRules. */
import type { Dice } from './dice.ts';
import { EXTERNAL, SERVICES, WILDCARDS } from './names.ts';

export function destinationRule(dice: Dice): object {
  const spec: Record<string, unknown> = {
    host: dice.pick([...EXTERNAL, ...EXTERNAL, ...SERVICES, ...WILDCARDS]),
  };
  if (dice.chance(0.75)) spec.trafficPolicy = trafficPolicy(dice);
  if (dice.chance(0.6))
    spec.subsets = dice.some(['stable', 'canary', 'v1', 'v2'], 1, 3).map(name => subset(dice, name));
  if (dice.chance(0.08)) spec.workloadSelector = { matchLabels: { app: dice.one('client', 'other') } };
  return spec;
}

function subset(dice: Dice, name: string): object {
  const labels = { version: name, ...(dice.chance(0.08) && { tier: 'x' }) };
  return {
    name,
    ...(dice.chance(0.88) && { labels }),
    ...(dice.chance(0.3) && { trafficPolicy: trafficPolicy(dice) }),
  };
}

function trafficPolicy(dice: Dice, whole = true): object {
  const policy: Record<string, unknown> = {};
  if (dice.chance(0.4)) policy.tls = tls(dice);
  if (dice.chance(0.4)) policy.connectionPool = connectionPool(dice);
  if (dice.chance(0.35)) policy.outlierDetection = outlierDetection(dice);
  if (dice.chance(0.35)) policy.loadBalancer = loadBalancer(dice);
  if (!whole) return policy;
  if (dice.chance(0.3)) {
    policy.portLevelSettings = dice
      .some([80, 443, 8080, 9080, 3306], 1, 2)
      .map(number => ({ port: { number }, ...trafficPolicy(dice, false) }));
  }
  if (dice.chance(0.05)) policy.proxyProtocol = { version: dice.one('V1', 'V2') };
  if (dice.chance(0.05)) {
    policy.tunnel = {
      protocol: dice.one('CONNECT', 'POST'),
      targetHost: 'x.example-pay.io',
      targetPort: dice.one(443, 8080),
    };
  }
  if (dice.chance(0.05)) {
    policy.retryBudget = dice.maybe<
      object & { percent: number; minRetryConcurrency: number; budgetInterval: string }
    >(0.6, {
      percent: () => dice.one(0, 20, 33.3, 100),
      minRetryConcurrency: () => dice.between(0, 5),
      budgetInterval: () => dice.duration(),
    });
  }
  return policy;
}

function tls(dice: Dice): object {
  const mode = dice.one('SIMPLE', 'SIMPLE', 'DISABLE', 'MUTUAL', 'ISTIO_MUTUAL', undefined);
  const made: Record<string, unknown> = mode === undefined ? {} : { mode };
  if (mode === 'MUTUAL') {
    Object.assign(
      made,
      dice.one<object>(
        { clientCertificate: '/etc/lab-certs/client.pem', privateKey: '/etc/lab-certs/client.key' },
        { credentialName: 'cred' },
        {},
      ),
    );
  }
  if (mode !== 'SIMPLE' && mode !== 'MUTUAL' && dice.chance(0.9)) return made;
  if (dice.chance(0.3)) made.sni = dice.pick(EXTERNAL);
  if (dice.chance(0.3)) made.subjectAltNames = dice.some(EXTERNAL, 1, 2);
  if (dice.chance(0.2)) made.insecureSkipVerify = dice.chance(0.5);
  if (dice.chance(0.2)) made.caCertificates = dice.one('/etc/ca.pem', 'system');
  if (dice.chance(0.06)) made.caCrl = '/etc/crl.pem';
  if (dice.chance(0.06) && mode === 'SIMPLE') made.credentialName = dice.one('cred', 'configmap://ca');
  return made;
}

function connectionPool(dice: Dice): object {
  const pool: Record<string, unknown> = {};
  if (dice.chance(0.6)) {
    pool.tcp = dice.maybe<Record<string, unknown>>(0.45, {
      maxConnections: () => dice.between(1, 100),
      connectTimeout: () => dice.duration(),
      maxConnectionDuration: () => dice.duration(),
      idleTimeout: () => dice.one('0s', dice.duration()),
      tcpKeepalive: () =>
        dice.maybe<Record<string, unknown>>(0.7, {
          time: () => '7200s',
          interval: () => '75s',
          probes: () => dice.between(0, 9),
        }),
    });
  }
  if (dice.chance(0.7)) {
    pool.http = dice.maybe<Record<string, unknown>>(0.28, {
      http1MaxPendingRequests: () => dice.between(1, 100),
      http2MaxRequests: () => dice.between(1, 100),
      maxRequestsPerConnection: () => dice.between(0, 10),
      maxRetries: () => dice.between(0, 5),
      idleTimeout: () => dice.duration(),
      h2UpgradePolicy: () => dice.one('DEFAULT', 'UPGRADE', 'DO_NOT_UPGRADE'),
      useClientProtocol: () => dice.chance(0.8),
      maxConcurrentStreams: () => 7,
      http2KeepAlive: () =>
        dice.maybe<Record<string, unknown>>(0.8, {
          interval: () => dice.duration(),
          timeout: () => dice.duration(),
        }),
    });
  }
  return pool;
}

function outlierDetection(dice: Dice): object {
  return dice.maybe<Record<string, unknown>>(0.35, {
    consecutive5xxErrors: () => dice.between(0, 7),
    consecutiveErrors: () => dice.between(0, 7),
    consecutiveGatewayErrors: () => dice.between(0, 7),
    consecutiveLocalOriginFailures: () => dice.between(1, 7),
    splitExternalLocalOriginErrors: () => dice.chance(0.6),
    interval: () => dice.duration(),
    baseEjectionTime: () => dice.duration(),
    maxEjectionPercent: () => dice.between(0, 100),
    minHealthPercent: () => dice.between(0, 100),
    outlierDetectionHttpErrorCodes: () => dice.some([500, 502, 503, 429], 1, 2),
  });
}

function loadBalancer(dice: Dice): object {
  const made: Record<string, unknown> = dice.chance(0.5)
    ? {
        simple: dice.one(
          'ROUND_ROBIN',
          'LEAST_REQUEST',
          'RANDOM',
          'PASSTHROUGH',
          'LEAST_CONN',
          'UNSPECIFIED',
        ),
      }
    : dice.chance(0.9)
      ? { consistentHash: consistentHash(dice) }
      : {};
  if (dice.chance(0.25)) made.localityLbSetting = localityLb(dice);
  if (dice.chance(0.05)) {
    made.zoneAwareLbSetting = dice.one<object>(
      { enabled: true },
      { enabled: false },
      { enabled: true, minClusterSize: 3 },
      { failoverPriority: ['version'] },
    );
  }
  if (dice.chance(0.08)) {
    made.warmup = {
      duration: '10s',
      ...dice.maybe<Record<string, unknown>>(0.5, {
        minimumPercent: () => dice.one(0, 10, 50.5),
        aggression: () => dice.one(1, 2.5),
      }),
    };
  }
  if (dice.chance(0.05)) made.warmupDurationSecs = dice.one('10s', '5s');
  return made;
}

function consistentHash(dice: Dice): object {
  const key = dice.one<object>(
    { httpHeaderName: 'x-user' },
    { httpCookie: { name: 'u', ttl: '0s' } },
    { httpCookie: { name: 'u' } },
    { httpCookie: { name: 'u', ttl: '1.5s', path: '/p' } },
    { httpCookie: { name: 'u', attributes: [{ name: 'SameSite', value: 'Lax' }, { name: 'Secure' }] } },
    { useSourceIp: true },
    { useSourceIp: false },
    { httpQueryParameterName: 'q' },
  );
  if (dice.chance(0.65)) return key;
  const table = dice.one<object>(
    { ringHash: { minimumRingSize: 128 } },
    { ringHash: {} },
    { maglev: {} },
    { maglev: { tableSize: 65_537 } },
    { minimumRingSize: 99 },
  );
  return { ...key, ...table };
}

function localityLb(dice: Dice): object {
  return dice.one<object>(
    { enabled: true },
    { enabled: false },
    { failoverPriority: ['version'] },
    { failoverPriority: ['version=stable'] },
    { failoverPriority: ['topology.kubernetes.io/region', 'version=v1'] },
    { distribute: [{ from: 'eu/*', to: { 'eu/a/*': 80, 'us/*': 20 } }] },
    { distribute: [{ from: 'eu/a/1', to: { 'eu/a/1': 100 } }] },
    { failover: [{ from: 'eu', to: 'us' }] },
    { failover: [{ from: 'eu', to: 'us' }], failoverPriority: ['topology.kubernetes.io/region'] },
  );
}
