import { describe, expect, it } from 'vitest';
import { API, Mesh } from './mesh.ts';

const CLUSTER = `outbound|80||${API}`;

const service = (endpoints: string) => `
kind: ServiceEntry
metadata: {name: api}
spec:
  hosts: [${API}]
  resolution: STATIC
  ports: [{number: 80, name: http, protocol: HTTP}]
  endpoints: [${endpoints}]
---`;

const rule = (policy: string) => `
kind: DestinationRule
metadata: {name: api}
spec: {host: ${API}, trafficPolicy: {${policy}}}`;

const labelled = service('{address: 10.0.0.1, labels: {tier: a}}, {address: 10.0.0.2, labels: {tier: b}}');
const placed = service('{address: 10.0.0.1, locality: eu/z1}, {address: 10.0.0.2, locality: us/z1}');

describe('failoverPriority', () => {
  const priority = 'loadBalancer: {localityLbSetting: {failoverPriority: ["tier=a"]}}';

  it('ranks endpoints by the labels they share with the client', () => {
    const mesh = new Mesh(labelled + rule(`${priority}, outlierDetection: {}`));
    expect(mesh.endpoints(CLUSTER)).toEqual(['10.0.0.1:80', '10.0.0.2:80 priority 1']);
  });

  it('does nothing without outlier detection', () => {
    const mesh = new Mesh(labelled + rule(priority));
    expect(mesh.endpoints(CLUSTER)).toEqual(['10.0.0.1:80', '10.0.0.2:80']);
  });
});

describe('localities', () => {
  it('prefer the client’s own once there is outlier detection', () => {
    const client = { labels: { app: 'client', 'istio-locality': 'us.z1' } };
    const plain = new Mesh(placed, client);
    expect(plain.endpoints(CLUSTER)).toEqual(['10.0.0.1:80', '10.0.0.2:80']);
    const failing = new Mesh(placed + rule('outlierDetection: {}'), client);
    expect(failing.endpoints(CLUSTER)).toEqual(['10.0.0.1:80 priority 1', '10.0.0.2:80']);
  });

  it('are as good as each other for a client that has none', () => {
    const mesh = new Mesh(placed + rule('outlierDetection: {}'));
    expect(mesh.endpoints(CLUSTER)).toEqual(['10.0.0.1:80', '10.0.0.2:80']);
  });

  it('can be turned off', () => {
    const client = { labels: { 'istio-locality': 'us.z1' } };
    const mesh = new Mesh(
      placed + rule('outlierDetection: {}, loadBalancer: {localityLbSetting: {enabled: false}}'),
      client,
    );
    expect(mesh.endpoints(CLUSTER)).toEqual(['10.0.0.1:80', '10.0.0.2:80']);
  });

  it('share by weight where a distribution says so', () => {
    const mesh = new Mesh(
      placed +
        rule(
          'loadBalancer: {localityLbSetting: {distribute: [{from: "us/*", to: {"us/z1": 80, "eu/*": 20}}]}}',
        ),
      { labels: { 'istio-locality': 'us.z1' } },
    );
    const groups = mesh.config.endpoints.find(e => e.cluster_name === CLUSTER)?.endpoints;
    expect(groups?.map(g => [g.locality?.region, g.load_balancing_weight])).toEqual([
      ['eu', 20],
      ['us', 80],
    ]);
  });
});
