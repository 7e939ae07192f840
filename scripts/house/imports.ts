// Who imports whom, read from the sources: static imports, `import()` and types, of every file of a folder.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export interface Import {
  /** The importing file, relative to the repository: 'src/kube/apply.ts'. */
  readonly file: string;
  /** What it imports: a file like `file`, or a package's name. */
  readonly target: string;
  readonly dynamic: boolean;
  /** It disappears at run time. */
  readonly typeOnly: boolean;
}

const IMPORT =
  /^\s*(?:import|export)\s+(type\s)?[^'"()]*?from\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|(import)\(\s*['"]([^'"]+)['"]\s*\)/gm;

/** Absolute paths of the program files below `folder`. */
export function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.(ts|tsx|mjs)$/.test(name))
    .map(name => join(folder, name));
}

/** The imports of the file at `path`, in the order of its lines; `root` is the repository. */
export function importsOf(root: string, path: string): Import[] {
  const file = relative(root, path);
  return [...readFileSync(path, 'utf8').matchAll(IMPORT)].map(match => {
    const target = match[2] ?? match[3] ?? match[5] ?? '';
    return {
      file,
      target: target.startsWith('.') ? relative(root, resolve(dirname(path), target)) : target,
      dynamic: match[4] !== undefined,
      typeOnly: match[1] !== undefined,
    };
  });
}

/** The room a file of src/ is in: the folder's name, or the file's own for those in src/ itself. */
export function roomOf(path: string): string | undefined {
  const [folder, room] = path.split('/');
  return folder === 'src' ? room : undefined;
}

/** What each room imports of the others, by name; static, dynamic and types alike. */
export function roomsOf(imports: readonly Import[]): Map<string, Set<string>> {
  const rooms = new Map<string, Set<string>>();
  for (const { file, target } of imports) {
    const [from, to] = [roomOf(file), roomOf(target)];
    if (from === undefined) continue;
    const below = rooms.get(from) ?? new Set();
    rooms.set(from, below);
    if (to !== undefined && to !== from) below.add(to);
  }
  return rooms;
}

/**
 * The circles of a graph (Tarjan's strongly connected components of more than one node, or of one that points at
 * itself), each sorted.
 */
export function circles(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];

  function visit(node: string): void {
    index.set(node, index.size);
    low.set(node, index.size - 1);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node) ?? 0, low.get(next) ?? 0));
    }
    if (low.get(node) !== index.get(node)) return;
    const members = stack.splice(stack.indexOf(node));
    if (members.length > 1 || graph.get(node)?.has(node)) found.push(members.sort());
  }

  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return found;
}

/** For each file, the files that it loads at run time; types are left out. */
export function loadedBy(imports: readonly Import[]): Map<string, Set<string>> {
  const graph = new Map<string, Set<string>>();
  for (const { file, target, typeOnly } of imports) {
    if (typeOnly || roomOf(target) === undefined) continue;
    graph.set(file, (graph.get(file) ?? new Set()).add(target));
  }
  return graph;
}
