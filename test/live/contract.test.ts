import { inject } from 'vitest';
import { connect } from '../../src/cluster/client.ts';
import { worldNames } from '../../src/world/names.ts';
import { contractSuite } from '../contract/contract.ts';

contractSuite('kind', async () => {
  const { kubeconfig, name } = inject('live');
  return { kube: await connect({ path: kubeconfig, context: `kind-${name}` }), names: worldNames() };
});
