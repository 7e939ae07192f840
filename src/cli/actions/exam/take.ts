/** Begins an exam or goes on with one: from flags and the saved state to the exam that is taken (run.ts). */
import { randomBytes } from 'node:crypto';
import { rememberedChoice } from '../../../cluster/choice.ts';
import type { Drill } from '../../../course/course.ts';
import { drawQuestions } from '../../../exam/draw.ts';
import { type ExamState, readExam } from '../../../exam/exam-state.ts';
import { takeProgressLock } from '../../../lesson/lock.ts';
import { UserError } from '../../../shared/errors.ts';
import { paths } from '../../../shared/paths.ts';
import type { ExamFlags } from '../../commands/exam.ts';
import { allDrills, drillsOf } from '../../open/exam-drills.ts';
import { examOptions, TERMS } from './options.ts';
import { runExam } from './run.ts';

export async function takeExam(options: ExamFlags): Promise<void> {
  const place = paths(options.state);
  const lock = await takeProgressLock(place.lock);
  try {
    const before = await readExam(place.exam);
    const { state, drills } = await examFor(before, options);
    const over = before?.report !== undefined && before.id !== state.id ? before.id : null;
    await runExam(state, drills, { options: examOptions(state, options), over, isLost: lock.isLost });
  } finally {
    await lock.release();
  }
}

interface ExamToTake {
  readonly state: ExamState;
  readonly drills: readonly Drill[];
}

/** The exam that is under way, or a new one. Throws a UserError for flags that do not fit it. */
async function examFor(before: ExamState | null, options: ExamFlags): Promise<ExamToTake> {
  if (options.recheck === true) {
    if (before?.report !== undefined) return { state: before, drills: await drillsOf(before) };
    throw new UserError({
      what: 'No exam has been finished here, so there is nothing to grade again.',
      next: ['istio-tutor exam'],
    });
  }
  if (before !== null && before.report === undefined) {
    checkSame(before, options);
    // A name that was forgotten at the start may be given later.
    const candidate = before.candidate ?? candidateOf(options.candidate);
    return { state: { ...before, candidate }, drills: await drillsOf(before) };
  }
  return newExam(options);
}

/** The flags that lead to a course and a world; a resumed exam keeps its own. */
const WHERE = ['name', 'learner', 'prefix', 'course'] as const;

/** What was decided at the start stands. */
function checkSame(before: ExamState, options: ExamFlags): void {
  const told: readonly (readonly [string, string | undefined, string])[] = [
    ['--drills', options.drills, String(before.questions.length)],
    ['--minutes', options.minutes, String(before.minutes)],
    ['--seed', options.seed, before.seed],
    ['--pass', options.pass, String(before.passMark)],
    ['--on', options.on, before.on],
    ['--candidate', options.candidate, before.candidate ?? options.candidate ?? ''],
    ...WHERE.map(flag => [`--${flag}`, options[flag], before[flag] ?? ''] as const),
  ];
  const other = told.find(([, now, then]) => now !== undefined && now !== then);
  if (other === undefined) return;
  throw new UserError({
    what: `An exam is under way, with ${other[0]} ${other[2]}.`,
    why: 'What was chosen when it began holds until it ends.',
    next: ['istio-tutor exam             goes on with it', 'istio-tutor exam --discard   gives it up'],
  });
}

async function newExam(options: ExamFlags): Promise<ExamToTake> {
  const count = numberOf('--drills', options.drills, TERMS.questions, 1, 100);
  const minutes = numberOf('--minutes', options.minutes, TERMS.minutes, 1, 600);
  const passMark = numberOf('--pass', options.pass, TERMS.passMark, 1, 100);
  const seed = seedOf(options.seed);
  const drawn = drawQuestions(await allDrills(options), count, seed);
  const now = new Date().toISOString();
  const state: ExamState = {
    format: 1,
    id: `${now.slice(0, 10).replaceAll('-', '')}-${randomBytes(3).toString('hex')}`,
    seed,
    on: options.on ?? rememberedChoice(paths(options.state)) ?? 'sandbox',
    ...Object.fromEntries(
      WHERE.flatMap(flag => (options[flag] === undefined ? [] : [[flag, options[flag]]])),
    ),
    candidate: candidateOf(options.candidate),
    training: options.training === true,
    ...{ minutes, passMark },
    ...{ started: now, worked: 0, saved: now, running: false, pauses: [] },
    questions: drawn.map((drill, i) => ({
      number: i + 1,
      drill: drill.id,
      folder: `question-${i + 1}`,
      flagged: false,
      worked: 0,
      prepared: false,
    })),
    at: null,
  };
  return { state, drills: drawn };
}

function numberOf(
  flag: string,
  text: string | undefined,
  otherwise: number,
  least: number,
  most: number,
): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UserError({
    what: `${flag} cannot be ${text}.`,
    why: `It is a whole number from ${least} to ${most}.`,
    next: [`${flag} ${otherwise}`],
  });
}

/** A name as people write it, on one line. */
function candidateOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const name = text.trim();
  if (name !== '' && name.length <= 80 && !/\p{C}/u.test(name)) return name;
  throw new UserError({
    what: `--candidate ${JSON.stringify(text)} cannot be used as a name.`,
    why: 'It has 1 to 80 characters, on one line.',
    next: ["--candidate 'Ana Berg'", 'leave it out: the reports then name nobody'],
  });
}

function seedOf(text: string | undefined): string {
  if (text === undefined) return randomBytes(4).toString('hex');
  if (/^[\w.-]{1,64}$/.test(text)) return text;
  throw new UserError({
    what: `--seed ${JSON.stringify(text)} cannot be used as a seed.`,
    why: 'It has 1 to 64 letters, digits, dots, dashes or underscores.',
    next: ['--seed room-7', 'leave it out: one is drawn, and the report says which'],
  });
}
