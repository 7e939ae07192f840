/** What an apply would change, as text: each file against what is applied, then the calls that would notice. */
import { type DiffRow, diffRows } from '../../course/manifest-diff.ts';
import { planRows } from '../../lesson/plan-text.ts';
import { shownFiles } from '../../lesson/shown-files.ts';
import type { Engine } from '../../lesson/state.ts';
import { type PrintLook, paint } from '../print/paint.ts';
import { planLines } from '../print/plan-lines.ts';

const SIGNS = { today: 'today', after: 'then ' };

const STYLES: Readonly<Record<DiffRow['kind'], 'green' | 'red' | 'dim' | null>> = {
  ...{ added: 'green', removed: 'red', note: 'dim', same: null },
};

/** Of the step that is open. Does not throw: what stands in the way is told in a line. */
export async function diffAndPlan(engine: Engine, look: PrintLook): Promise<readonly string[]> {
  const { lesson, at, live } = engine.getSnapshot();
  const step = lesson?.steps[at];
  const files = step === undefined ? [] : shownFiles(engine.getSnapshot(), step);
  const diff =
    files.length === 0
      ? ['This step has no file.']
      : files.flatMap(({ name, text }) => [
          `${paint(look, 'bold', name)}   + only in the file   - only in the cluster`,
          ...diffRows(live[name] ?? '', text).map(row => {
            const style = STYLES[row.kind];
            return style === null ? row.text : paint(look, style, row.text);
          }),
        ]);
  const plan = await engine.plan();
  return plan === null ? diff : [...diff, '', ...planLines(planRows(plan), look, SIGNS)];
}
