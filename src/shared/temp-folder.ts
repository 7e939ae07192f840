/** A folder under the system's for temporary files, which may be missing, full or somebody else's. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ToolError } from './errors.ts';
import { reasonOf } from './files/reason.ts';

/** How the folders of this host's sandboxes begin; a process's number follows, by which those of dead ones are known. */
export const sandboxFolders = () => `istio-tutor-sandbox-${hostname().replace(/[^\w.-]/g, '_')}-`;

/** Makes one for this program and this user alone. Throws a ToolError that names TMPDIR. */
export async function makeTempFolder(prefix = 'istio-tutor-'): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), prefix));
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
