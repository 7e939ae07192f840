/**
 * The course as a pure reducer: from a snapshot and what happened to a new snapshot. engine.ts does the work and
 * reports what happened; screens draw the snapshot.
 */
import type { Course, Lesson } from '../course/course.ts';
import { fillKnown } from '../course/manifest.ts';
import type { Step } from '../course/schema.ts';
import type { Problem } from '../shared/errors.ts';
import { stateOfKept } from './kept-evidence.ts';
import { stateOfPrediction } from './prediction.ts';
import type { LessonRecord } from './progress.ts';
import { foreseenIn, isAtRecap, trainingFor, weakIn } from './recall.ts';
import type {
  Busy,
  CheckResult,
  CourseEnd,
  LessonProgress,
  LessonSnapshot,
  StepState,
  Study,
} from './state.ts';

export type Event =
  | {
      readonly type: 'connected';
      readonly provider: string;
      readonly kubeconfig: string | null;
      readonly yes: boolean;
    }
  | {
      readonly type: 'opened';
      readonly lesson: Lesson;
      readonly at: number;
      readonly record: LessonRecord | undefined;
      readonly folder: string;
    }
  /** The same lesson, with addresses put in. */
  | { readonly type: 'readied'; readonly lesson: Lesson }
  | { readonly type: 'closed' }
  | { readonly type: 'ended'; readonly ending: CourseEnd }
  /** Of this lesson nothing has been done. */
  | { readonly type: 'forgotten'; readonly id: string }
  | { readonly type: 'moved'; readonly at: number }
  | { readonly type: 'step'; readonly id: string; readonly patch: Partial<StepState> }
  /** The step as if it had never been done. */
  | { readonly type: 'anew'; readonly id: string }
  | { readonly type: 'checking'; readonly id: string; readonly checks: readonly CheckResult[] }
  | { readonly type: 'checked'; readonly id: string; readonly result: CheckResult }
  | { readonly type: 'done'; readonly id: string }
  /** What is kept of the open lesson now. */
  | { readonly type: 'kept'; readonly lesson: Lesson; readonly record: LessonRecord }
  | { readonly type: 'busy'; readonly busy: Busy | null }
  | { readonly type: 'line'; readonly line: string }
  | { readonly type: 'problem'; readonly problem: Problem | null }
  | { readonly type: 'unwritable'; readonly problem: Problem }
  | { readonly type: 'notice'; readonly notice: string | null }
  | { readonly type: 'strangers'; readonly strangers: readonly string[] }
  | { readonly type: 'files'; readonly files: Readonly<Record<string, string>> }
  | { readonly type: 'live'; readonly live: Readonly<Record<string, string>> }
  | { readonly type: 'kubectl'; readonly kubectl: string | null };

const FRESH: StepState = { phase: 'todo', hints: 0, solutionShown: false };

export interface Beginning {
  readonly course: Course;
  readonly provider: string;
  readonly connected: boolean;
  readonly kubeconfig: string | null;
  readonly namespaces: LessonSnapshot['namespaces'];
  readonly record: (lesson: string) => LessonRecord | undefined;
  readonly last: string | null;
  readonly problem: Problem | null;
  readonly study?: Study | undefined;
}

/** The lesson list, with what was done before. */
export function beginning(from: Beginning): LessonSnapshot {
  return {
    provider: from.provider,
    connected: from.connected,
    kubeconfig: from.kubeconfig,
    lessons: from.course.lessons.map(lesson => progressOf(lesson, from.record(lesson.id), from.namespaces)),
    study: from.study,
    last: from.last,
    ending: null,
    lesson: null,
    at: 0,
    steps: {},
    busy: null,
    problem: from.problem,
    notice: null,
    strangers: [],
    folder: null,
    files: {},
    live: {},
    kubectl: null,
    namespaces: from.namespaces,
  };
}

function progressOf(
  lesson: Lesson,
  record: LessonRecord | undefined,
  namespaces: LessonSnapshot['namespaces'],
): LessonProgress {
  const { id, number, title, summary, minutes, steps, drill } = lesson;
  return {
    drill,
    id,
    number,
    title,
    minutes,
    steps: steps.length,
    done: steps.filter(s => record?.done.includes(s.id)).length,
    foreseen: foreseenIn(lesson, record),
    weak: weakIn(lesson, record),
    drills: trainingFor(lesson, record).map(each => each.drill),
    onlyRecap: isAtRecap(lesson, record),
    playground: lesson.playground === undefined ? undefined : true,
    summary: fillKnown(drill === undefined ? summary : taskOf(lesson), namespaces),
  };
}

