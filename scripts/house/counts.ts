// What can be counted in a source tree without an opinion: sizes, names, imports, idioms.
import { readFileSync } from 'node:fs';
import { circles, importsOf, loadedBy, roomsOf, sourcesIn } from './imports.ts';

const EXPORTED =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:function\*?|class|interface|type|const|let|enum) (\w+)/gm;
const SPREAD = /\.\.\.\(.*(?:\? \{\} :|: \{\}\))/g;
const PRIVATE = /^\s+(?:constructor\()?(?:private|protected) (?:readonly )?\w+/gm;

/** The figures of the files below `folder`; `root` is the repository. */
export function counts(root: string, folder: string): Record<string, number | string> {
  const files = sourcesIn(folder).map(path => ({ path, text: readFileSync(path, 'utf8') }));
  const lines = files.map(({ text }) => text.split('\n').length - 1).sort((a, b) => a - b);
  const imports = files.flatMap(({ path }) => importsOf(root, path));
  const rooms = roomsOf(imports);
  const every = (pattern: RegExp) =>
    files.reduce((sum, { text }) => sum + [...text.matchAll(pattern)].length, 0);
  return {
    files: files.length,
    lines: lines.reduce((sum, each) => sum + each, 0),
    'median file': lines[Math.floor(lines.length / 2)] ?? 0,
    'longest file': lines.at(-1) ?? 0,
    'exported names in more than one file': repeated(files.map(({ text }) => text)),
    'dynamic imports': imports.filter(({ dynamic }) => dynamic).length,
    'optional spreads': every(SPREAD),
    'private and protected members': every(PRIVATE),
    'circles of rooms': circles(rooms).length,
    'circles of files at run time': circles(loadedBy(imports)).length,
    'repeated runs of six lines': repeatedRuns(files),
  };
}

function repeated(texts: readonly string[]): number {
  const seen = new Map<string, number>();
  for (const text of texts)
    for (const name of new Set([...text.matchAll(EXPORTED)].map(([, name = '']) => name)))
      seen.set(name, (seen.get(name) ?? 0) + 1);
  return [...seen.values()].filter(times => times > 1).length;
}

/**
 * Runs of six lines (without blank ones, comments and imports) that occur in two places; a longer run counts as one.
 */
function repeatedRuns(files: readonly { path: string; text: string }[]): number {
  const seen = new Set<string>();
  let runs = 0;
  for (const { text } of files) {
    const lines = text
      .split('\n')
      .map(line => line.trim())
      .filter(
        line => line.length > 1 && !/^(\/\/|\/?\*|import |export .* from|[)}\]];?,?$|} from)/.test(line),
      );
    let inRun = false;
    for (let at = 0; at + 6 <= lines.length; at++) {
      const run = lines.slice(at, at + 6).join('\n');
      const again = seen.has(run);
      if (again && !inRun) runs++;
      inRun = again;
      seen.add(run);
    }
  }
  return runs;
}
