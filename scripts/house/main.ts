// `npm run house`: the figures of src/, and what each room imports, from the top floor down.
import { join, resolve } from 'node:path';
import { counts } from './counts.ts';
import { floorsText } from './floors.ts';

const root = resolve(import.meta.dirname, '../..');
const src = join(root, 'src');
for (const [what, figure] of Object.entries(counts(root, src))) console.log(`${what.padEnd(40)} ${figure}`);
console.log(`\n${floorsText(root, src)}`);
