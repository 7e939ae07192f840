import { describe, expect, it } from 'vitest';
import { API, entry, HTTP, HTTPS, leadsTo, Mesh } from './mesh.ts';

const CATALOG = 'catalog.mesh-network.svc.cluster.local';
const OTHER = 'other.example.com';

const sidecar = (spec: string, metadata = 'name: default') => `
kind: Sidecar
metadata: {${metadata}}
spec: {${spec}}
---`;

const foreign = `
kind: ServiceEntry
metadata: {name: other, namespace: team-b}
spec: {hosts: [${OTHER}], resolution: DNS, ${HTTP}}
---`;

/** Hosts of the outbound clusters. */
const seen = (mesh: Mesh) =>
  [...new Set(mesh.config.clusters.map(c => c.name.split('|')[3]).filter(h => h !== undefined))].sort();

describe('a Sidecar', () => {
  it.each([
    [['./*'], [API, CATALOG]],
    [['team-b/*'], [OTHER]],
    [
      [`./${API}`, `*/${OTHER}`],
      [API, OTHER],
    ],
    [[`team-b/${API}`], []],
    [['*/*.safedata-zone.io'], [API]],
    [['./*', `~./${API}`], [CATALOG]],
    [['./*', '~/*'], []],
  ])('with egress hosts %j shows %j', (hosts, expected) => {
    const mesh = new Mesh(entry(HTTP) + foreign + sidecar(`egress: [{hosts: ${JSON.stringify(hosts)}}]`));
    expect(seen(mesh)).toEqual(expected);
  });

  it('does not show what is not exported', () => {
    const hidden = foreign.replace('resolution', 'exportTo: ["."], resolution');
    expect(seen(new Mesh(hidden + sidecar('egress: [{hosts: ["team-b/*"]}]')))).toEqual([]);
  });

  it('shows what a VirtualService points at, though its hosts do not name it', () => {
    const mesh = new Mesh(
      `${foreign}${sidecar(`egress: [{hosts: ["./*"]}]`)}${entry(HTTP)}
kind: VirtualService
metadata: {name: api}
spec: {hosts: [${API}], http: [{route: [{destination: {host: ${OTHER}}}]}]}`,
    );
    expect(seen(mesh)).toContain(OTHER);
    expect(mesh.host('80', OTHER)).toBeUndefined();
    expect(mesh.routes(API)).toMatchObject([{ route: { cluster: `outbound|80||${OTHER}` } }]);
  });

  it('with a fitting workloadSelector goes before one without, and that before the root namespace’s', () => {
    const root = sidecar(`egress: [{hosts: ["./${API}"]}]`, 'name: root, namespace: istio-system');
    const own = sidecar('egress: [{hosts: ["./*"]}]');
    const selecting = sidecar(
      `workloadSelector: {labels: {app: client}}, egress: [{hosts: ["./${CATALOG}"]}]`,
      'name: selecting',
    );
    const base = entry(HTTP) + root;
    expect(seen(new Mesh(base))).toEqual([API]);
    expect(seen(new Mesh(base + own))).toEqual([API, CATALOG]);
    expect(seen(new Mesh(base + own + selecting))).toEqual([CATALOG]);
    const others = selecting.replace('app: client', 'app: other');
    expect(seen(new Mesh(base + own + others))).toEqual([API, CATALOG]);
  });

  it('with a port in egress keeps other services off that port', () => {
    const mesh = new Mesh(
      entry(HTTP) +
        foreign +
        sidecar(
          `egress: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["./*"]}, {hosts: ["*/*"]}]`,
        ),
    );
    expect(mesh.host('80', API)).toBeDefined();
    expect(mesh.host('80', OTHER)).toBeUndefined();
  });

  it('with a TCP port in egress keeps other services’ chains off its listener', () => {
    const tcp = 'ports: [{number: 9000, name: tcp, protocol: TCP}]';
    const tls = 'ports: [{number: 9000, name: tls, protocol: TLS}]';
    const mesh = new Mesh(
      entry(tcp) +
        foreign.replace(HTTP, tls) +
        sidecar(
          'egress: [{port: {number: 9000, name: tcp, protocol: TCP}, hosts: ["./*"]}, {hosts: ["*/*"]}]',
        ),
    );
    expect(mesh.listener('0.0.0.0_9000')?.filter_chains?.map(leadsTo)).toEqual([`outbound|9000||${API}`]);
  });

  it('finds a Kubernetes Service by its host, whatever older entry has the name too', () => {
    const squat = `
kind: ServiceEntry
metadata: {name: squat, creationTimestamp: "2020-01-01T00:00:00Z"}
spec: {hosts: [${CATALOG}], resolution: DNS, ports: [{number: 9000, name: http, protocol: HTTP}]}
---`;
    const mesh = new Mesh(squat + sidecar(`egress: [{hosts: ["./${CATALOG}"]}]`));
    expect(mesh.clusters(CATALOG)).toEqual([`outbound|80||${CATALOG}`]);
  });
});

describe('outboundTrafficPolicy', () => {
  it('ALLOW_ANY lets unknown hosts pass', () => {
    const mesh = new Mesh('');
    expect(mesh.hosts('80').at(-1)).toMatchObject({
      name: 'allow_any',
      domains: ['*'],
      routes: [{ route: { cluster: 'PassthroughCluster' } }],
    });
    expect(leadsTo(mesh.listener('virtualOutbound')?.filter_chains?.at(-1))).toBe('PassthroughCluster');
  });

  it.each(['{mode: REGISTRY_ONLY}', '{}'])(
    '%s answers 502 on ports with a listener and drops the rest',
    policy => {
      const mesh = new Mesh(entry(HTTPS) + sidecar(`outboundTrafficPolicy: ${policy}`));
      expect(mesh.hosts('80').at(-1)).toMatchObject({
        name: 'block_all',
        routes: [{ direct_response: { status: 502 } }],
      });
      expect(leadsTo(mesh.listener('virtualOutbound')?.filter_chains?.at(-1))).toBe('BlackHoleCluster');
      expect(leadsTo(mesh.listener('0.0.0.0_443')?.default_filter_chain)).toBe('BlackHoleCluster');
    },
  );

  it('never lets a call to the sidecar’s own port loop', () => {
    const [first] = new Mesh('').listener('virtualOutbound')?.filter_chains ?? [];
    expect(first?.filter_chain_match).toEqual({ destination_port: 15001 });
    expect(leadsTo(first)).toBe('BlackHoleCluster');
  });
});
