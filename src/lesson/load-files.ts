/** The files of a lesson or a drill, as texts. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { UserError } from '../shared/errors.ts';

/** Reads one file. Throws a UserError that names it as `name`. */
export async function readText(path: string, name: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new UserError(
      {
        what: missing ? `${name} is missing.` : `${name} cannot be read.`,
        ...(missing ? {} : { why: (error as Error).message }),
        next: ['A course is a folder with course.yaml and one folder a lesson; see CONTRIBUTING.md.'],
      },
      error,
    );
  }
}

/** Every YAML file of a folder but the one that describes it (lesson.yaml, drill.yaml), by its path relative to the folder. */
export async function readManifests(root: string, but: string): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter(e => e.isFile() && /\.ya?ml$/.test(e.name))
    .map(e => relative(root, join(e.parentPath, e.name)).replaceAll('\\', '/'))
    .filter(path => path !== but)
    .sort();
  return Object.fromEntries(
    await Promise.all(paths.map(async path => [path, await readFile(join(root, path), 'utf8')] as const)),
  );
}
