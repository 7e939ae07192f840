/** Texts of manifests as files of the playground's folder: each with a name that any file system takes. Pure. */
import { parseManifest } from '../course/manifest.ts';

export interface PlayFile {
  readonly name: string;
  readonly text: string;
}

/**
 * `file`: where the text comes from, a path or the scene itself. Names come from somebody else's scene, so nothing of
 * them but letters, digits, dots, dashes and underscores is kept, and no two differ only in case.
 */
export function playFiles(
  manifests: readonly { readonly file: string; readonly text: string }[],
): PlayFile[] {
  const files: PlayFile[] = [];
  const taken = new Set<string>();
  for (const { file, text } of manifests) {
    if (text.trim() === '') continue;
    const stem = stemOf(file, text);
    let name = `${stem}.yaml`;
    for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${stem}-${n}.yaml`;
    taken.add(name.toLowerCase());
    // The lines above an inline manifest are the scene's.
    files.push({ name, text: `${text.replace(/^\n+/, '').trimEnd()}\n` });
  }
  return files;
}

function stemOf(file: string, text: string): string {
  const base = file.split('/').at(-1) ?? '';
  const own = /(^|\.)scene\.ya?ml$/.test(base) ? firstObject(text, file) : base.replace(/\.ya?ml$/, '');
  const plain = own.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+/, '');
  return plain.slice(0, 60) || 'manifest';
}

/** 'virtual-service-users' for a manifest that stands in the scene itself. */
function firstObject(text: string, file: string): string {
  const [first] = parseManifest(text, file);
  if (first === undefined) return '';
  const kind = first.ref.kind.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
  return `${kind}-${first.ref.name}`;
}
