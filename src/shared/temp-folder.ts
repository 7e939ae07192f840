/** A folder under the system's for temporary files, which may be missing, full or somebody else's. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ToolError } from './errors.ts';
import { reasonOf } from './files/reason.ts';

/** Makes one for this program and this user alone. Throws a ToolError that names TMPDIR. */
export async function makeTempFolder(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'istio-tutor-'));
  } catch (error) {
    throw unusable(error);
  }
}

/** Throws a ToolError where no temporary file can be written: now, rather than when the first one is needed. */
export async function tryTempFolder(): Promise<void> {
  const folder = await makeTempFolder();
  try {
    await writeFile(join(folder, 'try'), Buffer.alloc(4096));
  } catch (error) {
    throw unusable(error);
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

function unusable(error: unknown): ToolError {
  const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  return new ToolError(
    {
      what: 'Temporary files cannot be written.',
      why: missing ? `There is no folder ${tmpdir()}.` : reasonOf(error, tmpdir()),
      next: ['export TMPDIR=DIR   names a folder that is there and can be written'],
    },
    error,
  );
}
