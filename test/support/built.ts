import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { vi } from 'vitest';
import { options } from '../../scripts/build.js';
import { builtFolder } from '../temp-folder.ts';

/**
 * Bundles the sources as they are now, once for all that ask in this run of the tests, and returns the path of the
 * built main.js.
 */
export async function builtProgram(): Promise<string> {
  const folder = builtFolder();
  const outdir = join(folder, 'dist');
  const outcome = join(folder, 'outcome');
  if (isFirst(folder)) {
    const failure = await build({ ...options, outdir }).then(
      () => '',
      error => String(error),
    );
    writeFileSync(outcome, failure);
  }
  await vi.waitUntil(() => existsSync(outcome), { timeout: 60_000 });
  const failure = readFileSync(outcome, 'utf8');
  if (failure !== '') throw new Error(failure);
  return join(outdir, 'main.js');
}

/** Who makes the folder builds. */
function isFirst(folder: string): boolean {
  mkdirSync(dirname(folder), { recursive: true });
  try {
    mkdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
