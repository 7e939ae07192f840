/**
 * The learner's progress: one JSON file, saved atomically after every step. A file that cannot be read, or that
 * a newer istio-tutor wrote, is moved aside and said; nothing is ever overwritten unread.
 */
import { mkdir, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import type { Problem } from '../shared/errors.ts';
import { writeWhole } from '../shared/files/write.ts';
import { tilde } from '../shared/paths.ts';
import { readFormat } from '../shared/read-format.ts';

const FORMAT = 1;

const lessonProgress = z.object({
  /** The step the learner was at. */
  at: z.string(),
  done: z.array(z.string()),
  /** Fixes that were begun: their files in the learner's folder are the learner's own since then. */
  begun: z.array(z.string()).default([]),
});
const file = z.object({
  format: z.literal(FORMAT),
  /** The lesson that was open last. */
  last: z.string().nullish(),
  lessons: z.record(z.string(), lessonProgress),
});

export type LessonRecord = Readonly<z.infer<typeof lessonProgress>>;

export interface ProgressStore {
  /** By lesson id. */
  get(lesson: string): LessonRecord | undefined;
  /** The lesson that was put last, in this run or an earlier one; null: none yet. */
  last(): string | null;
  /** Keeps and saves. Never throws: what went wrong is in `trouble`. */
  put(lesson: string, record: LessonRecord): Promise<void>;
  /** What was wrong with the file at the start, or with the last save; null if nothing. */
  trouble(): Problem | null;
}

/** Opens the progress file. Whatever is in it, this succeeds. */
export async function openProgress(path: string): Promise<ProgressStore> {
  const { lessons, last: lastAtStart, trouble: atStart } = await load(path);
  let last = lastAtStart;
  let trouble: Problem | null = atStart;
  let saving: Promise<void> = Promise.resolve();

  async function save(): Promise<void> {
    try {
      await mkdir(dirname(path), { recursive: true });
      const text = `${JSON.stringify({ format: FORMAT, last, lessons: Object.fromEntries(lessons) }, null, 2)}\n`;
      await writeWhole(path, text);
      trouble = null;
    } catch (error) {
      trouble = {
        what: 'Your progress could not be saved.',
        why: reason(error, path),
        next: [
          '--state DIR   keeps it in another folder',
          'The lesson goes on; only the place is not remembered.',
        ],
      };
    }
  }

  return {
    get: lesson => lessons.get(lesson),
    last: () => last,
    trouble: () => trouble,
    put(lesson, record) {
      lessons.set(lesson, record);
      last = lesson;
      saving = saving.then(save);
      return saving;
    },
  };
}

interface Loaded {
  readonly lessons: Map<string, LessonRecord>;
  readonly last: string | null;
}

async function load(path: string): Promise<Loaded & { trouble: Problem | null }> {
  const nothing: Loaded = { lessons: new Map(), last: null };
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { ...nothing, trouble: null };
    const why = reason(error, path);
    return {
      ...nothing,
      trouble: { what: 'Your progress cannot be read.', why, next: ['--state DIR   uses another folder'] },
    };
  }
  const found = understand(text);
  if ('lessons' in found) return { ...found, trouble: null };
  return { ...nothing, trouble: await moveAside(path, found.why) };
}

function understand(text: string): Loaded | { why: string } {
  const found = readFormat(text, FORMAT, file);
  if ('why' in found) return found;
  const { lessons, last } = found.value;
  return { lessons: new Map(Object.entries(lessons)), last: last ?? null };
}

async function moveAside(path: string, why: string): Promise<Problem> {
  const what = 'Your progress file could not be used.';
  for (let n = 1; ; n++) {
    const aside = `${path}.${n === 1 ? 'aside' : `aside-${n}`}`;
    try {
      await readFile(aside);
    } catch {
      try {
        await rename(path, aside);
        return {
          what,
          why,
          next: [
            `It was moved to ${tilde(aside)}; the lessons begin anew.`,
            `istio-tutor 3   opens lesson 3, wherever you were`,
          ],
        };
      } catch (error) {
        return {
          what,
          why: `${why} It could not be moved aside either: ${reason(error, path)}`,
          next: ['--state DIR   uses another folder'],
        };
      }
    }
  }
}

function reason(error: unknown, path: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EROFS') return `${tilde(path)} is on a disk that cannot be written.`;
  if (code === 'EACCES' || code === 'EPERM') return `${tilde(path)} may not be read or written.`;
  if (code === 'ENOSPC') return `The disk of ${tilde(path)} is full.`;
  return message;
}