/** A drill's task, to the end of its first sentence. */
function taskOf({ steps: [step] }: Lesson): string {
  const task = step?.kind === 'fix' ? (step.task.split('\n')[0] ?? '') : '';
  return /^.*?[.:?](?=\s|$)/.exec(task)?.[0] ?? task;
}

/** A done step is there to be read again with what it has shown; a prediction with what was said of it. */
function stateAtOpening(step: Step, record: LessonRecord | undefined): StepState {
  if (!record?.done.includes(step.id)) return FRESH;
  const made = record.predictions?.[step.id];
  const shown = record.shown?.[step.id];
  const kept =
    step.kind === 'predict' ? made && stateOfPrediction(step, made) : shown && stateOfKept(step, shown);
  return { ...FRESH, phase: 'done', ...kept };
}

export function reduce(state: LessonSnapshot, event: Event): LessonSnapshot {
  switch (event.type) {
    case 'connected':
      return { ...state, provider: event.provider, kubeconfig: event.kubeconfig, connected: event.yes };
    case 'opened': {
      const steps = Object.fromEntries(
        event.lesson.steps.map(step => [step.id, stateAtOpening(step, event.record)]),
      );
      const { lesson, at, folder } = event;
      return {
        ...state,
        ...{ last: lesson.id, ending: null, lesson, at, steps, folder },
        ...{ files: {}, live: {}, kubectl: null, notice: null, strangers: [], unwritable: null },
      };
    }
    case 'readied':
      return { ...state, lesson: event.lesson };
    case 'closed':
      return {
        ...state,
        ending: null,
        lesson: null,
        at: 0,
        steps: {},
        // A notice about a step means nothing in the list.
        notice: null,
        folder: null,
        files: {},
        live: {},
        kubectl: null,
        problem: null,
      };
    case 'ended':
      return { ...state, ending: event.ending };
    case 'forgotten': {
      const known = state.lessons.find(each => each.id === event.id);
      const nothing = { done: 0, foreseen: { right: 0, asked: 0 }, weak: [], drills: [], onlyRecap: false };
      const next = known === undefined ? state : withProgress(state, { ...known, ...nothing });
      return { ...next, last: event.id };
    }
    case 'moved':
      return { ...state, at: event.at, files: {}, live: {}, kubectl: null, notice: null };
    case 'step':
      return withStep(state, event.id, event.patch);
    case 'anew':
      return { ...state, steps: { ...state.steps, [event.id]: FRESH } };
    case 'checking':
      return withStep(state, event.id, { checks: event.checks, past: false });
    case 'checked': {
      const checks = state.steps[event.id]?.checks ?? [];
      return withStep(state, event.id, {
        checks: checks.map(c => (c.id === event.result.id ? event.result : c)),
      });
    }
    case 'done':
      return done(state, event.id);
    case 'kept':
      return withProgress(state, progressOf(event.lesson, event.record, state.namespaces));
    case 'busy':
      return { ...state, busy: event.busy };
    case 'line':
      return state.busy === null ? state : { ...state, busy: { ...state.busy, line: event.line } };
    case 'problem':
      return { ...state, problem: event.problem };
    case 'unwritable':
      return { ...state, unwritable: event.problem };
    case 'notice':
      return { ...state, notice: event.notice };
    case 'strangers':
      return { ...state, strangers: event.strangers };
    case 'files':
      return { ...state, files: event.files };
    case 'live':
      return { ...state, live: event.live };
    case 'kubectl':
      return { ...state, kubectl: event.kubectl };
  }
}

function withStep(state: LessonSnapshot, id: string, patch: Partial<StepState>): LessonSnapshot {
  return { ...state, steps: { ...state.steps, [id]: { ...(state.steps[id] ?? FRESH), ...patch } } };
}

function done(state: LessonSnapshot, id: string): LessonSnapshot {
  const next = withStep(state, id, { phase: 'done' });
  const { lesson } = next;
  if (lesson === null) return next;
  const known = next.lessons.find(each => each.id === lesson.id);
  return known === undefined ? next : withProgress(next, { ...known, done: doneSteps(next).length });
}

function withProgress(state: LessonSnapshot, progress: LessonProgress): LessonSnapshot {
  return { ...state, lessons: state.lessons.map(each => (each.id === progress.id ? progress : each)) };
}

/** Ids of the open lesson's steps that are done. */
export function doneSteps(state: LessonSnapshot): string[] {
  return (state.lesson?.steps ?? []).map(s => s.id).filter(id => state.steps[id]?.phase === 'done');
}
