/**
 * npm run tours -- --kubeconfig A --kubeconfig B [--write] [--diff] [TOUR...]
 * npm run tours -- --kubeconfig A --record DIR            keeps what A says
 * npm run tours -- --kubeconfig B --against DIR           holds B against what was kept
 * npm run tours -- --found DIR --against DIR              holds one record against another
 * Sends the commands of the tours to two clusters with the lab world, a real one (A) and the sandbox (B), and compares.
 * A difference without a reason in reasons.yaml fails, and so does a reason that is no longer needed. --diff shows what
 * each side said; --write makes the generated part of docs/sandbox.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createTwoFilesPatch } from 'diff';
import { withMarkedPart } from '../marked-part.ts';
import { type Comparison, compare, share } from './compare.ts';
import { pageText } from './page.ts';
import { readReasons } from './reasons.ts';
import { keep, kept } from './record.ts';
import { type Answers, runTour, type Said } from './run-tour.ts';
import { readTour, TOURS } from './tour.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kubeconfig: { type: 'string', multiple: true, default: [] },
    record: { type: 'string' },
    against: { type: 'string' },
    found: { type: 'string' },
    write: { type: 'boolean', default: false },
    diff: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
  },
});

const page = resolve(import.meta.dirname, '../../docs/sandbox.md');
const { record, against, found: foundIn, quick, kubeconfig: sides } = values;
const wanted = foundIn !== undefined ? 0 : record !== undefined || against !== undefined ? 1 : 2;
if (sides.length !== wanted) throw new Error(`--kubeconfig is needed ${['never', 'once', 'twice'][wanted]}`);

const comparisons = new Map<string, Comparison>();
for (const name of positionals.length > 0 ? positionals : TOURS) {
  const tour = readTour(name);
  const answers = await Promise.all(
    sides.map((kubeconfig, at) => {
      const onStop = (stop: string) => process.stderr.write(`${name} ${'AB'[at]}: ${stop}\n`);
      return runTour(tour, kubeconfig, { quick, onStop });
    }),
  );
  if (against !== undefined) answers.unshift(kept(against, name));
  if (foundIn !== undefined) answers.push(kept(foundIn, name));
  const [expected, found] = answers as [Answers, Answers];
  if (record !== undefined) keep(record, name, expected);
  else comparisons.set(name, compare(expected, found, readReasons(name)));
}

for (const [name, found] of comparisons) report(name, found);
if (values.write && !quick) {
  writeFileSync(page, withMarkedPart(readFileSync(page, 'utf8'), 'tours', pageText(comparisons)));
}
const failed = [...comparisons.values()].some(
  found => found.needless.length > 0 || found.differences.some(each => each.reason === undefined),
);
process.exitCode = failed ? 1 : 0;

function report(name: string, found: Comparison): void {
  for (const each of found.differences) {
    const { reason, expected, found: said } = each;
    if (values.diff) console.log(patch(each.name, expected, said));
    console.log(`${each.name.padEnd(28)} differs: ${reason?.because ?? 'NO REASON IS LISTED'}`);
  }
  for (const each of found.needless) console.log(`${each.padEnd(28)} is listed as different, and is not`);
  console.log(
    `${name}: ${found.equal.length} of ${found.commands} print the same, ${share(found).toFixed(1)} % mean the same\n`,
  );
}

function patch(name: string, expected: Said, found: Said): string {
  const lines = ({ exit, out, err }: Said) => `exit ${exit}\n${out}\n--- stderr\n${err}\n`;
  return createTwoFilesPatch('real', 'sandbox', lines(expected), lines(found), name, expected.command, {
    context: 2,
  });
}
