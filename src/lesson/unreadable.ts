/** A learner's manifest that is no YAML, or no object: told as a refusal is, beside the checks, with its line. */
import { ManifestError, parseManifest } from '../course/manifest.ts';
import type { Manifest } from './apply-changes.ts';
import type { AppliedObject } from './state.ts';
import { baseName } from './state-of.ts';

/** Null where it can be read. */
export function unreadable({ file, text }: Manifest, namespace: string): AppliedObject | null {
  try {
    parseManifest(text, file, namespace);
    return null;
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    const { line, column, why } = error;
    const message = `It cannot be read, from column ${column} on: ${why}\n${line} | ${shownLine(text, line)}`;
    return { what: baseName(file), outcome: 'refused', warnings: [], refusal: { message, file, line } };
  }
}

/** Characters of a line that are shown. */
const MOST = 200;

/** A tab is what is wrong most often, and looks like spaces. */
function shownLine(text: string, line: number): string {
  return (text.split('\n')[line - 1] ?? '').slice(0, MOST).trimEnd().replaceAll('\t', '<TAB>');
}
