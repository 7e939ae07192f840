/** npm run fuzz:differences -- --help */
import { parseArgs } from 'node:util';
import type { ProposedCall } from '../../../src/difference/types.ts';
import { callWords, differenceWords } from '../../../src/difference/words.ts';
import { withRegexes } from '../../../src/envoy/regex-work.ts';
import { type Change, changesOf } from './change.ts';
import { judge, type Verdict } from './verdict.ts';

const HELP = `npm run fuzz:differences -- [options]

Generated meshes, each with one field of one object changed, and what difference/ says of it, as istio-tutor plan asks. Held
against a grid of calls made of the manifests' words by force, and for each of them against Envoy's own JSON that it uses:
where that differs, a call must be found; where a call is found, it must differ. The exit code is 1 when less than
--least percent of the changes that matter are found, or one that does not matter is.

  --seed S      which meshes; the same seed makes the same ones (default: the time, printed)
  --meshes N    how many (default 100)
  --each N      changes of each mesh at most (default 6)
  --only I[/J]  mesh I of the seed alone, or its change J
  --least P     percent (default 98)
  --help        this`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    meshes: { type: 'string', default: '100' },
    each: { type: 'string', default: '6' },
    only: { type: 'string' },
    least: { type: 'string', default: '98' },
    help: { type: 'boolean', default: false },
  },
});

/** How often something was met, and where first. */
type Tally = Map<string, { readonly times: number; readonly first: string }>;

async function main(): Promise<number> {
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const { seed = new Date().toISOString(), only } = values;
  const total = { meshes: 0, mutants: 0, matter: 0, found: 0, false: 0 };
  const slowest = { ms: 0, id: '' };
  const unseen: Tally = new Map();
  const unfound: Tally = new Map();
  for (let at = 0; at < Number(values.meshes); at++) {
    if (only !== undefined && only.split('/')[0] !== String(at)) continue;
    total.meshes++;
    for (const change of changesOf(seed, at, Number(values.each))) {
      if (only?.includes('/') && change.id !== `${seed}/${only}`) continue;
      const verdict = await withRegexes(() => judge(change));
      total.mutants++;
      if (verdict.ms > slowest.ms) Object.assign(slowest, { ms: verdict.ms, id: change.id });
      if (verdict.matters !== null) {
        total.matter++;
        if (verdict.found.length > 0) total.found++;
        else tellMiss(verdict);
      }
      if (verdict.falseOnes.length > 0) {
        total.false++;
        tellFalse(verdict);
      }
      count(unseen, verdict.unseen, change);
      count(unfound, verdict.unfound, change);
    }
  }
  tellTally('Fields that differ for a call where its effect is the same:', unseen);
  tellTally('Aspects in which a call of the grid differs as none that was found does:', unfound);
  const share = total.matter === 0 ? 100 : (100 * total.found) / total.matter;
  console.log(
    `seed ${seed}: ${total.meshes} meshes, ${total.mutants} mutants, ${total.matter} matter, ${total.found} found, ` +
      `${share.toFixed(2)} %; ${total.false} found where nothing matters; slowest ${Math.round(slowest.ms)} ms (${slowest.id})`,
  );
  return share >= Number(values.least) && total.false === 0 ? 0 : 1;
}

function tellMiss({ change, matters, unfound }: Verdict): void {
  const why = unfound.size > 0 ? 'no call is proposed that shows it' : 'effectOf sees no difference';
  console.log(`missed: ${change.id} ${change.what}: ${why}`);
  if (matters !== null) console.log(`  ${callWords(matters.call)}: ${matters.paths.join(', ')}`);
}

function tellFalse({ change, falseOnes }: Verdict): void {
  console.log(`false: ${change.id} ${change.what}`);
  for (const each of falseOnes) {
    const { before, after } = differenceWords(each);
    console.log(`  ${callWords(each.call)}: ${each.aspect}: ${before} -> ${after}`);
  }
}

function count(tally: Tally, found: ReadonlyMap<string, ProposedCall>, change: Change): void {
  for (const [key, call] of found) {
    const { times, first } = tally.get(key) ?? {
      times: 0,
      first: `${change.id} ${change.what}, ${callWords(call)}`,
    };
    tally.set(key, { times: times + 1, first });
  }
}

function tellTally(title: string, tally: Tally): void {
  if (tally.size > 0) console.log(title);
  for (const [key, { times, first }] of [...tally].sort((a, b) => b[1].times - a[1].times)) {
    console.log(`  ${String(times).padStart(5)}  ${key}  (first: ${first})`);
  }
}

process.exitCode = await main();
