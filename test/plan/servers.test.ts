import { describe, expect, it } from 'vitest';
import { endpointSlice, pod, service } from '../../scripts/fuzz/meshes/world.ts';
import { serversIn } from '../../src/plan/servers.ts';
import { snapshotOf } from '../support/recorded-snapshot.ts';

const PORTS = [{ name: 'http', port: 80, targetPort: 8080 }];
const TARGETS = [{ name: 'http', port: 8080 }];

function servers(first: Record<string, string>, second: Record<string, string>) {
  const snapshot = snapshotOf([
    service('shop', 'web', '10.96.7.1', PORTS, { app: 'web' }),
    pod('shop', 'web-0', '10.244.7.1', { app: 'web', ...first }),
    pod('shop', 'web-1', '10.244.7.2', { app: 'web', ...second }),
    endpointSlice('shop', 'web', TARGETS, [
      { ip: '10.244.7.1', pod: 'web-0' },
      { ip: '10.244.7.2', pod: 'web-1' },
    ]),
  ]);
  return serversIn([snapshot], snapshot.services).at;
}

describe('who is behind an address', () => {
  it('is the Service, for pods that differ in nothing that a subset selects by', () => {
    const at = servers({ 'pod-template-hash': 'a1' }, { 'pod-template-hash': 'b2' });
    expect(at.get('10.244.7.2:8080')).toEqual(['web.shop:80']);
    expect(at.get('10.96.7.1:80')).toEqual(['web.shop:80']);
  });

  it('is a pod by what tells it apart, and all of them behind the address of the Service', () => {
    const at = servers({ version: 'v1' }, { version: 'v2' });
    expect(at.get('10.244.7.1:8080')).toEqual(['web.shop (version=v1):80']);
    expect(at.get('10.96.7.1:80')).toEqual(['web.shop (version=v1):80', 'web.shop (version=v2):80']);
  });
});
