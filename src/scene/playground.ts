/**
 * What the playground holds beside the files in its folder: whose world it is, and the calls to choose from. One JSON
 * file in the data folder, saved atomically at each change, so that whatever ends the program loses nothing of it.
 */
import { dirname } from 'node:path';
import * as z from 'zod';
import type { Course, Lesson } from '../course/course.ts';
import type { NamedCall } from '../course/scene.ts';
import { world } from '../course/scene-world.ts';
import { type Change, call, clients } from '../course/schema.ts';
import { planOf } from '../course/world-plan.ts';
import { UserError } from '../shared/errors.ts';
import { makeFolder } from '../shared/files/make-folder.ts';
import { readIfThere } from '../shared/files/read.ts';
import { reasonOf } from '../shared/files/reason.ts';
import { writeWhole } from '../shared/files/write.ts';
import { tilde } from '../shared/paths.ts';
import { readFormat } from '../shared/read-format.ts';
import type { TeamWorld } from '../world/team-world.ts';

const FORMAT = 1;

/** How the servers are, other than in a fresh world. */
const change = z.union([
  z.strictObject({ scale: z.strictObject({ deployment: z.string(), replicas: z.number() }) }),
  z.strictObject({
    env: z.strictObject({
      deployment: z.string(),
      name: z.enum(['APP_VERSION', 'FIREWALL']),
      value: z.string(),
    }),
  }),
  z.strictObject({ service: z.strictObject({ name: z.string(), present: z.boolean() }) }),
]);

const playground = z.object({
  title: z.string(),
  about: z.string().optional(),
  clients,
  /** Left out: the lab's world. */
  world: world.optional(),
  changes: z.array(change),
  calls: z.array(z.object({ name: z.string(), title: z.string(), call })),
});
const file = playground.extend({ format: z.literal(FORMAT) });

export type PlayState = Readonly<z.infer<typeof playground>>;
export type ServerChange = z.infer<typeof change>;

/** The id of its one lesson and step, and the name of its folder. */
export const PLAY = 'playground';

export const EMPTY: PlayState = { title: 'Playground', changes: [], calls: [] };

/** Most calls that are kept; the oldest of the learner's own give way. */
const MOST_CALLS = 50;

/** Throws a UserError when there is a file that cannot be used. */
export async function readPlayground(path: string): Promise<PlayState> {
  const text = await readIfThere(path).catch(error => {
    throw unusable(path, reasonOf(error, path));
  });
  if (text === null) return EMPTY;
  const found = readFormat(text, FORMAT, file);
  if ('why' in found) throw unusable(path, found.why);
  const { format: _, ...state } = found.value;
  return state;
}

function unusable(path: string, why: string): UserError {
  return new UserError({
    what: `The playground in ${tilde(path)} cannot be used.`,
    why,
    next: [`mv ${tilde(path)} ${tilde(path)}.aside   begins a new one; its files stay`],
  });
}

/** Throws a UserError that says why it cannot be saved. */
export async function writePlayground(path: string, state: PlayState): Promise<void> {
  try {
    await makeFolder(dirname(path));
    await writeWhole(path, `${JSON.stringify({ format: FORMAT, ...state }, null, 2)}\n`);
  } catch (error) {
    throw new UserError(
      {
        what: 'The playground could not be saved.',
        why: reasonOf(error, path),
        next: ['--state DIR   uses another folder'],
      },
      error,
    );
  }
}

/** With a call that was sent; one that is there already stays as it is. */
export function withCall(state: PlayState, sent: NamedCall['call']): PlayState {
  const text = JSON.stringify([sent.curl, sent.from]);
  if (state.calls.some(each => JSON.stringify([each.call.curl, each.call.from]) === text)) return state;
  const name = freeName('call', state.calls);
  const added = {
    name,
    title: name,
    call: { curl: sent.curl, ...(sent.from === undefined ? {} : { from: sent.from }) },
  };
  const kept = [...state.calls, added];
  const own = kept.find(each => /^call-\d+$/.test(each.name));
  return { ...state, calls: kept.length > MOST_CALLS ? kept.filter(each => each !== own) : kept };
}

/** 'call-3': the first number that no call has. */
function freeName(stem: string, calls: PlayState['calls']): string {
  for (let n = 1; ; n++) if (calls.every(each => each.name !== `${stem}-${n}`)) return `${stem}-${n}`;
}

export function worldOf({ world: written }: PlayState): TeamWorld | null {
  return written === undefined ? null : planOf(written);
}

/** As a course of one lesson of one step, which the lessons' engine and screens play. */
export function playCourse(state: PlayState): Course {
  const { title, about, changes, calls } = state;
  const lesson: Lesson = {
    format: 1,
    id: PLAY,
    number: 1,
    title,
    summary:
      'an empty mesh and a folder: whatever you save is applied, any call is sent, and its way is drawn',
    minutes: 0,
    clients: state.clients,
    // Of a world of its own they name its own servers, which the lessons' vocabulary does not know.
    start: changes as Change[],
    steps: [
      {
        kind: 'fix',
        id: PLAY,
        title,
        task: 'Whatever YAML you save in this folder is applied; c sends a call, o has those of the scene.',
        ...{ files: [], checks: [], hints: [], solution: [] },
      },
    ],
    prose: { [PLAY]: { before: about ?? '', after: '' } },
    folder: PLAY,
    files: {},
    playground: { calls, ownWorld: state.world !== undefined },
  };
  return { title: 'Playground', istio: [], lessons: [lesson] };
}
