/**
 * npm run fuzz:traffic -- --kubeconfig FILE [--seed N] [--count N] [--keep FILE]
 * Generated meshes and calls, played by curl on a real cluster and in the sandbox, and what both did held against each
 * other by the rules of test/fidelity/compare.ts. The cluster of the kubeconfig must have the lab world and nothing
 * that is worth keeping: ALL Istio configuration on it is deleted before each case.
 * A case that differs is played again on both; what differs twice is told, and kept with `--keep`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { connect } from '../../../src/cluster/client.ts';
import { sandboxCluster } from '../../../src/cluster/providers/sandbox/sandbox.ts';
import { paths } from '../../../src/shared/paths.ts';
import { worldNames } from '../../../src/world/names.ts';
import { compare } from '../../../test/fidelity/compare.ts';
import { play, type World } from '../../../test/fidelity/play.ts';
import type { Case, Outcome } from '../../../test/fidelity/recording.ts';
import { Random } from '../random.ts';
import { makeCase } from './cases.ts';

const HELP = `npm run fuzz:traffic -- --kubeconfig FILE [--seed N] [--count N] [--keep FILE]

  --kubeconfig FILE  a real cluster with the lab world (istio-tutor up), to be used up
  --seed N           the first seed; each case has the next one (the time)
  --count N          so many cases (100)
  --keep FILE        write the cases that differ, with what both did, as JSON`;

const { values } = parseArgs({
  options: {
    kubeconfig: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(Date.now() / 1000)) },
    count: { type: 'string', default: '100' },
    keep: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help || values.kubeconfig === undefined) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}

/** Milliseconds that a real cluster takes at most, on a loaded machine. */
const DELAY = { effect: 1500, lines: 600 };
const names = worldNames();
const quiet = { stage: () => {}, line: () => {} };

const state = mkdtempSync(join(tmpdir(), 'istio-tutor-traffic-'));
const cluster = sandboxCluster({ names, paths: paths(state) });
await cluster.up(quiet, new AbortController().signal);
const ours: World = { kube: await connect(cluster.kubeconfig), names };
const { 'current-context': context } = parse(readFileSync(values.kubeconfig, 'utf8')) as Record<
  string,
  string
>;
if (context === undefined) throw new Error(`${values.kubeconfig} has no current-context.`);
const real: World = { kube: await connect({ path: values.kubeconfig, context }), names, delay: DELAY };
for (const { kube } of [real, ours]) {
  await kube
    .request('POST', '/api/v1/namespaces', {
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-b' } },
    })
    .catch(() => {});
}
const first = Number(values.seed);
const count = Number(values.count);
const differing: { test: Case; real: Outcome; ours: Outcome; hard: readonly string[] }[] = [];
let texts = 0;
console.log(`seed ${first}, ${count} cases`);
for (let seed = first; seed < first + count; seed++) {
  const test = makeCase(new Random(seed), `fuzz-${seed}`);
  let found = await both(test);
  if (found.hard.length > 0) found = await both(test);
  if (found.soft.length > 0) texts++;
  if (found.hard.length > 0) {
    differing.push({ test, ...found });
    console.log(`${test.name}\n${found.hard.map(line => `  ${line}`).join('\n')}`);
  }
  const done = seed - first + 1;
  if (done % 10 === 0) console.log(`${done} played, ${differing.length} differ, ${texts} in texts alone`);
}
if (values.keep !== undefined) writeFileSync(values.keep, JSON.stringify(differing, null, 1));
console.log(
  `${count - differing.length} of ${count} agree (${(100 - (100 * differing.length) / count).toFixed(1)} %)`,
);
await cluster.down(quiet, new AbortController().signal);
rmSync(state, { recursive: true, force: true });
process.exit(differing.length === 0 ? 0 : 1);

async function both(test: Case) {
  const [there, here] = await Promise.all([play(real, test, null), play(ours, test, null)]);
  const { hard, soft } = compare(there, here);
  return { real: there, ours: here, hard, soft };
}
