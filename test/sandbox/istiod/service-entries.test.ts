import { describe, expect, it } from 'vitest';
import { API, entry, HTTP, HTTPS, leadsTo, Mesh } from './mesh.ts';

describe('a ServiceEntry', () => {
  it('of protocol HTTPS is told from others by SNI; the rest passes through', () => {
    const listener = new Mesh(entry(HTTPS)).listener('0.0.0.0_443');
    expect(listener?.filter_chains?.map(c => [c.filter_chain_match?.server_names, leadsTo(c)])).toEqual([
      [[API], `outbound|443||${API}`],
    ]);
    expect(leadsTo(listener?.default_filter_chain)).toBe('PassthroughCluster');
  });

  it('of protocol HTTP is a virtual host; without a VirtualService its default route leads to its cluster', () => {
    const mesh = new Mesh(entry(HTTP));
    expect(mesh.host('80', API)).toMatchObject({ name: `${API}:80`, domains: [API, `${API}.`] });
    expect(mesh.routes(API)).toMatchObject([
      { name: 'default', route: { cluster: `outbound|80||${API}`, timeout: '0s' } },
    ]);
  });

  it('of protocol TCP without an address takes the whole port', () => {
    const listener = new Mesh(entry('ports: [{number: 9000, name: tcp, protocol: TCP}]')).listener(
      '0.0.0.0_9000',
    );
    expect(listener?.filter_chains?.map(leadsTo)).toEqual([`outbound|9000||${API}`]);
    expect(listener?.default_filter_chain).toBeUndefined();
  });

  it('of protocol TCP listens on its address, and with a CIDR only for that range', () => {
    const tcp = 'ports: [{number: 9000, name: tcp, protocol: TCP}]';
    expect(new Mesh(entry(`${tcp}, addresses: [10.9.9.9/32]`)).listener('10.9.9.9_9000')).toBeDefined();
    const ranged = new Mesh(
      entry(`${tcp}, resolution: NONE, addresses: [10.9.0.0/16]`.replace('resolution: DNS, ', '')),
    );
    expect(ranged.listener('0.0.0.0_9000')?.filter_chains?.[0]?.filter_chain_match).toEqual({
      prefix_ranges: [{ address_prefix: '10.9.0.0', prefix_len: 16 }],
    });
  });

  it('without a protocol is sniffed: HTTP to the routes, the rest straight to the cluster', () => {
    const listener = new Mesh(entry('ports: [{number: 9000, name: any}]')).listener('0.0.0.0_9000');
    expect(listener?.filter_chains?.map(leadsTo)).toEqual(['routes 9000']);
    expect(leadsTo(listener?.default_filter_chain)).toBe(`outbound|9000||${API}`);
  });

  it('resolves its own host, on targetPort', () => {
    const mesh = new Mesh(entry('ports: [{number: 80, name: http, protocol: HTTP, targetPort: 443}]'));
    expect(mesh.cluster(`outbound|80||${API}`)?.type).toBe('STRICT_DNS');
    expect(mesh.endpoints(`outbound|80||${API}`)).toEqual([`${API}:443`]);
  });

  it('takes an endpoint’s port by name before targetPort', () => {
    const mesh = new Mesh(
      entry(`ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8080}],
        endpoints: [{address: a.example.com, ports: {http: 81}}, {address: b.example.com}]`),
    );
    expect(mesh.endpoints(`outbound|80||${API}`)).toEqual(['a.example.com:81', 'b.example.com:8080']);
  });

  it.each([
    ['STATIC', 'EDS'],
    ['NONE', 'ORIGINAL_DST'],
    ['DNS_ROUND_ROBIN', 'LOGICAL_DNS'],
  ])('of resolution %s has a cluster of type %s', (resolution, type) => {
    const mesh = new Mesh(`
kind: ServiceEntry
metadata: {name: api}
spec: {hosts: [${API}], resolution: ${resolution}, ${HTTP}}`);
    expect(mesh.cluster(`outbound|80||${API}`)?.type).toBe(type);
  });

  it('of resolution NONE sends a port to another one', () => {
    const mesh = new Mesh(`
kind: ServiceEntry
metadata: {name: api}
spec: {hosts: [${API}], resolution: NONE, ports: [{number: 80, name: http, protocol: HTTP, targetPort: 443}]}`);
    expect(mesh.cluster(`outbound|80||${API}`)?.original_dst_lb_config).toEqual({
      upstream_port_override: 443,
    });
  });

  it('unites its ports with those of another of its namespace', () => {
    const mesh = new Mesh(entry(HTTP, 'name: a') + entry(HTTPS, 'name: b'));
    expect(mesh.clusters(API)).toEqual([`outbound|80||${API}`, `outbound|443||${API}`]);
  });

  it('of the client’s namespace hides all of another one', () => {
    const mesh = new Mesh(entry(HTTPS, 'name: b, namespace: team-b') + entry(HTTP, 'name: a'));
    expect(mesh.clusters(API)).toEqual([`outbound|80||${API}`]);
  });

  it('of two other namespaces is the older', () => {
    const mesh = new Mesh(
      entry(HTTPS, 'name: z, namespace: team-z') + entry(HTTP, 'name: b, namespace: team-b'),
    );
    expect(mesh.clusters(API)).toEqual([`outbound|443||${API}`]);
  });

  it.each([
    ['exportTo: ["."]', []],
    ['exportTo: ["~"]', []],
    ['exportTo: ["~", mesh-network]', []],
    ['exportTo: [mesh-network]', [`outbound|80||${API}`]],
    ['exportTo: [team-c]', []],
    ['exportTo: [team-c, "*"]', [`outbound|80||${API}`]],
  ])('of another namespace with %s gives %j', (exportTo, clusters) => {
    const mesh = new Mesh(entry(`${HTTP}, ${exportTo}`, 'name: b, namespace: team-b'));
    expect(mesh.clusters(API)).toEqual(clusters);
  });

  it('does not squat on a Kubernetes Service’s host', () => {
    const host = 'catalog.mesh-network.svc.cluster.local';
    const mesh = new Mesh(`
kind: ServiceEntry
metadata: {name: squat, creationTimestamp: "2020-01-01T00:00:00Z"}
spec: {hosts: [${host}], resolution: STATIC, ports: [{number: 9000, name: http, protocol: HTTP}]}`);
    expect(mesh.clusters(host)).toEqual([`outbound|80||${host}`]);
  });

  it('for mesh workloads gets mutual TLS where an endpoint has a sidecar', () => {
    const mesh = new Mesh(`
kind: ServiceEntry
metadata: {name: api}
spec:
  hosts: [${API}]
  location: MESH_INTERNAL
  resolution: STATIC
  ${HTTP}
  endpoints: [{address: 10.0.0.1, serviceAccount: web}]`);
    const cluster = mesh.cluster(`outbound|80||${API}`);
    expect(cluster?.transport_socket_matches).toHaveLength(2);
    expect(JSON.stringify(cluster)).toContain('spiffe://cluster.local/ns/mesh-network/sa/web');
    expect(JSON.stringify(mesh.config.endpoints)).toContain('"tlsMode":"istio"');
  });

  it('with a workloadSelector has the ready pods of its namespace', () => {
    const pod = (name: string, ip: string, ready: string) => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: web}}
spec: {containers: [{name: web, ports: [{name: http, containerPort: 8080}]}]}
status: {podIP: ${ip}, conditions: [{type: Ready, status: "${ready}"}]}
---`;
    const mesh = new Mesh(`${pod('a', '10.244.9.1', 'True')}${pod('b', '10.244.9.2', 'False')}
kind: ServiceEntry
metadata: {name: api}
spec: {hosts: [${API}], location: MESH_INTERNAL, resolution: STATIC, ${HTTP}, workloadSelector: {labels: {app: web}}}`);
    expect(mesh.endpoints(`outbound|80||${API}`)).toEqual(['10.244.9.1:8080']);
  });

  it('that names a host twice has it once', () => {
    const mesh = new Mesh(`
kind: ServiceEntry
metadata: {name: api}
spec: {hosts: [${API}, ${API}], resolution: DNS, ${HTTP}}`);
    expect(mesh.endpoints(`outbound|80||${API}`)).toEqual([`${API}:80`]);
  });
});
