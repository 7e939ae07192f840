/** Fields that once were answered with a Warning and do act; as istiod's own generators gave it. */
import { expect, it } from 'vitest';
import { CircuitBreakers } from '../../../src/sandbox/data-plane/upstream/circuit-breakers.ts';
import { Mesh } from './mesh.ts';

const CLUSTER = 'outbound|80||api.example.io';
const ENTRY = `
kind: ServiceEntry
metadata: { name: api }
spec:
  hosts: [api.example.io]
  resolution: STATIC
  ports: [{ number: 80, name: http, protocol: HTTP }]
  endpoints: [{ address: 10.1.1.1, locality: eu/a }, { address: 10.1.1.2, locality: us/a }, { address: 10.1.1.3 }]`;
const rule = (policy: string) => `${ENTRY}
---
kind: DestinationRule
metadata: { name: api }
spec: { host: api.example.io, trafficPolicy: { ${policy} } }`;

it('localityLbSetting.failover leads to the region that it names', () => {
  const policy =
    'outlierDetection: { consecutive5xxErrors: 2 }, loadBalancer: { localityLbSetting: { failover: [{ from: eu, to: us }] } }';
  const mesh = new Mesh(rule(policy), { labels: { 'istio-locality': 'eu.a' } });
  expect(mesh.endpoints(CLUSTER)).toEqual([
    '10.1.1.3:80 priority 2',
    '10.1.1.1:80',
    '10.1.1.2:80 priority 1',
  ]);
});

it('retryBudget bounds the retries under way', () => {
  const cluster = new Mesh(rule('retryBudget: { percent: 50, minRetryConcurrency: 1 }')).cluster(CLUSTER);
  const breakers = new CircuitBreakers(cluster ?? { name: '' });
  expect([breakers.takeRetry(), breakers.takeRetry()]).toEqual([true, false]);
  for (let i = 0; i < 4; i++) breakers.requests.inc();
  expect([breakers.takeRetry(), breakers.takeRetry()]).toEqual([true, false]);
});

it('mirror_percent is the share of mirrorPercent', () => {
  const mesh = new Mesh(`${ENTRY}
---
kind: VirtualService
metadata: { name: api }
spec:
  hosts: [api.example.io]
  http: [{ route: [{ destination: { host: api.example.io } }], mirror: { host: api.example.io }, mirror_percent: 30 }]`);
  const [mirror] = mesh.host('80', 'api.example.io')?.routes?.[0]?.route?.request_mirror_policies ?? [];
  expect(mirror?.runtime_fraction?.default_value).toEqual({ numerator: 30 });
});

it('outboundTrafficPolicy.egressProxy takes what nobody knows', () => {
  const mesh = new Mesh(`${ENTRY}
---
kind: Sidecar
metadata: { name: default }
spec:
  egress: [{ hosts: [./*] }]
  outboundTrafficPolicy: { mode: ALLOW_ANY, egressProxy: { host: api.example.io, port: { number: 80 } } }`);
  const rest = mesh.listener('virtualOutbound')?.filter_chains?.at(-1)?.filters?.at(-1);
  expect(rest?.typed_config).toMatchObject({ cluster: CLUSTER });
});
