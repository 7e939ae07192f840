/** The text of the API's server, which clusters get in a ConfigMap. Read from the package, bundled or not. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BugError } from '../shared/errors.ts';

export const SCRIPT_FILE = 'api-server.mjs';

/** The script as it is in the package: src/world/api-server.mjs below the folder of package.json. */
export function apiScript(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const script = join(folder, 'src', 'world', SCRIPT_FILE);
    if (existsSync(join(folder, 'package.json')) && existsSync(script)) return readFileSync(script, 'utf8');
    if (folder === dirname(folder)) break;
  }
  throw new BugError({
    what: `The package lacks src/world/${SCRIPT_FILE}.`,
    next: ['Install istio-tutor again.'],
  });
}

/** Changes when the script does, so that pods are replaced when there is a new version. */
export function scriptHash(script: string = apiScript()): string {
  return createHash('sha256').update(script).digest('hex').slice(0, 16);
}
