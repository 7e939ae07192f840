/**
 * The learner's progress: one JSON file, saved atomically after every step. A file that cannot be understood is moved
 * aside by whoever would write it, and reported; one that a newer istio-tutor wrote, or that the system does not let us
 * read, is left alone, and nothing is saved. Nothing is ever overwritten unread.
 */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import type { Problem } from '../shared/errors.ts';
import { makeFolder } from '../shared/files/make-folder.ts';
import { moveAside } from '../shared/files/move-aside.ts';
import { readIfThere } from '../shared/files/read.ts';
import { reasonOf } from '../shared/files/reason.ts';
import { writeWhole } from '../shared/files/write.ts';
import { tilde } from '../shared/paths.ts';
import { readFormat } from '../shared/read-format.ts';
import { type KeptStep, keptStep } from './kept-evidence.ts';
import { type Prediction, prediction } from './prediction.ts';

/** 2 has predictions, the time, and what done steps have shown; 1 is read as well. */
const FORMAT = 2;
/** So many steps keep their evidence, predictions among them, the newest ones: a file of a megabyte or two at most. */
const MOST_EVIDENCE = 200;

function byStep<T>(one: z.ZodType<T>) {
  return z
    .record(z.string(), one.nullable().catch(null))
    .transform(all =>
      Object.fromEntries(Object.entries(all).flatMap(([id, each]) => (each === null ? [] : [[id, each]]))),
    );
}

const lessonProgress = z.object({
  /** The step the learner was at. */
  at: z.string(),
  done: z.array(z.string()),
  /** Fixes that were begun: from then on, their files in the learner's folder are the learner's own. */
  begun: z.array(z.string()).default([]),
  /** By predict step. One that cannot be understood is left out, and takes nothing else with it. */
  predictions: byStep(prediction).exactOptional(),
  /** What other done steps have shown, by step; read in the same way. A version that does not know it drops it. */
  shown: byStep(keptStep).exactOptional(),
  /** Seconds that the lesson was open and worked on. */
  spent: z.number().nonnegative().exactOptional(),
});
const file = z.object({
  format: z.union([z.literal(1), z.literal(FORMAT)]),
  /** The lesson that was open last. */
  last: z.string().nullish(),
  lessons: z.record(z.string(), lessonProgress),
});

export type LessonRecord = Readonly<z.infer<typeof lessonProgress>>;

/** Of a lesson that was never opened; null for one without steps. */
export function untouched(lesson: {
  readonly steps: readonly { readonly id: string }[];
}): LessonRecord | null {
  const [first] = lesson.steps;
  return first === undefined ? null : { at: first.id, done: [], begun: [] };
}

export interface ProgressStore {
  /** By lesson id. */
  get(lesson: string): LessonRecord | undefined;
  /** The lesson that was put last, in this run or an earlier one; null: none yet. */
  last(): string | null;
  /** Keeps and saves. Never throws: what went wrong is in `trouble`. */
  put(lesson: string, record: LessonRecord): Promise<void>;
  /** What is wrong with the file or the last save, and has not been read yet; null if nothing. */
  trouble(): Problem | null;
  /** The learner has read what `trouble` says. Absent where there is never any. */
  noted?(): void;
}

/** The store in a file. */
export interface ProgressFile extends ProgressStore {
  noted(): void;
  /** False: the file is there and could not be read, so nothing is saved into it. */
  readonly saves: boolean;
  /** What was wrong with the file when it was opened; null if nothing. */
  readonly atStart: Problem | null;
}

/**
 * Opens the progress file; this succeeds, whatever is in it. `earlier` is this process's previous store of the same
 * file, which this one follows: what that had to say and nobody has read yet is still said, and nothing is said twice.
 * `isLost`: another istio-tutor has the lock by now, and saves; or the lock is gone with its folder.
 */
export async function openProgress(
  path: string,
  earlier?: ProgressFile,
  isLost: () => boolean = () => false,
): Promise<ProgressFile> {
  return storeOf(path, await load(path, putAside), earlier, isLost);
}

/** The same for whoever only reads: the file stays where it is, whatever is in it. */
export async function lookAtProgress(path: string): Promise<ProgressFile> {
  return storeOf(path, await load(path, leave), undefined, () => false);
}

function storeOf(
  path: string,
  { lessons, last: lastAtStart, trouble, saves }: Loaded,
  earlier: ProgressFile | undefined,
  isLost: () => boolean,
): ProgressFile {
  const known = earlier !== undefined && (trouble === null || trouble.why === earlier.atStart?.why);
  const atStart = trouble ?? earlier?.atStart ?? null;
  let last = lastAtStart;
  let failure: Problem | null = null;
  let unread: Problem | null = known ? earlier.trouble() : trouble;
  let saving: Promise<void> = Promise.resolve();

  function mustHold(): void {
    if (isLost()) throw new Error('taken over');
  }

  async function save(): Promise<void> {
    if (!saves) return;
    try {
      mustHold();
      await makeFolder(dirname(path));
      const text = `${JSON.stringify({ format: FORMAT, last, lessons: bounded(lessons) }, null, 2)}\n`;
      await writeWhole(path, text, { lastLook: mustHold });
      if (unread === failure) unread = null;
      failure = null;
    } catch (error) {
      if (isLost()) return fail(existsSync(dirname(path)) ? TAKEN_OVER : folderGone(dirname(path)));
      fail({
        what: 'Your progress could not be saved.',
        why: reasonOf(error, path),
        next: [
          '--state DIR   keeps it in another folder',
          'The lesson goes on; only the place is not remembered.',
        ],
        untouched: false,
      });
    }
  }

  /** The same trouble, step after step, is reported once. */
  function fail(problem: Problem): void {
    if (failure?.why === problem.why) return;
    failure = problem;
    unread ??= problem;
  }

  return {
    saves,
    atStart,
    get: lesson => lessons.get(lesson),
    last: () => last,
    trouble: () => unread,
    noted() {
      unread = unread === failure ? null : failure;
    },
    put(lesson, record) {
      lessons.set(lesson, record);
      // A name with a slash is another course's (course-progress.ts).
      if (!lesson.includes('/')) last = lesson;
      saving = saving.then(save);
      return saving;
    },
  };
}

