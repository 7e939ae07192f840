import { describe, expect, it } from 'vitest';
import { progressOf, scriptedEngine } from '../support/scripted-engine.ts';
import { startTui } from './harness.ts';

const TITLES = ['The blind spot', 'Step 1: ServiceEntry', 'Step 2: DestinationRule'];

describe('the list of lessons', () => {
  it('shows how far each lesson has been taken', async () => {
    const engine = scriptedEngine({
      lessons: progressOf(TITLES, [
        [8, 8],
        [3, 9],
        [0, 11],
      ]),
    });
    const tui = await startTui(engine);
    expect(await tui.until('kind, Istio')).toMatchInlineSnapshot(`
      " istio-tutor                                                   kind, Istio 1.31
       ──────────────────────────────────────────────────────────────────────────────

       Getting traffic out of the mesh
       what a mesh does with a call to the outside

        ▸ 1  The blind spot                             ✓  ━━━━━━━━━━    8/8   10 min
          2  Step 1: ServiceEntry                          ━━━───────    3/9   11 min
          3  Step 2: DestinationRule                       ──────────   0/11   12 min

          11 of 28 steps done










       ──────────────────────────────────────────────────────────────────────────────
       enter open   q quit   ? keys"
    `);
  });
});
