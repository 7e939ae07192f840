/**
 * What a screen may know of a running course, and what it may ask for. The reducer (reduce.ts) is pure;
 * the engine (engine.ts) does the work and dispatches. The TUI, `run` and `--plain` all sit on this one store.
 */
import type { DrillFacts, Lesson } from '../course/course.ts';
import type { Again } from '../course/schema.ts';
import type { Effect } from '../probe/effect.ts';
import type { CurlSide, Evidence } from '../probe/evidence.ts';
import type { LoggedLine } from '../probe/log-rows.ts';
import type { Walk } from '../probe/walk-types.ts';
import type { Problem } from '../shared/errors.ts';
import type { StepPlan } from './planning.ts';
import type { Why } from './why.ts';

/** A failed check is a value, not an error. */
export type Verdict =
  | { readonly state: 'passed'; readonly found: string }
  | { readonly state: 'failed'; readonly expected: string; readonly found: string; readonly walk?: Walk }
  /** The cluster was gone, or the configuration was not in effect yet: never a red check. */
  | { readonly state: 'could-not-check'; readonly why: string }
  | { readonly state: 'not-tried' };

export interface CheckResult {
  readonly id: string;
  readonly title: string;
  readonly guard: boolean;
  readonly verdict: Verdict;
}

export interface AppliedObject {
  /** 'ServiceEntry/external-api-entry'. */
  readonly what: string;
  readonly outcome: 'created' | 'configured' | 'unchanged' | 'removed' | 'refused';
  /** Warning headers of the API, whole. */
  readonly warnings: readonly string[];
  /** What was changed in it before it was applied, and why. */
  readonly note?: string | undefined;
  readonly refusal?: Omit<Refusal, 'what'>;
}

/** The refusal's own words, whole; with the field and the manifest's line where they are known. */
export interface Refusal {
  /** 'ServiceEntry/door'. */
  readonly what: string;
  readonly message: string;
  readonly field?: string;
  readonly file?: string;
  readonly line?: number;
}

export interface ApplyOutcome {
  readonly objects: readonly AppliedObject[];
  /** Missing while it is still followed, and when nothing was accepted. */
  readonly effect?: Effect;
}

export interface ProbeOutcome {
  readonly argv: readonly string[];
  /** The further client that called; left out: the client in mesh-network. */
  readonly from?: string | undefined;
  /** There as soon as curl has answered. */
  readonly answer?: CurlSide;
  /** Joins when the sidecar's line has arrived. */
  readonly evidence?: Evidence;
  readonly walk?: Walk;
  /** The learner changed the call: it is shown, but decides nothing. */
  readonly own: boolean;
}

/** A prediction of this lesson or an earlier one, in another dress. */
export interface RecallQuestion {
  /** Where it was met: ids, and as the learner counts. */
  readonly lesson: string;
  readonly step: string;
  readonly place: string;
  readonly again: Again;
}

export interface Recall {
  readonly questions: readonly RecallQuestion[];
  /** Index of the question on the screen. */
  readonly at: number;
  /** Options, from 0, in the order of the questions; null: "I don't know yet". The one on the screen may lack its own. */
  readonly answers: readonly (number | null)[];
}

/** Everything that one step has gathered. A fresh one is `{phase: 'todo'}`. */
export interface StepState {
  /** todo: nothing was done. asked: the learner has answered a predict. done: it is over, but can be done again. */
  readonly phase: 'todo' | 'asked' | 'done';
  /** predict: the learner's option, from 0; null: "I don't know yet". */
  readonly said?: number | null;
  /** predict: the option that the evidence proves, once known. null: none of them. */
  readonly proven?: number | null;
  readonly apply?: ApplyOutcome;
  readonly probe?: ProbeOutcome;
  /** recap: what is asked again, and what was answered. */
  readonly recall?: Recall;
  /** recap: of how many questions how many were known. */
  readonly known?: Foreseen;
  /** probe: whether the evidence is what the text announces. */
  readonly announced?: Verdict;
  readonly checks?: readonly CheckResult[];
  /** How many hints are shown. */
  readonly hints: number;
  readonly solutionShown: boolean;
  /** It was done in an earlier sitting, and what it shows is from then. */
  readonly past?: boolean;
  /** inspect: what was found, as lines. */
  readonly inspected?: readonly string[];
}

export interface Busy {
  /** 'Applying', 'Sending 200 calls', 'Resetting the step': what a spinner says. */
  readonly label: string;
  /** Milliseconds since the epoch, from the engine's clock. */
  readonly since: number;
  readonly line?: string;
  /** It is no work of the learner's: a step is made ready for them. */
  readonly prepares?: true;
}

/** What the course has come to. See course-end.ts. */
export interface CourseEnd {
  readonly lessons: { readonly done: number; readonly of: number };
  readonly steps: { readonly done: number; readonly of: number };
  readonly repairs: number;
  /** Spent in its lessons. */
  readonly seconds: number;
  readonly foreseen: Foreseen;
  /** Topics, the most often missed first. */
  readonly missedTwice: readonly string[];
  /** A drill on what was missed, and that topic. */
  readonly drill: { readonly id: string; readonly topic: string } | null;
  /** The folder of what there is to take home, absolute; null: nothing, or it could not be written. */
  readonly takeHome: string | null;
}

