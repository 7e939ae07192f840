/**
 * Compares the sandbox's configuration with real sidecars' config_dumps.
 *
 *   npx tsx scripts/compare-dumps.ts DIR [CASE...]
 *
 * DIR holds world.json (kubectl get namespaces,services,endpointslices,pods -A -o json) and for each case
 * CASE.json (a config_dump of the client's sidecar) and CASE.objects.json (the Istio objects at that moment).
 * Prints what differs, '-' for the real one's and '+' for ours; exits with 1 if anything does.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { translate } from '../src/sandbox/istiod/translate.ts';
import { canonicalDump, canonicalOurs, differences } from '../test/support/envoy-dump.ts';
import { clientOf, snapshotOf } from '../test/support/recorded-snapshot.ts';

const [dir, ...wanted] = process.argv.slice(2);
if (dir === undefined) {
  console.error('usage: compare-dumps.ts DIR [CASE...]');
  process.exit(2);
}
const read = (name: string) => JSON.parse(readFileSync(join(dir, name), 'utf8'));
const world = read('world.json').items;
const names = readdirSync(dir)
  .filter(name => name.endsWith('.objects.json'))
  .map(name => name.slice(0, -'.objects.json'.length))
  .filter(name => wanted.length === 0 || wanted.includes(name));

let differing = 0;
let milliseconds = 0;
for (const name of names) {
  const snapshot = snapshotOf([...world, ...read(`${name}.objects.json`).items]);
  const started = performance.now();
  const config = translate(snapshot, clientOf(world));
  milliseconds += performance.now() - started;
  const lines = differences(canonicalDump(read(`${name}.json`)), canonicalOurs(config));
  if (lines.length === 0) continue;
  differing++;
  console.log(`${name}\n${lines.map(line => `  ${line}`).join('\n')}`);
}
console.log(
  `${names.length - differing} of ${names.length} cases are the same; ` +
    `${(milliseconds / Math.max(names.length, 1)).toFixed(2)} ms a translation`,
);
process.exitCode = differing > 0 ? 1 : 0;
