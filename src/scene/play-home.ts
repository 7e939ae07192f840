/** Where the playground lives: its folder of YAML files, and what is kept of it in the data folder. */
import { rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Course } from '../course/course.ts';
import { loadScene } from '../course/load-scene.ts';
import { isSceneFile } from '../course/scene-files.ts';
import type { Call } from '../course/schema.ts';
import type { Played as PlayedPort } from '../lesson/engine-core.ts';
import { mineName, putAll, unreadable } from '../lesson/learner-files.ts';
import { withoutTask } from '../lesson/task-comment.ts';
import type { Workspace } from '../lesson/workspace.ts';
import { UserError } from '../shared/errors.ts';
import { moveAside } from '../shared/files/move-aside.ts';
import { isThere } from '../shared/files/read.ts';
import { tilde } from '../shared/paths.ts';
import { shellWord } from '../shared/shell.ts';
import type { WorldNames } from '../world/names.ts';
import { clientNames, type TeamWorld } from '../world/team-world.ts';
import type { PlayFile } from './play-files.ts';
import type { Played } from './play-scene.ts';
import {
  EMPTY,
  PLAY,
  type PlayState,
  playCourse,
  readPlayground,
  withCall,
  worldOf,
  writePlayground,
} from './playground.ts';
import { sceneText } from './scene-text.ts';

export interface PlayHome extends PlayedPort {
  readonly state: PlayState;
  /** Of its own; null: the lab's. */
  readonly world: TeamWorld | null;
  /** Where its objects are that name no namespace; `lab`: the names of the lab's world. */
  namesIn(lab: WorldNames): WorldNames;
  /** Another object whenever `state` is another. */
  readonly course: Course;
  /** Puts a scene, or a step, in the place of what is there, which is kept. Returns what is to be told. */
  load(played: Played): Promise<readonly string[]>;
  /** Saves it as a scene in this file, which must not be there yet. Throws a UserError. */
  saveAs(path: string): Promise<void>;
}

/** `file`: in the data folder. `workspace`: its folder `playground` is the playground's. */
export async function openPlayHome(file: string, workspace: Workspace): Promise<PlayHome> {
  let state = await readPlayground(file);
  let course = playCourse(state);
  const folder = workspace.folder(PLAY);

  async function keep(next: PlayState): Promise<void> {
    if (next === state) return;
    state = next;
    course = playCourse(next);
    await writePlayground(file, next);
  }

  /** Puts the files of the folder aside, but those that are as these are. */
  async function makeRoom(wanted: readonly PlayFile[]): Promise<readonly string[]> {
    const there = Object.entries(await workspace.read(PLAY));
    const others = there.filter(([name, { text }]) =>
      wanted.every(each => each.name !== name || each.text !== text),
    );
    for (const [name] of others) {
      const path = join(folder, name);
      await moveAside(path, n => mineName(path, n)).catch(error => {
        throw unreadable(path, error);
      });
    }
    return others.map(([name]) => name);
  }

  /** A file that was copied from a lesson's folder has the lesson's task above it, which is none of a scene's. */
  async function files(): Promise<readonly PlayFile[]> {
    const there = Object.entries(await workspace.read(PLAY));
    return there.map(([name, { text }]) => ({ name, text: withoutTask(text) }));
  }

  async function saveAs(path: string): Promise<void> {
    if (!isSceneFile(basename(path))) throw misnamed(path);
    if (await isThere(path)) throw taken(path);
    await putAll([{ path: resolve(path), text: sceneText(state, await files()), aside: false }]);
    try {
      // What cannot be read by others is of no use to them: it is said now, and not when they try.
      await loadScene(path, undefined);
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }

  return {
    get state() {
      return state;
    },
    get course() {
      return course;
    },
    get world() {
      return worldOf(state);
    },
    namesIn(lab) {
      const [client] = worldOf(state)?.clients ?? [];
      return client === undefined ? lab : clientNames(client);
    },
    async load({ state: next, files: wanted, leftOut }) {
      const moved = await makeRoom(wanted);
      await workspace.put(PLAY, Object.fromEntries(wanted.map(({ name, text }) => [name, text])), false);
      await keep(next);
      return [...keptText(moved), ...leftOut];
    },
    saveAs,
    called: (call: Call) => keep(withCall(state, call)),
    async save() {
      const path = await freePath(join(folder, '..'));
      await saveAs(path);
      return `Saved as ${tilde(path)}: istio-tutor play ${tilde(path)} opens it, istio-tutor test runs it.`;
    },
    async empty() {
      const moved = await makeRoom([]);
      await keep(EMPTY);
      return ['The playground is empty.', ...keptText(moved)].join(' ');
    },
  };
}

function keptText(moved: readonly string[]): string[] {
  if (moved.length === 0) return [];
  return [
    `Yours ${moved.length === 1 ? 'is' : 'are'} kept as ${moved.map(name => `${name}.mine`).join(', ')}.`,
  ];
}

async function freePath(folder: string): Promise<string> {
  for (let n = 1; ; n++) {
    const path = join(folder, `${n === 1 ? PLAY : `${PLAY}-${n}`}.scene.yaml`);
    if (!(await isThere(path))) return path;
  }
}

function taken(path: string): UserError {
  return new UserError({
    what: `${path} is there already, and is not written over.`,
    next: ['--save ANOTHER.scene.yaml', `rm ${path}   if nobody needs it`],
  });
}

/** Under another name no folder's scenes would have it among them. */
function misnamed(path: string): UserError {
  const stem = path.replace(/(\.[A-Za-z]{1,5})?\/*$/, '');
  const name = path.endsWith('/') ? join(path, 'scene.yaml') : `${/\w$/.test(stem) ? stem : PLAY}.scene.yaml`;
  return new UserError({
    what: `${path} is no name for a scene.`,
    why: 'A scene is a file NAME.scene.yaml, or scene.yaml in a folder.',
    next: [`--save ${shellWord(name)}`],
  });
}
