/** Where this learner's mesh ran last: what the next start uses when no --on says otherwise. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Paths } from '../shared/paths.ts';
import { writeOurFile } from './providers/record.ts';

interface ChoiceFile {
  readonly version: 1;
  /** As --on takes it. */
  readonly on: string;
}

const fileOf = (place: Paths) => join(place.data, 'choice.json');

/** As --on takes it; null when nothing was chosen yet, or nothing that this version can read. */
export function rememberedChoice(place: Paths): string | null {
  try {
    const choice = JSON.parse(readFileSync(fileOf(place), 'utf8')) as ChoiceFile;
    if (choice.version === 1 && typeof choice.on === 'string') return choice.on;
  } catch {
    // None, or not ours: what is there decides.
  }
  // A kind cluster from before choices were remembered.
  return existsSync(place.kubeconfig('kind')) ? 'kind' : null;
}

/** A disk that cannot be written only means that the next start asks again. */
export function rememberChoice(place: Paths, on: string): void {
  if (rememberedChoice(place) === on) return;
  try {
    writeOurFile(fileOf(place), `${JSON.stringify({ version: 1, on } satisfies ChoiceFile)}\n`);
  } catch {
    // The first write that matters will report it.
  }
}
