import { expect, it } from 'vitest';
import { withWrittenNames } from '../../src/course/written-names.ts';
import { worldNames } from '../../src/world/names.ts';

const names = worldNames('check-1');
const placeholders = {
  stableIP: '10.96.1.1',
  catalogIP: '10.96.1.10',
  mesh: names.mesh,
  outside: names.outside,
};

it.each([
  ['VirtualService mesh-network-check-1/posts', 'VirtualService mesh-network/posts'],
  ['from client b: mesh-network-check-1-b', 'from client b: mesh-network-b'],
  ['catalog.mesh-network-check-1.svc.cluster.local', 'catalog.mesh-network.svc.cluster.local'],
  ['outbound|80||pay.outside-check-1.svc', 'outbound|80||pay.outside.svc'],
  ['curl http://10.96.1.1/ http://10.96.1.10:80/', 'curl http://{{stableIP}}/ http://{{catalogIP}}:80/'],
  ['10.96.1.100, 110.96.1.1, 10.96.1.1.5', '10.96.1.100, 110.96.1.1, 10.96.1.1.5'],
  ['mesh-network-check-12, my-outside-check-1', 'mesh-network-check-12, my-outside-check-1'],
])('%s is written as %s', (text, written) => {
  expect(withWrittenNames({ in: [text], of: 3 }, names, placeholders)).toEqual({ in: [written], of: 3 });
});

it('leaves a world that has the names of the lab as it is', () => {
  const own = worldNames();
  const same = { mesh: own.mesh, outside: own.outside };
  expect(withWrittenNames('a mesh-network-b outside', own, same)).toBe('a mesh-network-b outside');
});
