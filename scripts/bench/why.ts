/** The pane that says why a call went where it went: from its key to its lines. */
import { openCluster } from '../../src/cli/open/cluster.ts';
import { startEngine } from '../../src/cli/open/engine.ts';
import { loadCourse } from '../../src/course/load.ts';
import { packageFile } from '../../src/shared/paths.ts';
import { whyLines } from '../../src/tui/screens/panes/why-lines.ts';
import { median } from './measure.ts';
import type { Where } from './practice.ts';

/** Milliseconds, of the call on which the article's ServiceEntry and DestinationRule decide: the median. */
export async function whyMs(where: Where, rounds: number): Promise<number> {
  const { cluster, names } = await openCluster(where);
  const engine = await startEngine(await loadCourse(packageFile('lessons')), cluster, names, where);
  try {
    await engine.open('destination-rule', 'outage');
    await engine.answer(1);
    const { problem } = engine.getSnapshot();
    if (problem !== null) throw new Error(`${problem.what} ${problem.why ?? ''}`);
    const taken: number[] = [];
    for (let round = 0; round < rounds * 3; round++) {
      const started = performance.now();
      const why = await engine.why();
      whyLines({ why: { state: 'read', why }, menuAt: 0 }, 78, { ascii: false }, 0);
      taken.push(performance.now() - started);
    }
    return median(taken);
  } finally {
    await engine.dispose();
  }
}
