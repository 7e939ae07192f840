import { describe, expect, it } from 'vitest';
import { leadsTo, Mesh } from './mesh.ts';

const HOST = 'catalog.mesh-network.svc.cluster.local';

const service = (spec: string, metadata = 'name: web') => `
apiVersion: v1
kind: Service
metadata: {${metadata}}
spec: {${spec}}
---`;

describe('a Kubernetes Service', () => {
  it('is called by its short names from its own namespace', () => {
    const [ip] = new Mesh('').host('80', HOST)?.domains.slice(-1) ?? [];
    expect(new Mesh('').host('80', HOST)?.domains).toEqual([
      HOST,
      `${HOST}.`,
      'catalog',
      'catalog.mesh-network.svc',
      'catalog.mesh-network',
      ip,
    ]);
    expect(ip).toMatch(/^10\.96\./);
  });

  it('needs its namespace from another one', () => {
    const mesh = new Mesh('', { namespace: 'team-b' });
    expect(mesh.host('80', HOST)?.domains.slice(0, 4)).toEqual([
      HOST,
      `${HOST}.`,
      'catalog.mesh-network',
      'catalog.mesh-network.svc',
    ]);
  });

  it('gets its pods over EDS', () => {
    const mesh = new Mesh('');
    expect(mesh.cluster(`outbound|80||${HOST}`)?.type).toBe('EDS');
    expect(mesh.endpoints(`outbound|80||${HOST}`)).toEqual([expect.stringMatching(/^10\.244\..*:8080$/)]);
  });

  it('with exportTo ~ is not there', () => {
    expect(new Mesh('').clusters('safedata-stable.outside.svc.cluster.local')).toEqual([]);
  });

  it.each([
    ['{name: http-web, port: 9000}', '0.0.0.0_9000', ['routes 9000']],
    ['{name: web, appProtocol: http, port: 9000}', '0.0.0.0_9000', ['routes 9000']],
    ['{name: tcp-web, port: 9000}', '10.96.7.7_9000', ['outbound|9000||web.mesh-network.svc.cluster.local']],
    ['{name: https, port: 9000}', '10.96.7.7_9000', ['outbound|9000||web.mesh-network.svc.cluster.local']],
    ['{name: web, port: 9000}', '10.96.7.7_9000', ['routes web.mesh-network.svc.cluster.local:9000']],
    ['{name: web, port: 3306}', '10.96.7.7_3306', ['outbound|3306||web.mesh-network.svc.cluster.local']],
  ])('with port %s listens on %s', (port, name, chains) => {
    const listener = new Mesh(service(`clusterIP: 10.96.7.7, ports: [${port}]`)).listener(name);
    expect(listener?.filter_chains?.map(leadsTo)).toEqual(chains);
  });

  it('with a sniffed port has a route configuration of its own, for any Host', () => {
    const mesh = new Mesh(service('clusterIP: 10.96.7.7, ports: [{name: web, port: 9000}]'));
    expect(mesh.hosts('web.mesh-network.svc.cluster.local:9000')).toMatchObject([
      { name: 'web.mesh-network.svc.cluster.local:9000', domains: ['*'] },
    ]);
  });

  it('without an address has a TCP listener for each pod, ready or not', () => {
    const mesh = new Mesh(`${service('clusterIP: None, ports: [{name: tcp, port: 9000}]')}
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints: [{addresses: [10.244.9.1]}, {addresses: [10.244.9.2], conditions: {ready: false}}]
ports: [{name: tcp, port: 9000}]`);
    expect(mesh.listener('10.244.9.1_9000')).toBeDefined();
    expect(mesh.listener('10.244.9.2_9000')).toBeDefined();
    expect(mesh.listener('0.0.0.0_9000')).toBeUndefined();
    expect(mesh.cluster('outbound|9000||web.mesh-network.svc.cluster.local')?.type).toBe('ORIGINAL_DST');
  });

  it('marks pods that are not ready, drops those that end, and sends neither where Envoy may panic', () => {
    const world = `${service('clusterIP: 10.96.7.7, ports: [{name: http, port: 80}]')}
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints: [{addresses: [10.244.9.1]}, {addresses: [10.244.9.2], conditions: {ready: false, terminating: false}},
  {addresses: [10.244.9.3], conditions: {ready: false, terminating: true}}]
ports: [{name: http, port: 8080}]
---`;
    const cluster = 'outbound|80||web.mesh-network.svc.cluster.local';
    expect(JSON.stringify(new Mesh(world).config.endpoints)).toContain('UNHEALTHY');
    expect(new Mesh(world).endpoints(cluster)).toEqual(['10.244.9.1:8080', '10.244.9.2:8080']);
    const panicking = new Mesh(`${world}
kind: DestinationRule
metadata: {name: web}
spec: {host: web, trafficPolicy: {outlierDetection: {minHealthPercent: 50}}}`);
    expect(panicking.endpoints(cluster)).toEqual(['10.244.9.1:8080']);
  });

  it('of type ExternalName is another name of what it means', () => {
    const mesh = new Mesh(service(`type: ExternalName, externalName: ${HOST}`, 'name: shop'));
    expect(mesh.host('80', HOST)?.domains).toContain('shop.mesh-network.svc.cluster.local');
    expect(mesh.clusters('shop.mesh-network.svc.cluster.local')).toEqual([]);
  });

  it('shares a port of its own address between HTTP and TCP by sniffing', () => {
    const mesh = new Mesh(
      service('clusterIP: 10.96.7.7, ports: [{name: http, port: 9000}]') +
        `
kind: ServiceEntry
metadata: {name: api}
spec: {hosts: [api.safedata-zone.io], resolution: DNS, ports: [{number: 9000, name: tcp, protocol: TCP}]}`,
    );
    const listener = mesh.listener('0.0.0.0_9000');
    expect(listener?.filter_chains?.map(leadsTo)).toEqual(['routes 9000']);
    expect(leadsTo(listener?.default_filter_chain)).toBe('outbound|9000||api.safedata-zone.io');
  });
});
