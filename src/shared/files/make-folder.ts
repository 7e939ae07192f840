/**
 * A folder with all that are above it. Node's own `recursive` never comes back where the system says of a folder that is
 * there that it is not (below /proc), and says ENOENT where the truth is a disk that cannot be written.
 */
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** `mode`: of the folders that are made. Rejects with the system's error for the first one that cannot be. */
export async function makeFolder(path: string, mode?: number): Promise<void> {
  if (await isMade(path, mode)) return;
  await makeFolder(dirname(path), mode);
  // Another process may have made it meanwhile.
  if (!(await isMade(path, mode))) throw await errorOf(path, mode);
}

/** False: a folder above it is missing. */
async function isMade(path: string, mode: number | undefined): Promise<boolean> {
  try {
    await mkdir(path, { mode });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return true;
    if (code === 'ENOENT' && dirname(path) !== path) return false;
    throw error;
  }
}

function errorOf(path: string, mode: number | undefined): Promise<unknown> {
  return mkdir(path, { mode }).then(
    () => new Error(`${path} was removed again.`),
    (error: unknown) => error,
  );
}
