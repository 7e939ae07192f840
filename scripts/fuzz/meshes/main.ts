/** npm run fuzz:meshes -- --help */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Answer, sandboxAnswer } from './answer.ts';
import { compare, type Difference } from './compare.ts';
import { knownAs } from './known.ts';
import { type Mesh, mesh, question } from './mesh.ts';
import { askOracle } from './oracle.ts';
import { plain } from './plain.ts';
import { readRecord, record } from './record.ts';
import { walks } from './walk.ts';

const HELP = `npm run fuzz:meshes -- [options]

Generated meshes, each given to real istiod (the oracle) and to the sandbox; what they say of it is compared field by
field: what is refused and in which words, warnings, analysis, and the listeners, routes, clusters and endpoints of
each sidecar. The last line is the score; the exit code is 1 when there is an unknown difference. Ctrl-C ends it
after the mesh at hand.

  --seed S       which meshes; the same seed makes the same ones (default: the time, printed)
  --count N      how many (default 300)
  --only I       mesh number I of the seed alone, with every difference
  --oracle PATH  the program that holds istiod (default: the environment variable ISTIO_TUTOR_ORACLE)
  --most N       how many may differ with the exit code still 0 (default 0)
  --show N       how many meshes that differ are shown in full (default 5)
  --print        print the meshes in the oracle's form, one per line, and compare nothing
  --walk         not by chance: the meshes that set each field of Istio's schemas once
  --record FILE  also keep the meshes and istiod's answers, for npm test
  --from FILE    compare with what such a file holds, and ask no oracle
  --help         this

The oracle reads meshes from standard input, one JSON document per line, and writes istiod's answers to standard output;
its form is described in docs/decisions/2026-11-28-meshes-against-istiod.md.`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    count: { type: 'string', default: '300' },
    only: { type: 'string' },
    oracle: { type: 'string', default: process.env.ISTIO_TUTOR_ORACLE ?? '' },
    most: { type: 'string', default: '0' },
    show: { type: 'string', default: '5' },
    print: { type: 'boolean', default: false },
    walk: { type: 'boolean', default: false },
    record: { type: 'string' },
    from: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

async function main(): Promise<number> {
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  if (values.from !== undefined) {
    const recorded = readRecord(values.from);
    return hold(recorded, recorded.length);
  }
  const seed = values.seed ?? new Date().toISOString();
  const count = Number(values.count);
  if (!Number.isInteger(count) || count < 1)
    return complain(`--count ${values.count} is not a number of meshes.`);
  const meshes = values.walk
    ? walks().map(each => each.mesh)
    : values.only === undefined
      ? Array.from({ length: count }, (_, i) => mesh(seed, i))
      : [mesh(seed, Number(values.only))];
  if (values.print) {
    for (const each of meshes) console.log(question(each));
    return 0;
  }
  if (values.oracle === '') return complain(NO_ORACLE);
  if (!existsSync(values.oracle)) return complain(`There is no oracle at ${values.oracle}.\n${NO_ORACLE}`);
  console.log(
    values.walk ? `${meshes.length} meshes of the walk` : `${meshes.length} meshes of seed ${seed}`,
  );
  return hold(askOracle(values.oracle, meshes), meshes.length);
}

const NO_ORACLE = `Nothing was compared, because no oracle is named: a program that answers as istiod does.
Build one over the Istio sources, as docs/decisions/2026-11-28-meshes-against-istiod.md says, and name it:
  ISTIO_TUTOR_ORACLE=/path/to/oracle npm run fuzz:meshes`;

function complain(text: string): number {
  console.error(text);
  return 2;
}

type Answered = AsyncIterable<[Mesh, Answer]> | Iterable<[Mesh, Answer]>;

async function hold(answered: Answered, count: number): Promise<number> {
  const started = Date.now();
  const byPath = new Map<string, { times: number; first: string }>();
  let [done, differ, chance, purpose, shown] = [0, 0, 0, 0, 0];
  let stopped = false;
  process.once('SIGINT', () => (stopped = true));
  const kept: [Mesh, Answer][] = [];
  for await (const [each, answer] of answered) {
    if (values.from !== undefined && values.only !== undefined && !each.id.endsWith(`/${values.only}`))
      continue;
    done++;
    const real = plain(answer);
    if (values.record !== undefined) kept.push([each, real]);
    const all = differences(each, real);
    const found = all.filter(one => knownAs(each, one) === undefined);
    if (found.length > 0) differ++;
    else if (all.some(one => knownAs(each, one)?.why === 'purpose')) purpose++;
    else if (all.length > 0) chance++;
    for (const { path } of new Map(found.map(one => [one.path, one])).values()) {
      const { times, first } = byPath.get(path) ?? { times: 0, first: each.id };
      byPath.set(path, { times: times + 1, first });
    }
    if (found.length > 0 && (values.only !== undefined || shown < Number(values.show))) {
      shown++;
      tell(each.id, found);
    }
    progress(done, count, differ, started);
    if (stopped) break;
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  if (values.record !== undefined) record(values.record, kept);
  if (byPath.size > 0) console.log('Meshes that differ, by path:');
  for (const [path, { times, first }] of [...byPath].sort((a, b) => b[1].times - a[1].times)) {
    console.log(`  ${String(times).padStart(5)}  ${path}  (first: ${first})`);
  }
  const equal = done - differ - purpose;
  const share = ((100 * equal) / done).toFixed(2);
  const within = chance > 0 ? ` (${chance} but for what istiod leaves to chance)` : '';
  console.log(
    `${equal} of ${done} meshes are equal${within}, ${share} %; ${purpose} differ on purpose, ${differ} otherwise`,
  );
  return differ <= Number(values.most) ? 0 : 1;
}

function differences(each: Mesh, real: ReturnType<typeof plain>): Difference[] {
  try {
    return compare(real, plain(sandboxAnswer(each)));
  } catch (error) {
    return [{ at: 'sandbox', path: 'sandbox', real: undefined, ours: (error as Error).stack }];
  }
}

function tell(id: string, found: readonly Difference[]): void {
  console.log(`${id}:`);
  const limit = values.only === undefined ? 4 : found.length;
  for (const { client, at, real, ours } of found.slice(0, limit)) {
    console.log(`  ${client ? `client ${client}: ` : ''}${at}`);
    console.log(`    istiod:  ${short(real)}`);
    console.log(`    sandbox: ${short(ours)}`);
  }
  if (found.length > limit) console.log(`  and ${found.length - limit} more`);
}

function short(value: unknown): string {
  const text = value === undefined ? '(nothing)' : JSON.stringify(value);
  return text.length > 500 && values.only === undefined ? `${text.slice(0, 500)}…` : text;
}

let told = 0;
function progress(done: number, of: number, differ: number, started: number): void {
  const line = `${done} of ${of}, ${differ} differ, ${Math.round((Date.now() - started) / 1000)} s`;
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
  else if (Date.now() - told > 10_000) {
    if (told !== 0) console.error(line);
    told = Date.now();
  }
}

process.exitCode = await main();