/** The records, without the evidence that is older than the newest so many. */
function bounded(lessons: ReadonlyMap<string, LessonRecord>): Record<string, LessonRecord> {
  const kept: (Prediction | KeptStep)[] = [...lessons.values()].flatMap(
    ({ predictions = {}, shown = {} }) => [
      ...Object.values(predictions).filter(each => each.evidence !== null),
      ...Object.values(shown),
    ],
  );
  if (kept.length <= MOST_EVIDENCE) return Object.fromEntries(lessons);
  const newest = kept.sort((a, b) => b.when.localeCompare(a.when)).slice(0, MOST_EVIDENCE);
  const stays = new Set(newest);
  const without = (each: Prediction) => (stays.has(each) ? each : { ...each, evidence: null });
  return Object.fromEntries(
    [...lessons].map(([id, record]) => {
      const { predictions = {}, shown = {}, ...rest } = record;
      const fewer = Object.entries(predictions).map(([step, one]) => [step, without(one)] as const);
      const still = Object.entries(shown).filter(([, one]) => stays.has(one));
      return [id, { ...rest, predictions: Object.fromEntries(fewer), shown: Object.fromEntries(still) }];
    }),
  );
}

const TAKEN_OVER: Problem = {
  what: 'Your progress is not saved any more.',
  why: 'Another istio-tutor has taken it over while this one stood still.',
  next: ['q   ends this one; go on in the other', 'The lesson goes on; only the place is not remembered.'],
  untouched: false,
};

/** The lock was in the folder as well. */
const folderGone = (folder: string): Problem => ({
  what: TAKEN_OVER.what,
  why: `The folder ${tilde(folder)} is gone: somebody has removed or moved it.`,
  next: ['q   ends this one; the next one makes the folder anew', ...TAKEN_OVER.next.slice(1)],
  untouched: false,
});

interface Loaded {
  readonly lessons: Map<string, LessonRecord>;
  readonly last: string | null;
  readonly trouble: Problem | null;
  readonly saves: boolean;
}

type Found = Pick<Loaded, 'trouble' | 'saves'>;

/** `broken`: what becomes of a file that cannot be understood. */
async function load(
  path: string,
  broken: (path: string, why: string) => Promise<Found> | Found,
): Promise<Loaded> {
  const nothing = { lessons: new Map(), last: null };
  let text: string | null;
  try {
    text = await readIfThere(path);
  } catch (error) {
    const why = reasonOf(error, path);
    return { ...nothing, saves: false, trouble: unreadable('Your progress cannot be read.', why) };
  }
  if (text === null) return { ...nothing, saves: true, trouble: null };
  const found = readFormat(text, FORMAT, file);
  if ('value' in found) {
    const { lessons, last } = found.value;
    return { lessons: new Map(Object.entries(lessons)), last: last ?? null, saves: true, trouble: null };
  }
  if (found.newer) return { ...nothing, saves: false, trouble: ofNewer(path, found.why) };
  return { ...nothing, ...(await broken(path, found.why)) };
}

function ofNewer(path: string, why: string): Problem {
  const next = [
    'npm install -g istio-tutor   installs the newest; until then the file stays as it is, and nothing is saved',
    `mv ${tilde(path)} ${tilde(path)}.aside   begins anew with this one`,
    '--state DIR   keeps your progress in another folder',
  ];
  return { what: 'Your progress file is of a newer version.', why, next, untouched: false };
}

const UNUSABLE = 'Your progress file could not be used.';

function leave(_: string, why: string): Found {
  const next = ['It stays as it is; the next lesson moves it aside and starts over.'];
  return { saves: false, trouble: { what: UNUSABLE, why, next, untouched: false } };
}

async function putAside(path: string, why: string): Promise<Found> {
  const what = UNUSABLE;
  try {
    const aside = await moveAside(path);
    const next = [
      `It was moved to ${tilde(aside)}; the lessons start over.`,
      `istio-tutor 3   opens lesson 3, wherever you were`,
    ];
    return { saves: true, trouble: { what, why, next, untouched: false } };
  } catch (error) {
    const more = `${why} It could not be moved aside either: ${reasonOf(error, path)}`;
    return { saves: false, trouble: unreadable(what, more) };
  }
}

function unreadable(what: string, why: string): Problem {
  const next = [
    'The file stays as it is, and the lessons go on; nothing is saved.',
    '--state DIR   keeps your progress in another folder',
  ];
  return { what, why, next, untouched: false };
}
