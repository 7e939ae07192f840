/** Which scenes the words of a command line name: files, folders with a scene.yaml, folders of these. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../shared/errors.ts';
import { reasonOf } from '../shared/files/reason.ts';
import { loadScene } from './load-scene.ts';
import type { Scene } from './scene.ts';
import { isSceneFile } from './scene-files.ts';

const MOST = 1000;
const DEEPEST = 8;

/** A scene, or a word of the command line that names none, and what is wrong with it. */
export interface Unreadable {
  readonly file: string;
  readonly error: UserError;
}

/** All of them in the order of the words: those that can be read, and what is wrong with the others. */
export async function readScenes(
  words: readonly string[],
  root: string | undefined,
): Promise<{ readonly scenes: readonly Scene[]; readonly unreadable: readonly Unreadable[] }> {
  const unreadable: Unreadable[] = [];
  const orKeep = async <T>(file: string, work: () => Promise<readonly T[]>): Promise<readonly T[]> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      unreadable.push({ file, error });
      return [];
    }
  };
  const files = new Set<string>();
  for (const word of words) for (const file of await orKeep(word, () => scenesAt(word))) files.add(file);
  const scenes: Scene[] = [];
  for (const file of files) scenes.push(...(await orKeep(file, async () => [await loadScene(file, root)])));
  return { scenes, unreadable };
}

async function scenesAt(word: string): Promise<readonly string[]> {
  try {
    if (!(await lstat(word)).isDirectory()) return [word];
    const found = await within(word, DEEPEST);
    if (found.length > 0) return found;
  } catch (error) {
    if (error instanceof UserError) throw error;
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new UserError(
      {
        what: missing ? `There is nothing at ${word}.` : `${word} cannot be read.`,
        why: missing ? undefined : reasonOf(error, word),
        next: ['istio-tutor test FOLDER/scene.yaml', 'docs/scenes.md   tells how a scene is written'],
      },
      error,
    );
  }
  throw new UserError({
    what: `There is no scene in ${word}.`,
    why: 'A scene is a file scene.yaml or NAME.scene.yaml.',
    next: ['istio-tutor test FILE', 'docs/scenes.md   tells how a scene is written'],
  });
}

/** A link is followed nowhere: it would be somebody else's folder. */
async function within(folder: string, levels: number): Promise<string[]> {
  if (levels === 0) return [];
  const found: string[] = [];
  const entries = (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await within(path, levels - 1)));
    else if (isSceneFile(entry.name)) found.push(path);
    if (found.length > MOST)
      throw new UserError({ what: `There are more than ${MOST} scenes in ${folder}.`, next: ['name fewer'] });
  }
  return found;
}
