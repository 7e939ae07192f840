/** A loaded course: what load.ts reads from a folder. Plain values, no file is touched after loading. */
import type { Article } from './article.ts';
import type { Domain, DrillLevel, TryCall } from './drill-schema.ts';
import type { NamedCall } from './scene.ts';
import type { LessonFile, Step } from './schema.ts';

/** The prose of a step: before it is done, and after (empty where the lesson says nothing). Markdown. */
export interface Prose {
  readonly before: string;
  readonly after: string;
}

export interface Lesson extends Omit<LessonFile, 'steps'> {
  /** What it quotes of the course's article. */
  readonly article?: Article | undefined;
  /** From 1, as the learner types it: `istio-tutor 3`; 0 where it was loaded by itself and no course lists it. */
  readonly number: number;
  /** Absolute folder, for messages only; every file below is in `files`. */
  readonly folder: string;
  readonly steps: readonly Step[];
  readonly prose: Readonly<Record<string, Prose>>;
  /** Text of every manifest and solution, by its path relative to the lesson ('manifests/a.yaml'). */
  readonly files: Readonly<Record<string, string>>;
  /** It is a drill: one thing to put right, played as a lesson of one fix step. */
  readonly drill?: DrillFacts;
  /** It is a question of an exam: no hints and no solution; whether the checks' verdicts are shown. */
  readonly exam?: { readonly verdicts: boolean };
  /** It is the playground: an empty mesh and a folder. Every file in the folder is applied, and nothing is checked. */
  readonly playground?: Playground;
}

export interface Playground {
  /** Calls to choose from. */
  readonly calls: readonly NamedCall[];
  /** It has a world that was made for it alone, so that any object may be written anywhere in it. */
  readonly ownWorld: boolean;
}

/** It shows no verdicts: the playground has none, an exam's question may keep them to itself until the end. */
export function isSealed(lesson: Pick<Lesson, 'exam' | 'playground'> | null): boolean {
  return lesson?.exam?.verdicts === false || lesson?.playground !== undefined;
}

export interface DrillFacts {
  readonly domain: Domain;
  readonly level: DrillLevel;
  /** What all its checks together are worth; guards are worth nothing, but cost points when they fail. */
  readonly points: number;
}

export interface Course {
  /** Where it was read from; missing for one that was put together. */
  readonly folder?: string;
  readonly title: string;
  readonly istio: readonly string[];
  /** What the learner takes home: texts by file name. */
  readonly takeHome?: Readonly<Record<string, string>> | undefined;
  readonly lessons: readonly Lesson[];
}

/** One thing to put right against the clock. */
export interface Drill extends DrillFacts {
  readonly id: string;
  readonly title: string;
  /** What a candidate who knows it needs. */
  readonly minutes: number;
  /** It changes the servers outside, so it cannot share them with another drill that runs. */
  readonly changesServers: boolean;
  /** Calls that show what the task speaks of; the task's text in `lesson` ends with them. */
  readonly try: readonly TryCall[];
  /** Points that a call costs which proves an answer wrong though its checks hold; undefined: as the dearest check. */
  readonly alsoTried?: number | undefined;
  /** The same as a lesson of one fix step, `task`: so it is played, rebuilt and proven as lessons are. */
  readonly lesson: Lesson;
}
