/** The gate over all drills in the sandbox: broken fails, right passes, each near-miss is caught. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Proof, prove } from '../../src/author/prove.ts';
import { loadDrills } from '../../src/course/load-drill.ts';
import { connectMesh } from '../../src/lesson/connect-mesh.ts';
import type { Mesh } from '../../src/lesson/mesh.ts';
import type { OpenWorld } from '../../src/lesson/worlds.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { packageFile } from '../../src/shared/paths.ts';
import { bringUpWorld } from '../../src/world/bring-up.ts';
import { worldNames } from '../../src/world/names.ts';
import { type SandboxWorld, sandboxWorld } from '../support/sandbox-world.ts';
import { forged } from './forge.ts';
import { HELD_DRILLS } from './held-drills.ts';

const WORLDS = 8;
const drills = await loadDrills(packageFile('lessons'));
const quiet = { stage: () => {}, line: () => {} };

describe('the drills in the sandbox', () => {
  let world: SandboxWorld;
  let proofs: readonly Proof[];
  const meshes: Mesh[] = [];
  const workers: OpenWorld[] = [];

  beforeAll(async () => {
    world = await sandboxWorld();
    const { signal } = new AbortController();
    for (let i = 1; i <= WORLDS; i++) {
      const names = worldNames(`check-${i}`);
      await bringUpWorld(world.kube, names, { fenced: true }, quiet, signal);
      const mesh = await connectMesh(world.kube, {
        names,
        provider: 'sandbox',
        clock: systemClock,
      });
      meshes.push(mesh);
      workers.push({ mesh, names });
    }
    proofs = await prove(
      workers,
      drills.map(drill => drill.lesson),
      { clock: systemClock },
    );
  }, 900_000);
  afterAll(async () => {
    for (const mesh of meshes) mesh.close();
    await world.end();
  });

  it('are all that are written down', () => {
    expect(drills.map(drill => drill.id)).toEqual(Object.keys(HELD_DRILLS));
  });

  it.each(drills.map(drill => drill.id))('%s holds', id => {
    const proof = proofs.find(each => each.of.id === id);
    expect(proof?.failures).toEqual([]);
    expect(proof?.counts).toEqual(HELD_DRILLS[id]);
  });

  // Side by side, as above: each in the next world that is free.
  it('are not solved by an answer that is made up', { timeout: 120_000 }, async () => {
    const found: Record<string, string> = {};
    const queue = [...drills];
    const work = async (worker: OpenWorld) => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const verdict = await forged(worker, next.lesson);
        if (verdict !== undefined)
          found[next.id] = verdict.state === 'failed' ? verdict.found : verdict.state;
      }
    };
    await Promise.all(workers.map(work));
    const made = Object.values(found).filter(text => /no server/.test(text));
    expect(Object.values(found)).not.toContain('passed');
    expect(Object.values(found)).not.toContain('could-not-check');
    expect(made.length).toBeGreaterThanOrEqual(15);
  });
});
