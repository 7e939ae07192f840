import { describe, expect, it } from 'vitest';
import { Store } from '../../../../src/sandbox/api-server/store.ts';
import { serviceVariables } from '../../../../src/sandbox/workload/kubelet/service-variables.ts';

const store = new Store(Date.now);
const service = (namespace: string, name: string, spec: object) =>
  store.create('services', { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec });
service('default', 'kubernetes', {
  clusterIP: '10.96.0.1',
  ports: [{ name: 'https', port: 443, protocol: 'TCP' }],
});
service('team', 'my-web', {
  clusterIP: '10.96.7.7',
  ports: [{ port: 80 }, { name: 'dns', port: 53, protocol: 'UDP' }],
});
service('team', 'headless', { clusterIP: 'None', ports: [{ port: 80 }] });
service('other', 'far', { clusterIP: '10.96.8.8', ports: [{ port: 80 }] });

const seenBy = (spec: object) =>
  serviceVariables(store, {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'team' } },
    spec: { containers: [], ...spec },
  });

const API = {
  KUBERNETES_SERVICE_HOST: '10.96.0.1',
  KUBERNETES_SERVICE_PORT: '443',
  KUBERNETES_SERVICE_PORT_HTTPS: '443',
  KUBERNETES_PORT: 'tcp://10.96.0.1:443',
  KUBERNETES_PORT_443_TCP: 'tcp://10.96.0.1:443',
  KUBERNETES_PORT_443_TCP_PROTO: 'tcp',
  KUBERNETES_PORT_443_TCP_PORT: '443',
  KUBERNETES_PORT_443_TCP_ADDR: '10.96.0.1',
};

describe('a container', () => {
  it("is told where the API and its namespace's Services are", () => {
    expect(seenBy({})).toEqual({
      ...API,
      MY_WEB_SERVICE_HOST: '10.96.7.7',
      MY_WEB_SERVICE_PORT: '80',
      MY_WEB_SERVICE_PORT_DNS: '53',
      MY_WEB_PORT: 'tcp://10.96.7.7:80',
      MY_WEB_PORT_80_TCP: 'tcp://10.96.7.7:80',
      MY_WEB_PORT_80_TCP_PROTO: 'tcp',
      MY_WEB_PORT_80_TCP_PORT: '80',
      MY_WEB_PORT_80_TCP_ADDR: '10.96.7.7',
      MY_WEB_PORT_53_UDP: 'udp://10.96.7.7:53',
      MY_WEB_PORT_53_UDP_PROTO: 'udp',
      MY_WEB_PORT_53_UDP_PORT: '53',
      MY_WEB_PORT_53_UDP_ADDR: '10.96.7.7',
    });
  });

  it('is told of the API alone if it wants no service links', () => {
    expect(seenBy({ enableServiceLinks: false })).toEqual(API);
  });
});
