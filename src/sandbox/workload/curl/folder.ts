/** The sandbox's own folder in the system's temporary folder: created when first needed, for this user alone. */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeWholeSync } from '../../../shared/files/write.ts';
import { isAlive } from '../../../shared/is-alive.ts';
import { sandboxFolders } from '../../../shared/temp-folder.ts';

export class CurlFolder {
  #path: string | null = null;

  get path(): string {
    this.#path ??= makeFolder();
    return this.#path;
  }

  /**
   * A file with this text, written once; only if complete, so that a file cut off by a full disk is never used as a
   * certificate.
   */
  copyOf(text: string): string {
    const file = join(this.path, createHash('sha256').update(text).digest('hex').slice(0, 32));
    if (!existsSync(file)) writeWholeSync(file, text, { mode: 0o600, sync: false });
    return file;
  }

  async remove(): Promise<void> {
    if (this.#path) await rm(this.#path, { recursive: true, force: true });
    this.#path = null;
  }
}

/** Removes first what killed sandboxes have left behind. */
function makeFolder(): string {
  removeDeadFolders();
  return mkdtempSync(join(tmpdir(), `${sandboxFolders()}${process.pid}-`));
}

/**
 * Removes what killed sandboxes have left behind; their processes are known by number, on this host only. Returns the
 * paths.
 */
export function removeDeadFolders(): string[] {
  const here = sandboxFolders();
  const dead = readdirSync(tmpdir()).filter(name => {
    const pid = name.startsWith(here) ? /^\d+(?=-)/.exec(name.slice(here.length))?.[0] : undefined;
    return pid !== undefined && !isAlive(Number(pid));
  });
  return dead.map(name => join(tmpdir(), name)).filter(removeQuietly);
}

function removeQuietly(path: string): boolean {
  try {
    rmSync(path, { recursive: true, force: true });
    return true;
  } catch {
    return false; // Another user's, so not for us to remove.
  }
}