export interface LessonSnapshot {
  /** 'kind, Istio 1.31-dev'; 'reading only, no cluster'. */
  readonly provider: string;
  /** False: the lessons can be read, nothing can be applied or sent. */
  readonly connected: boolean;
  readonly kubeconfig: string | null;
  readonly lessons: readonly LessonProgress[];
  /** Left out where nobody has looked. */
  readonly study?: Study | undefined;
  /** Id of the lesson that was opened last, in this run or an earlier one; null: none yet. */
  readonly last: string | null;
  /** The course has just been finished: its page stands in place of the list until it is closed. */
  readonly ending: CourseEnd | null;
  /** null: the lesson list. */
  readonly lesson: Lesson | null;
  /** Index into lesson.steps. */
  readonly at: number;
  readonly steps: Readonly<Record<string, StepState>>;
  readonly busy: Busy | null;
  /** The last error, until it is dismissed or the next action. */
  readonly problem: Problem | null;
  /** A passing remark: 'saved; checking again'. */
  readonly notice: string | null;
  /** What has an effect here, or was left behind, and is not this world's to remove: sentences. */
  readonly strangers: readonly string[];
  /** The learner's folder of this lesson, absolute. */
  readonly folder: string | null;
  /** Why nothing can be written into the folder, since the lesson was opened. */
  readonly unwritable?: Problem | null;
  /** Texts of the learner's files of the current step, by base name; what the manifest pane shows and diffs. */
  readonly files: Readonly<Record<string, string>>;
  /** The same objects as the API has them now, as YAML without status and managed fields; '' if absent. For `d`. */
  readonly live: Readonly<Record<string, string>>;
  /** The kubectl line that does the same as Enter would, without the export. */
  readonly kubectl: string | null;
  /** Namespaces in use: mesh-network and outside, or the learner's. */
  readonly namespaces: { readonly mesh: string; readonly outside: string };
}

/** There is no cluster at all, so everything there is to read is shown. One that does not answer is there all the same. */
export const isReading = (snapshot: LessonSnapshot): boolean =>
  !snapshot.connected && snapshot.kubeconfig === null;

export interface Foreseen {
  readonly right: number;
  readonly asked: number;
}

export interface LessonProgress {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly minutes: number;
  readonly steps: number;
  readonly done: number;
  /** Predictions that were made, and how many of them were right at the first answer. */
  readonly foreseen: Foreseen;
  /** Topics of predictions whose last answer was not right, and drills that train them, the most often missed first. */
  readonly weak: readonly string[];
  readonly drills: readonly string[];
  /** All of it is done but its recap, which asks for what was missed. */
  readonly onlyRecap: boolean;
  /** In a line: what a lesson shows, what a drill's task is. */
  readonly summary: string;
  /** Of a drill. */
  readonly drill?: DrillFacts | undefined;
  /** It is the playground, which is never done. */
  readonly playground?: boolean | undefined;
}

/**
 * What the learner's other course knows that this one's list needs: the drills of the lessons, and the other way round.
 */
export interface Study {
  /** Drills that were solved. */
  readonly solved: readonly string[];
  /** Drills that train what was missed in the lessons, the most often missed first, each with its topic. */
  readonly missed: readonly { readonly drill: string; readonly topic: string }[];
}

/** Each returns when it is finished; errors go into the snapshot's `problem`: only a BugError is thrown. */
export interface Engine {
  subscribe(listener: () => void): () => void;
  getSnapshot(): LessonSnapshot;
  /** Opens a lesson (id) at a step (id), or where the learner was. The cluster is brought into the step's state. */
  open(lesson: string, step?: string): Promise<void>;
  /** Back to the lesson list, also from the end of the course. */
  close(): void;
  /** Enter: does what the step asks for (apply, send, look, check), or goes on when it is done. */
  advance(): Promise<void>;
  back(): Promise<void>;
  goTo(index: number): Promise<void>;
  /** The learner's option, from 0, or null for "I don't know yet"; predict then sends the call. */
  answer(option: number | null): Promise<void>;
  apply(): Promise<void>;
  /** Sends the step's call again, or the learner's own argv in its place; `from`: a further client's short name. */
  probe(argv?: readonly string[], from?: string): Promise<void>;
  /** Applies what was saved and runs the checks; is over when they are, or those of a save that was noticed meanwhile. */
  check(): Promise<void>;
  hint(): void;
  /** Writes the solution into the learner's files (the old ones are kept beside them as *.mine) and checks. */
  solution(): Promise<void>;
  reset(): Promise<void>;
  /** Forgets how far the learner is in a lesson (id), as if it had never been opened; from the list. */
  startAnew(lesson: string): Promise<void>;
  /** Saves what is in the playground as a scene, beside its folder. */
  saveScene(): Promise<void>;
  /** `u`: brings the cluster back and rebuilds the step's state. */
  bringBack(): Promise<void>;
  /** The sidecar's last access-log lines, newest last. */
  sidecarLog(lines: number): Promise<readonly LoggedLine[]>;
  /**
   * What calls would notice of what the step applies; nothing is applied. Null where it applies nothing, and without a
   * cluster.
   */
  plan(): Promise<StepPlan | null>;
  /**
   * Why the last call of this step goes where it goes: traced now, nothing is sent. Rejects with a UserError where no
   * call was made on this step, a ToolError when the cluster is out of reach.
   */
  why(): Promise<Why>;
  dismiss(): void;
  /** Stops what is under way. */
  interrupt(): void;
  /** Releases the lock, stops watching, saves. */
  dispose(): Promise<void>;
}
