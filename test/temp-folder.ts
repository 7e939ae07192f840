/**
 * One temporary folder for a whole run of the tests, removed at its end: whatever a test leaves behind in
 * os.tmpdir(), and many do, goes with it.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

const PREFIX = 'tests-of-tutor-';

export default function setup(): (() => void) | undefined {
  // Called once for the run and once for each of its projects.
  if (basename(tmpdir()).startsWith(PREFIX)) return undefined;
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  chmodSync(folder, 0o755); // some tests look at it as another user
  process.env.TMPDIR = folder;
  return () => {
    rmSync(builtFolder(), { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  };
}

/** Where this run's built program is: below the repository, for it looks upwards for its lessons. */
export function builtFolder(): string {
  return resolve(import.meta.dirname, '../node_modules/.cache/istio-tutor', `built-${basename(tmpdir())}`);
}
