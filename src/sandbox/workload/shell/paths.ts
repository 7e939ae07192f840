/** Paths within a container. */
import { posix } from 'node:path';
import type { ContainerFiles } from './files.ts';
import { hasPattern, matches, type PatternText } from './patterns.ts';

/** `path` from `folder`, without dots and double slashes. */
export function pathIn(folder: string, path: string): string {
  const full = posix.resolve('/', folder, path);
  return full === '/' ? full : full.replace(/\/+$/, '');
}

/** '/a/b' -> '/a', '/a/b' */
export function pathsTo(path: string): string[] {
  const parts = path.split('/').slice(1);
  return parts.map((_, at) => `/${parts.slice(0, at + 1).join('/')}`);
}

/** The paths that a pattern matches, sorted; hidden files only if it asks for them. */
export function pathsOf(files: ContainerFiles, folder: string, pattern: readonly PatternText[]): string[] {
  const segments = segmentsOf(pattern);
  const absolute = segments[0]?.length === 0;
  let found: string[] = [absolute ? '/' : ''];
  for (const segment of absolute ? segments.slice(1) : segments) {
    found = found.flatMap(base => {
      const place = pathIn(folder, base === '' ? '.' : base);
      const join = (name: string) => (base === '' ? name : posix.join(base, name));
      if (!hasPattern(segment)) {
        const path = join(segment.map(piece => piece.text).join(''));
        const full = pathIn(folder, path);
        return files.isFolder(full) || files.read(full) !== null ? [path] : [];
      }
      const shown = files.isFolder(place) ? files.list(place) : [];
      const hidden = segment[0]?.text.startsWith('.') === true;
      return shown.filter(name => (hidden || !name.startsWith('.')) && matches(segment, name)).map(join);
    });
  }
  return found.sort();
}

function segmentsOf(pattern: readonly PatternText[]): PatternText[][] {
  const segments: PatternText[][] = [[]];
  for (const { text, quoted } of pattern) {
    for (const [index, part] of text.split('/').entries()) {
      if (index > 0) segments.push([]);
      if (part !== '') segments.at(-1)?.push({ text: part, quoted });
    }
  }
  return segments;
}
