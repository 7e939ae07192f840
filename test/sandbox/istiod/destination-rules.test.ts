import { describe, expect, it } from 'vitest';
import { API, entry, HTTP, HTTPS, Mesh } from './mesh.ts';

const CLUSTER = `outbound|80||${API}`;

const rule = (spec: string, metadata = 'name: api', host = API) => `
kind: DestinationRule
metadata: {${metadata}}
spec: {host: "${host}", ${spec}}
---`;

const limit = (n: number) => `trafficPolicy: {connectionPool: {tcp: {maxConnections: ${n}}}}`;

const connections = (yaml: string, cluster = CLUSTER) =>
  new Mesh(yaml).cluster(cluster)?.circuit_breakers?.thresholds?.[0]?.max_connections;

describe('which DestinationRule holds', () => {
  const service = entry(HTTP, 'name: api, namespace: team-b');

  it('is looked for in the client’s, the service’s and the root namespace, and nowhere else', () => {
    const client = rule(limit(1), 'name: client');
    const beside = rule(limit(2), 'name: beside, namespace: team-b');
    const root = rule(limit(3), 'name: root, namespace: istio-system');
    const elsewhere = rule(limit(4), 'name: elsewhere, namespace: team-c');
    expect(connections(service + elsewhere + root + beside + client)).toBe(1);
    expect(connections(service + elsewhere + root + beside)).toBe(2);
    expect(connections(service + elsewhere + root)).toBe(3);
    expect(connections(service + elsewhere)).toBe(4294967295);
  });

  it('is the client’s wildcard before the service’s exact one', () => {
    const wildcard = rule(limit(1), 'name: wildcard', '*.safedata-zone.io');
    expect(connections(service + wildcard + rule(limit(2), 'name: exact, namespace: team-b'))).toBe(1);
  });

  it('is the most specific of one namespace, whatever its age', () => {
    const rules =
      rule(limit(1), 'name: all', '*') +
      rule(limit(2), 'name: zone', '*.safedata-zone.io') +
      rule(limit(3), 'name: exact');
    expect(connections(service + rules)).toBe(3);
    expect(connections(service + rules.replace(`host: "${API}"`, 'host: "other.example.com"'))).toBe(2);
  });

  it('is not a private one of another namespace', () => {
    const own = 'exportTo: ["."], ';
    expect(connections(service + rule(own + limit(2), 'name: b, namespace: team-b'))).toBe(4294967295);
    const meant = 'exportTo: [mesh-network], ';
    expect(connections(service + rule(meant + limit(2), 'name: b, namespace: team-b'))).toBe(2);
  });

  it('takes a short host as one of its own namespace', () => {
    const catalog = 'catalog.mesh-network.svc.cluster.local';
    expect(connections(rule(limit(7), 'name: c', 'catalog'), `outbound|80||${catalog}`)).toBe(7);
  });

  it('is of two the older one’s policy, with the subsets of both', () => {
    const yaml =
      entry(
        `${HTTP}, endpoints: [{address: a.example.com, labels: {v: a}}, {address: b.example.com, labels: {v: b}}]`,
      ) +
      rule(`${limit(1)}, subsets: [{name: a, labels: {v: a}}]`, 'name: z') +
      rule(`${limit(2)}, subsets: [{name: b, labels: {v: b}}, {name: a, labels: {v: b}}]`, 'name: y');
    expect(connections(yaml)).toBe(1);
    expect(new Mesh(yaml).clusters(API)).toEqual([CLUSTER, `outbound|80|a|${API}`, `outbound|80|b|${API}`]);
    expect(new Mesh(yaml).endpoints(`outbound|80|a|${API}`)).toEqual(['a.example.com:80']);
  });
});

