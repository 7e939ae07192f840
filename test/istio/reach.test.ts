import { describe, expect, it } from 'vitest';
import { entryFor, reaching } from '../../src/istio/reach.ts';
import type { Resource } from '../../src/istio/resource.ts';

const HOST = 'api.safedata-zone.io';
const CLIENT = { namespace: 'mesh-network', labels: { app: 'client' } };

function object(
  kind: string,
  place: string,
  spec: object,
  creationTimestamp = '2026-01-01T00:00:00Z',
): Resource {
  const [namespace = '', name = ''] = place.split('/');
  return {
    apiVersion: 'networking.istio.io/v1',
    kind,
    metadata: { namespace, name, creationTimestamp },
    spec,
  };
}
const entry = (place: string, more: object = {}, port = 443) =>
  object('ServiceEntry', place, { hosts: [HOST], ports: [{ number: port }], ...more });
const sidecar = (hosts: readonly string[], place = 'mesh-network/default', more: object = {}) =>
  object('Sidecar', place, { egress: [{ hosts }], ...more });

const namesOf = (objects: readonly Resource[]) =>
  reaching(objects, CLIENT)
    .filter(each => each.kind !== 'Sidecar')
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
const entryOf = (...objects: Resource[]) => {
  const found = entryFor(objects, CLIENT, { host: HOST, port: 443 });
  return found === null ? null : `${found.metadata.namespace}/${found.metadata.name}`;
};

describe('what reaches a client', () => {
  const all = [entry('mesh-network/mine'), entry('exam-1/api'), entry('istio-system/root')];

  it('is everything where no Sidecar is in force', () => {
    expect(namesOf(all)).toEqual(['mesh-network/mine', 'exam-1/api', 'istio-system/root']);
  });

  it.each([
    { hosts: ['./*'], reach: ['mesh-network/mine'] },
    { hosts: ['./*', 'exam-1/*'], reach: ['mesh-network/mine', 'exam-1/api'] },
    { hosts: ['*/*.safedata-zone.io'], reach: ['mesh-network/mine', 'exam-1/api', 'istio-system/root'] },
    { hosts: ['*/*', '~exam-1/*'], reach: ['mesh-network/mine', 'istio-system/root'] },
    { hosts: ['*/other.io'], reach: ['mesh-network/mine'] },
  ])('is what its Sidecar imports: $hosts', ({ hosts, reach }) => {
    expect(namesOf([...all, sidecar(hosts)])).toEqual(reach);
  });

  it('is decided by the Sidecar in force: one that selects the pod, else its namespace, else the root', () => {
    const mine = sidecar(['./*', 'exam-1/*'], 'mesh-network/mine', {
      workloadSelector: { labels: { app: 'client' } },
    });
    const others = sidecar(['*/*'], 'mesh-network/others', { workloadSelector: { labels: { app: 'web' } } });
    const root = sidecar(['istio-system/*'], 'istio-system/default');
    expect(namesOf([...all, sidecar(['./*']), others, mine])).toEqual(['mesh-network/mine', 'exam-1/api']);
    expect(namesOf([...all, others, root])).toEqual(['mesh-network/mine', 'istio-system/root']);
    expect(namesOf([...all, sidecar(['./*']), root])).toEqual(['mesh-network/mine']);
  });

  it('is what is exported to it', () => {
    const exported = [
      entry('exam-1/dot', { exportTo: ['.'] }),
      entry('exam-1/here', { exportTo: ['mesh-network'] }),
      entry('exam-1/nobody', { exportTo: ['~'] }),
      object('VirtualService', 'exam-1/rules', { hosts: [HOST], exportTo: ['.'] }),
      object('DestinationRule', 'exam-1/rule', { host: HOST }),
    ];
    expect(namesOf(exported)).toEqual(['exam-1/here', 'exam-1/rule']);
    expect(namesOf([...exported, sidecar(['./*'])])).toEqual([]);
  });

  it('are Services and pods wherever they are', () => {
    const objects = [object('Service', 'exam-1/catalog', {}), object('Pod', 'exam-1/client', {})];
    expect(namesOf([...objects, sidecar(['./*'])])).toEqual(['exam-1/catalog', 'exam-1/client']);
  });
});

describe('the entry behind a cluster', () => {
  it('is the one that reaches the client, whoever else has the host', () => {
    expect(entryOf(entry('exam-1/api'), entry('mesh-network/mine'), sidecar(['./*']))).toBe(
      'mesh-network/mine',
    );
    expect(entryOf(entry('exam-1/api'), sidecar(['exam-1/*']))).toBe('exam-1/api');
    expect(entryOf(entry('exam-1/api'), sidecar(['./*']))).toBeNull();
  });

  it("is the client's own before others; of several namespaces beside it, none can be told", () => {
    expect(entryOf(entry('exam-1/api'), entry('mesh-network/mine'))).toBe('mesh-network/mine');
    expect(entryOf(entry('exam-1/api'), entry('exam-2/api'))).toBeNull();
  });

  it('is the one with the port where two in a namespace share the host', () => {
    expect(entryOf(entry('mesh-network/a', {}, 80), entry('mesh-network/b'))).toBe('mesh-network/b');
    expect(entryOf(entry('mesh-network/a'), entry('mesh-network/b'))).toBeNull();
  });
});
