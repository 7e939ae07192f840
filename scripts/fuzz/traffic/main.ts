/**
 * npm run fuzz:traffic -- --kubeconfig FILE [--seed N] [--count N] [--keep FILE] [--record FILE]
 * npm run fuzz:traffic -- --replay FILE [--keep FILE]
 * Generated meshes and calls, played by curl on a real cluster and in the sandbox, and the two results compared
 * by the rules of test/fidelity/compare.ts. The cluster of the kubeconfig must have the lab world and nothing
 * that is worth keeping: ALL Istio configuration on it is deleted before each case.
 * A case that differs is played again on both; what differs twice is reported, and kept with `--keep`. What a cluster
 * did in an hour is worth keeping, too: `--record` writes it down, and `--replay` compares a later sandbox with it.
 */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { sandboxCluster } from '../../../src/cluster/providers/sandbox/sandbox.ts';
import { connect } from '../../../src/kube/client.ts';
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
  --keep FILE        write the cases that differ, with what both did, as JSON
  --record FILE      add each case, with what the cluster did, as a line of JSON
  --replay FILE      play the cases of such a file in the sandbox alone`;

const { values } = parseArgs({
  options: {
    kubeconfig: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(Date.now() / 1000)) },
    count: { type: 'string', default: '100' },
    keep: { type: 'string' },
    record: { type: 'string' },
    replay: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help || (values.kubeconfig === undefined) === (values.replay === undefined)) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}

/** A case, and how to play it on the real cluster, or what that did when it was recorded. */
interface Found {
  readonly test: Case;
  readonly there: () => Promise<Outcome>;
}

/** Milliseconds that a real cluster takes at most, on a loaded machine. */
const DELAY = { effect: 1500, lines: 600 };
const names = worldNames();
const quiet = { stage: () => {}, line: () => {} };

const state = mkdtempSync(join(tmpdir(), 'istio-tutor-traffic-'));
const cluster = sandboxCluster({ names, paths: paths(state) });
await cluster.up(quiet, new AbortController().signal);
const ours: World = { kube: await connect(cluster.kubeconfig), names };
await addNamespace(ours);
const cases =
  values.replay === undefined ? await generated(values.kubeconfig ?? '') : recorded(values.replay);

const differing: { test: Case; real: Outcome; ours: Outcome; hard: readonly string[] }[] = [];
let texts = 0;
for (const [at, found] of cases.entries()) {
  let last = await both(found);
  if (last.hard.length > 0) last = await both(found);
  const { real, hard, soft } = last;
  if (soft.length > 0) texts++;
  if (hard.length > 0) {
    differing.push({ test: found.test, real, ours: last.ours, hard });
    console.log(`${found.test.name}\n${hard.map(line => `  ${line}`).join('\n')}`);
  }
  if (values.record !== undefined) {
    appendFileSync(values.record, `${JSON.stringify({ test: found.test, real })}\n`);
  }
  if ((at + 1) % 10 === 0)
    console.log(`${at + 1} played, ${differing.length} differ, ${texts} in texts alone`);
}
if (values.keep !== undefined) writeFileSync(values.keep, JSON.stringify(differing, null, 1));
const agree = cases.length - differing.length;
console.log(`${agree} of ${cases.length} agree (${((100 * agree) / cases.length).toFixed(1)} %)`);
await cluster.down(quiet, new AbortController().signal);
rmSync(state, { recursive: true, force: true });
process.exit(differing.length === 0 ? 0 : 1);

async function generated(kubeconfig: string): Promise<readonly Found[]> {
  const { 'current-context': context } = parse(readFileSync(kubeconfig, 'utf8')) as Record<string, string>;
  if (context === undefined) throw new Error(`${kubeconfig} has no current-context.`);
  const real: World = { kube: await connect({ path: kubeconfig, context }), names, delay: DELAY };
  await addNamespace(real);
  const first = Number(values.seed);
  console.log(`seed ${first}, ${values.count} cases`);
  return Array.from({ length: Number(values.count) }, (_, i) => {
    const test = makeCase(new Random(first + i), `fuzz-${first + i}`);
    return { test, there: () => play(real, test, null) };
  });
}

function recorded(file: string): readonly Found[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map(line => {
    const { test, real } = JSON.parse(line) as { test: Case; real: Outcome };
    return { test, there: async () => real };
  });
}

async function addNamespace({ kube }: World): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-b' } };
  await kube.request('POST', '/api/v1/namespaces', { body }).catch(() => {});
}

async function both({ test, there }: Found) {
  const [real, here] = await Promise.all([there(), play(ours, test, null)]);
  return { real, ours: here, ...compare(real, here) };
}
