/** The pages of docs/reference: what a candidate may look up without a network, one for each of the four kinds. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageFile } from '../shared/paths.ts';

export const REFERENCE_KINDS = ['ServiceEntry', 'DestinationRule', 'VirtualService', 'Sidecar'] as const;
export type ReferenceKind = (typeof REFERENCE_KINDS)[number];

/** The page as Markdown. Rejects with the system's error where the package has lost it. */
export function readReference(kind: ReferenceKind): Promise<string> {
  const name = kind.replace(/(?<=[a-z])[A-Z]/g, letter => `-${letter}`).toLowerCase();
  return readFile(join(packageFile('docs/reference'), `${name}.md`), 'utf8');
}
