import { describe, expect, it } from 'vitest';
import { API, entry, HTTP, HTTPS, leadsTo, Mesh } from './mesh.ts';

/** A VirtualService whose only route answers by itself, so that a test sees whose route it is. */
const answering = (status: number, metadata: string, more = '', host = API) => `
kind: VirtualService
metadata: {${metadata}}
spec: {hosts: ["${host}"], ${more} http: [{directResponse: {status: ${status}}}]}
---`;

const status = (mesh: Mesh, host = API) => mesh.routes(host)[0]?.direct_response?.status;

describe('of several VirtualServices for one host', () => {
  const service = entry(HTTP);

  it('the oldest wins whole', () => {
    const mesh = new Mesh(service + answering(201, 'name: z') + answering(202, 'name: a'));
    expect(mesh.routes(API).map(r => r.direct_response?.status)).toEqual([201]);
  });

  it('of the same second the first by name', () => {
    const second = 'creationTimestamp: "2026-11-24T12:00:00Z"';
    const mesh = new Mesh(
      service + answering(201, `name: z, ${second}`) + answering(202, `name: a, ${second}`),
    );
    expect(status(mesh)).toBe(202);
  });

  it('a private one of the own namespace goes before older public ones', () => {
    const older = answering(201, 'name: b, namespace: team-b');
    expect(status(new Mesh(service + older + answering(202, 'name: a')))).toBe(201);
    expect(status(new Mesh(service + older + answering(202, 'name: a', 'exportTo: ["."],')))).toBe(202);
  });

  it('one that is exported to the own namespace goes before public ones', () => {
    const exported = answering(202, 'name: c, namespace: team-c', 'exportTo: [mesh-network],');
    expect(status(new Mesh(service + answering(201, 'name: b, namespace: team-b') + exported))).toBe(202);
  });

  it('one that is not exported to us is not there', () => {
    const hidden = answering(201, 'name: b, namespace: team-b', 'exportTo: ["."],');
    expect(status(new Mesh(service + hidden))).toBeUndefined();
  });

  it('an exact host beats an older wildcard', () => {
    const mesh = new Mesh(
      service + answering(201, 'name: w', '', '*.safedata-zone.io') + answering(202, 'name: a'),
    );
    expect(status(mesh)).toBe(202);
  });

  it('the longer of two wildcards', () => {
    const mesh = new Mesh(
      service + answering(201, 'name: w', '', '*.io') + answering(202, 'name: a', '', '*.safedata-zone.io'),
    );
    expect(status(mesh)).toBe(202);
  });
});

describe('a VirtualService', () => {
  it('of a gateway only is not for sidecars', () => {
    expect(status(new Mesh(entry(HTTP) + answering(201, 'name: a', 'gateways: [egress],')))).toBeUndefined();
    expect(status(new Mesh(entry(HTTP) + answering(201, 'name: a', 'gateways: [egress, mesh],')))).toBe(201);
  });

  it('needs no service of its host on port 80, and does on others', () => {
    const unknown = answering(201, 'name: a', '', 'nobody.example.com');
    expect(status(new Mesh(unknown), 'nobody.example.com')).toBe(201);
    const mesh = new Mesh(unknown + entry('ports: [{number: 8080, name: http, protocol: HTTP}]'));
    expect(mesh.host('8080', 'nobody.example.com')).toBeUndefined();
  });

  it('takes short names as those of its own namespace', () => {
    expect(status(new Mesh(answering(201, 'name: a', '', 'catalog')), 'catalog')).toBe(201);
    const mesh = new Mesh(answering(201, 'name: a, namespace: team-b', '', 'catalog'));
    expect(mesh.routes('catalog')).toMatchObject([{ name: 'default' }]);
  });

  it('writes its hosts without regard to case', () => {
    expect(status(new Mesh(entry(HTTP) + answering(201, 'name: a', '', 'API.safedata-zone.io')))).toBe(201);
  });

  it('hands routes on to a delegate, which narrows the match', () => {
    const mesh = new Mesh(`${entry(HTTP)}
kind: VirtualService
metadata: {name: root}
spec:
  hosts: [${API}]
  http:
  - match: [{uri: {prefix: /a}}]
    timeout: 3s
    delegate: {name: leaf, namespace: team-b}
  - directResponse: {status: 204}
---
kind: VirtualService
metadata: {name: leaf, namespace: team-b}
spec:
  http:
  - match: [{uri: {prefix: /a/b}}]
    route: [{destination: {host: ${API}}}]
  - match: [{uri: {prefix: /other}}]
    route: [{destination: {host: ${API}}}]`);
    expect(mesh.routes(API)).toMatchObject([
      { match: { prefix: '/a/b' }, route: { timeout: '3s' } },
      { direct_response: { status: 204 } },
    ]);
  });
});

describe('tls routes', () => {
  const tls = (routes: string) => `${entry(HTTPS)}
kind: VirtualService
metadata: {name: tls}
spec: {hosts: [${API}], tls: [${routes}]}`;
  const chains = (yaml: string) =>
    new Mesh(yaml)
      .listener('0.0.0.0_443')
      ?.filter_chains?.map(c => [c.filter_chain_match?.server_names, leadsTo(c)]);

  it('lead SNI to clusters by weight', () => {
    const route = `{match: [{sniHosts: [${API}]}], route: [
      {destination: {host: ${API}, subset: a}, weight: 90}, {destination: {host: ${API}, port: {number: 8443}}, weight: 10}]}`;
    expect(chains(tls(route))).toEqual([[[API], `outbound|443|a|${API} 90, outbound|8443||${API} 10`]]);
  });

  it('are left out where port, labels or gateways are not ours; then the service’s own chain stays', () => {
    for (const condition of ['port: 8443', 'sourceLabels: {app: x}', 'gateways: [egress]']) {
      const route = `{match: [{sniHosts: [${API}], ${condition}}], route: [{destination: {host: other.example.com}}]}`;
      expect(chains(tls(route))).toEqual([[[API], `outbound|443||${API}`]]);
    }
  });

  it('for the same SNI count once', () => {
    const one = (port: number) =>
      `{match: [{sniHosts: [${API}]}], route: [{destination: {host: ${API}, port: {number: ${port}}}}]}`;
    expect(chains(tls(`${one(1)}, ${one(2)}`))).toEqual([[[API], `outbound|1||${API}`]]);
  });
});

describe('tcp routes', () => {
  it('take the place of the service’s own', () => {
    const mesh = new Mesh(`${entry('ports: [{number: 9000, name: tcp, protocol: TCP}]')}
kind: VirtualService
metadata: {name: tcp}
spec: {hosts: [${API}], tcp: [{match: [{port: 9001}], route: [{destination: {host: a.example.com}}]}, {route: [{destination: {host: b.example.com}}]}]}`);
    expect(mesh.listener('0.0.0.0_9000')?.filter_chains?.map(leadsTo)).toEqual([
      'outbound|9000||b.example.com',
    ]);
  });
});
