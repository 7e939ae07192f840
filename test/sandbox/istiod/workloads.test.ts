/** WorkloadEntries, and endpoints of all kinds; each expectation is what istiod's own generators gave. */
import { describe, expect, it } from 'vitest';
import { Mesh } from './mesh.ts';

const entry = (more: string) => `
kind: ServiceEntry
metadata: { name: machines }
spec:
  hosts: [api.example.io]
  location: MESH_INTERNAL
  ports: [{ number: 80, name: http, protocol: HTTP, targetPort: 1234 }]
  ${more}`;
const SELECTING = entry('resolution: STATIC\n  workloadSelector: { labels: { app: machine } }');
const machine = (name: string, spec: string, metadata = '') => `
---
kind: WorkloadEntry
metadata: { name: ${name}${metadata} }
spec: { ${spec} }`;
const at = (address: string, more = '') => `address: ${address}, labels: { app: machine }${more}`;
const CLUSTER = 'outbound|80||api.example.io';
const endpoints = (yaml: string) => new Mesh(yaml).endpoints(CLUSTER);

describe('a ServiceEntry selects WorkloadEntries', () => {
  it('by name, whatever their age, and takes port, weight, locality and identity from them', () => {
    const mesh = new Mesh(
      machine(
        'zz',
        at('10.2.2.1', ', ports: { http: 8080 }, weight: 7, locality: eu/a, serviceAccount: robot'),
      ) +
        `\n---${SELECTING}` +
        machine('bb', at('10.2.2.3', ', ports: { other: 99 }')) +
        machine('aa', at('10.2.2.2', ', weight: 0')),
    );
    expect(mesh.endpoints(CLUSTER)).toEqual(['10.2.2.2:1234', '10.2.2.3:1234', '10.2.2.1:8080']);
    const [, far] = mesh.config.endpoints.find(e => e.cluster_name === CLUSTER)?.endpoints ?? [];
    expect(far).toMatchObject({
      locality: { region: 'eu', zone: 'a' },
      load_balancing_weight: 7,
      lb_endpoints: [
        { metadata: { filter_metadata: { 'envoy.transport_socket_match': { tlsMode: 'istio' } } } },
      ],
    });
  });

  it('of its own namespace, by the labels of spec and metadata, of which the latter go first', () => {
    const yaml =
      SELECTING +
      machine('m1', 'address: 10.2.2.1', ', labels: { app: machine }') +
      machine('m2', at('10.2.2.2'), ', labels: { app: other }') +
      machine('m3', at('10.2.2.3'), ', namespace: default');
    expect(endpoints(yaml)).toEqual(['10.2.2.1:1234']);
  });

  it('beside pods, which come first', () => {
    const pod = `
---
apiVersion: v1
kind: Pod
metadata: { name: zz, labels: { app: machine } }
status: { podIP: 10.244.0.77, conditions: [{ type: Ready, status: 'True' }] }`;
    expect(endpoints(SELECTING + machine('aa', at('10.2.2.1')) + pod)).toEqual([
      '10.244.0.77:1234',
      '10.2.2.1:1234',
    ]);
  });

  it('names only where they are resolved, sockets only where they are not', () => {
    const machines =
      machine('m1', at('stable.example.io')) +
      machine('m2', at('10.2.2.2')) +
      machine('m3', at('unix:///var/run/x.sock'));
    expect(endpoints(SELECTING + machines)).toEqual(['10.2.2.2:1234']);
    const dns = entry('resolution: DNS\n  workloadSelector: { labels: { app: machine } }');
    expect(endpoints(dns + machines).slice(0, 2)).toEqual(['stable.example.io:1234', '10.2.2.2:1234']);
    expect(new Mesh(dns).cluster(CLUSTER)).toBeUndefined();
  });

  it('that are well, where their health is checked', () => {
    const checked = ", annotations: { proxy.istio.io/health-checks-enabled: 'true' }";
    const status = (value: string) => `\nstatus: { conditions: [{ type: Healthy, status: '${value}' }] }`;
    const yaml =
      SELECTING +
      machine('m1', at('10.2.2.1'), checked) +
      machine('m2', at('10.2.2.2'), checked) +
      status('True') +
      machine('m3', at('10.2.2.3'), checked) +
      status('False') +
      machine('m4', at('10.2.2.4'));
    expect(endpoints(yaml)).toEqual(['10.2.2.2:1234', '10.2.2.4:1234']);
  });
});

describe('a Service selects WorkloadEntries', () => {
  const service = (targetPort: string) => `
apiVersion: v1
kind: Service
metadata: { name: machines }
spec:
  clusterIP: 10.96.7.7
  selector: { app: machine }
  ports: [{ name: http, port: 80${targetPort} }]`;
  const machines =
    machine('m1', at('10.2.2.1')) +
    machine('m2', at('10.2.2.2', ', ports: { http: 8083 }')) +
    machine('m3', at('10.2.2.3', ', ports: { web: 8081, http: 8083 }')) +
    machine('m4', at('stable.example.io'));
  const served = (targetPort: string) =>
    new Mesh(service(targetPort) + machines).endpoints(
      'outbound|80||machines.mesh-network.svc.cluster.local',
    );

  it('at its target port, which they may move by the port of its name', () => {
    expect(served(', targetPort: 8080')).toEqual(['10.2.2.1:8080', '10.2.2.2:8083', '10.2.2.3:8083']);
    expect(served('')).toEqual(['10.2.2.1:80', '10.2.2.2:8083', '10.2.2.3:8083']);
  });

  it('that have the port which it names', () => {
    expect(served(', targetPort: web')).toEqual(['10.2.2.3:8081']);
  });
});

describe('endpoints in the entry itself', () => {
  it('may be sockets, which have no port', () => {
    const yaml = entry(
      'resolution: STATIC\n  endpoints: [{ address: unix:///var/run/x.sock, weight: 3 }, { address: 10.1.1.1 }]',
    );
    expect(endpoints(yaml)).toEqual(['/var/run/x.sock', '10.1.1.1:1234']);
  });

  it('weigh 1 where their weight is 0, and take their locality from a label where they say none', () => {
    const mesh = new Mesh(
      entry(
        'resolution: STATIC\n  endpoints: [{ address: 10.1.1.1, weight: 0, labels: { istio-locality: eu.a } }, { address: 10.1.1.2, weight: 3 }]',
      ),
    );
    const groups = mesh.config.endpoints.find(e => e.cluster_name === CLUSTER)?.endpoints;
    expect(groups?.map(group => [group.locality, group.load_balancing_weight])).toEqual([
      [{}, 3],
      [{ region: 'eu', zone: 'a' }, 1],
    ]);
  });
});
