/** The gate over drills on real Istio: a few of them, all with LIVE_FULL. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { prove } from '../../src/author/prove.ts';
import { loadDrills } from '../../src/course/load-drill.ts';
import { connect } from '../../src/kube/client.ts';
import { connectMesh } from '../../src/lesson/connect-mesh.ts';
import type { Mesh } from '../../src/lesson/mesh.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { packageFile } from '../../src/shared/paths.ts';
import { worldNames } from '../../src/world/names.ts';
import { HELD_DRILLS } from '../lessons/held-drills.ts';

/** One of each sort: the registry, routing, a second client in a namespace of its own, servers that are changed. */
const SHORT = ['one-door', 'missing-subset', 'two-teams', 'certificate-names'];
const drills = (await loadDrills(packageFile('lessons'))).filter(
  ({ id }) => process.env.LIVE_FULL !== undefined || SHORT.includes(id),
);

describe('drills on kind', () => {
  const names = worldNames();
  let mesh: Mesh;

  beforeAll(async () => {
    const { kubeconfig, name } = inject('live');
    const kube = await connect({ path: kubeconfig, context: `kind-${name}` });
    mesh = await connectMesh(kube, { names, provider: 'kind', clock: systemClock });
  });
  afterAll(() => mesh.close());

  // One whose answers leave a server out for half a minute waits for its return each time.
  it.each(drills)('$id holds', { timeout: 600_000 }, async ({ id, lesson }) => {
    const [proof] = await prove([{ mesh, names }], [lesson], { clock: systemClock });
    console.log(`drill: ${id} ${Math.round(proof?.seconds ?? 0)} s`);
    expect(proof?.failures).toEqual([]);
    expect(proof?.counts).toEqual(HELD_DRILLS[id]);
  });
});
