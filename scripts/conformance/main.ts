/**
 * npm run conformance -- --kubeconfig SANDBOX --e2e FILE [--write] [--only TEXT]
 * Runs Kubernetes' own tests, those of selection.yaml, against the sandbox, each in a process of its own, and holds what
 * comes of them against what the selection says. FILE is made in a checkout of kubernetes 1.34:
 *   go test -c -o e2e.test ./test/e2e
 * --write puts the numbers and the reasons into docs/sandbox.md. Ends with 1 where a test ended otherwise than listed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { withMarkedPart } from '../marked-part.ts';
import { conformanceText } from './page.ts';
import { type Outcome, runTest } from './run-test.ts';
import { readSelection, testsOf } from './selection.ts';

const { values } = parseArgs({
  options: {
    kubeconfig: { type: 'string' },
    e2e: { type: 'string' },
    write: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
});
const { kubeconfig, e2e, write, only } = values;
if (kubeconfig === undefined || e2e === undefined) throw new Error('--kubeconfig and --e2e are needed');

/** Tests at a time: each waits more than it works. */
const SIDE_BY_SIDE = 3;

const selection = readSelection();
const queue = testsOf(selection).filter(({ name }) => name.includes(only));
const surprises: string[] = [];
const work = async () => {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { name, expected } = next;
    const outcome: Outcome = await runTest(resolve(e2e), resolve(kubeconfig), name);
    if (outcome !== expected) surprises.push(`${outcome}, and is listed as ${expected}: ${name}`);
    console.log(`${outcome.padEnd(6)} ${name}`);
  }
};
await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
for (const each of surprises) console.log(each);
if (write) {
  const page = resolve(import.meta.dirname, '../../docs/sandbox.md');
  writeFileSync(page, withMarkedPart(readFileSync(page, 'utf8'), 'conformance', conformanceText(selection)));
}
process.exitCode = surprises.length > 0 ? 1 : 0;
