/**
 * npm run bench [-- --rounds 5] [--up-rounds 5] [--no-cluster] [--only sandbox]
 * Prints the table of the README. What is compared is measured in turns in the same run. The cluster part makes two
 * kind clusters and removes them; ISTIO_TUTOR_NODE_IMAGE and ISTIO_TUTOR_ISTIO_FILE are passed to both.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { onCluster } from './cluster.ts';
import { againstRow, type Row, table } from './measure.ts';
import type { Figures } from './mesh-figures.ts';
import { onSandbox } from './sandbox.ts';
import { startUp } from './start-up.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    'up-rounds': { type: 'string', default: '5' },
    'no-cluster': { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const program = resolve(import.meta.dirname, '../../bin/istio-tutor.js');
const rounds = Number(values.rounds);
const rows: Row[] = values.only === 'sandbox' ? [] : await startUp(program, rounds);
const sandbox = await onSandbox(program, rounds);
rows.push(...sandbox.rows);
console.error(table(rows));
if (!values['no-cluster'] && values.only === undefined) {
  const kind = await onCluster(program, rounds, Number(values['up-rounds']));
  rows.push(...kind.rows, ...compared(sandbox.figures, kind.figures));
}
console.log(table(rows));
process.exitCode = rows.every(row => row.met) ? 0 : 1;

/** What the sandbox saves, and what it costs, against kind in the same run. */
function compared(sandbox: Figures, kind: Figures): Row[] {
  const row = (what: string, key: keyof Figures, unit: string) =>
    againstRow(`the sandbox against kind: ${what}`, sandbox[key], kind[key], unit);
  return [
    row('from nothing to a ready client pod', 'start', 'ms'),
    row('apply to in effect', 'inEffect', 'ms'),
    row('a probe', 'probe', 'ms'),
    row('plain HTTP through the sidecar', 'requests', 'requests a second'),
    row('`run --all`', 'course', 's'),
    row('resident, the whole course (without the cluster)', 'resident', 'MB'),
    row("a drill's answer saved to its verdicts", 'recheck', 'ms'),
    row('all lessons and drills proven', 'proven', 's'),
  ];
}