describe('a traffic policy', () => {
  const tls = 'tls: {mode: SIMPLE}';
  const pool = 'connectionPool: {tcp: {maxConnections: 5}}';

  it('of a port replaces the top one whole', () => {
    const mesh = new Mesh(
      entry(
        'ports: [{number: 80, name: http, protocol: HTTP}, {number: 443, name: https, protocol: HTTPS}]',
      ) + rule(`trafficPolicy: {${pool}, portLevelSettings: [{port: {number: 80}, ${tls}}]}`),
    );
    expect(mesh.cluster(CLUSTER)?.transport_socket?.name).toBe('envoy.transport_sockets.tls');
    expect(mesh.cluster(CLUSTER)?.circuit_breakers?.thresholds?.[0]?.max_connections).toBe(4294967295);
    const other = mesh.cluster(`outbound|443||${API}`);
    expect(other?.transport_socket).toBeUndefined();
    expect(other?.circuit_breakers?.thresholds?.[0]?.max_connections).toBe(5);
  });

  it('of a subset overrides the top one block by block', () => {
    const mesh = new Mesh(
      entry(`${HTTP}, endpoints: [{address: a.example.com, labels: {v: a}}]`) +
        rule(`trafficPolicy: {${tls}, ${pool}},
          subsets: [{name: a, labels: {v: a}, trafficPolicy: {connectionPool: {http: {http1MaxPendingRequests: 3}}}}]`),
    );
    const subset = mesh.cluster(`outbound|80|a|${API}`);
    expect(subset?.transport_socket).toBeDefined();
    expect(subset?.circuit_breakers?.thresholds?.[0]).toMatchObject({
      max_connections: 4294967295,
      max_pending_requests: 3,
    });
  });

  it('of a subset’s port replaces what it can hold, also with nothing', () => {
    const mesh = new Mesh(
      entry(`${HTTP}, endpoints: [{address: a.example.com, labels: {v: a}}]`) +
        rule(`trafficPolicy: {${tls}, ${pool}}, subsets: [{name: a, labels: {v: a},
          trafficPolicy: {portLevelSettings: [{port: {number: 80}, connectionPool: {http: {http1MaxPendingRequests: 3}}}]}}]`),
    );
    expect(mesh.cluster(`outbound|80|a|${API}`)?.transport_socket).toBeUndefined();
  });

  it('turns panic off and counts as Envoy shall', () => {
    const mesh = new Mesh(
      entry(HTTP) +
        rule(
          'trafficPolicy: {outlierDetection: {consecutive5xxErrors: 2, consecutiveGatewayErrors: 0, interval: 1500ms, baseEjectionTime: 1m}}',
        ),
    );
    expect(mesh.cluster(CLUSTER)?.outlier_detection).toEqual({
      consecutive_5xx: 2,
      enforcing_consecutive_5xx: 100,
      consecutive_gateway_failure: 0,
      enforcing_consecutive_gateway_failure: 0,
      enforcing_success_rate: 0,
      interval: '1.500s',
      base_ejection_time: '60s',
    });
    expect(mesh.cluster(CLUSTER)?.common_lb_config).toEqual({ healthy_panic_threshold: {} });
  });

  it.each([
    ['simple: RANDOM', 'RANDOM'],
    ['simple: ROUND_ROBIN', undefined],
    ['simple: LEAST_CONN', 'LEAST_REQUEST'],
    ['consistentHash: {httpHeaderName: x-user}', 'RING_HASH'],
    ['consistentHash: {httpHeaderName: x-user, maglev: {}}', 'MAGLEV'],
  ])('with loadBalancer {%s} makes lb_policy %s', (lb, policy) => {
    const mesh = new Mesh(entry(HTTP) + rule(`trafficPolicy: {loadBalancer: {${lb}}}`));
    expect(mesh.cluster(CLUSTER)?.lb_policy).toBe(policy);
  });

  it('with PASSTHROUGH goes where the call was going', () => {
    const mesh = new Mesh(entry(HTTP) + rule('trafficPolicy: {loadBalancer: {simple: PASSTHROUGH}}'));
    expect(mesh.cluster(CLUSTER)).toMatchObject({ type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED' });
    expect(mesh.cluster(CLUSTER)?.load_assignment).toBeUndefined();
  });
});

describe('subsets', () => {
  it('of a DNS service exist only where an endpoint has their labels', () => {
    const mesh = new Mesh(entry(HTTP) + rule('subsets: [{name: v1, labels: {version: v1}}]'));
    expect(mesh.clusters(API)).toEqual([CLUSTER]);
  });

  it('of a STATIC service exist and are empty', () => {
    const mesh = new Mesh(
      `
kind: ServiceEntry
metadata: {name: api}
spec: {hosts: [${API}], resolution: STATIC, ${HTTP}, endpoints: [{address: 10.0.0.1}]}
---${rule('subsets: [{name: v1, labels: {version: v1}}]')}`,
    );
    expect(mesh.clusters(API)).toEqual([CLUSTER, `outbound|80|v1|${API}`]);
    expect(mesh.endpoints(CLUSTER)).toEqual(['10.0.0.1:80']);
    expect(mesh.endpoints(`outbound|80|v1|${API}`)).toEqual([]);
  });

  it('need no endpoint where the service’s calls go where they were going', () => {
    const mesh = new Mesh(
      entry(HTTP) +
        rule(
          'trafficPolicy: {loadBalancer: {simple: PASSTHROUGH}}, subsets: [{name: v1, labels: {version: v1}}]',
        ),
    );
    expect(mesh.cluster(`outbound|80|v1|${API}`)?.type).toBe('ORIGINAL_DST');
  });

  it('are made for every port of the service', () => {
    const mesh = new Mesh(
      entry(`${HTTPS}, endpoints: [{address: a.example.com, labels: {v: a}}]`, 'name: b') +
        entry(`${HTTP}, endpoints: [{address: a.example.com, labels: {v: a}}]`) +
        rule('subsets: [{name: a, labels: {v: a}}]'),
    );
    expect(mesh.clusters(API)).toHaveLength(4);
  });
});
