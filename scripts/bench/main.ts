/**
 * npm run bench [-- --rounds 5] [--up-rounds 5] [--no-cluster] [--only sandbox]
 * Prints the table of the README. Peers are measured in turns in the same run. The cluster part makes two kind
 * clusters and removes them; ISTIO_TUTOR_NODE_IMAGE and ISTIO_TUTOR_ISTIO_FILE are passed to both.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { onCluster } from './cluster.ts';
import { type Row, table } from './measure.ts';
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
rows.push(...(await onSandbox(program, rounds)));
console.error(table(rows));
if (!values['no-cluster'] && values.only === undefined)
  rows.push(...(await onCluster(program, rounds, Number(values['up-rounds']))));
console.log(table(rows));
process.exitCode = rows.every(row => row.met) ? 0 : 1;
