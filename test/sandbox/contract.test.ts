import { afterAll } from 'vitest';
import { contractSuite } from '../contract/contract.ts';
import { type SandboxWorld, sandboxWorld } from '../support/sandbox-world.ts';

let world: SandboxWorld | null = null;

contractSuite('sandbox', async () => {
  world = await sandboxWorld();
  return world;
});

afterAll(() => world?.end());
