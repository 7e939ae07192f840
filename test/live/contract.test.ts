import { expect, inject } from 'vitest';
import { connect } from '../../src/kube/client.ts';
import { worldNames } from '../../src/world/names.ts';
import { contractSuite } from '../contract/contract.ts';
import { tutor } from './tutor.ts';

contractSuite('kind', async () => {
  const { kubeconfig, name } = inject('live');
  // The suite wants a world without any configuration, whatever others have left.
  expect((await tutor('reset', 'blind-spot')).code).toBe(0);
  return { kube: await connect({ path: kubeconfig, context: `kind-${name}` }), names: worldNames() };
});
