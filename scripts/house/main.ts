// `npm run house`: the figures of src/, and what each room imports, from the top floor down. With --write the
// latter goes into docs/architecture.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { counts } from './counts.ts';
import { floorsText, withFloors } from './floors.ts';

const root = resolve(import.meta.dirname, '../..');
const src = join(root, 'src');
const page = join(root, 'docs/architecture.md');
const floors = floorsText(root, src);

if (process.argv.includes('--write')) writeFileSync(page, withFloors(readFileSync(page, 'utf8'), floors));
for (const [what, figure] of Object.entries(counts(root, src))) console.log(`${what.padEnd(40)} ${figure}`);
console.log(`\n${floors}`);
