/** The way from the command line to a running course, as data: what there is to choose, what is being made. */
import type { Engine } from '../../../lesson/state.ts';
import type { Problem } from '../../../shared/errors.ts';

/** A place where the mesh can run. */
export interface Offer {
  /** As `--on` takes it: 'kind', 'context=dev-cluster'. */
  readonly id: string;
  /** In a sentence: 'a real cluster with real Istio; about 90 s'. */
  readonly note: string;
  /** It is up and healthy: nothing has to be made. */
  readonly ready: boolean;
  /** Something is there that does not work; making it again may repair it. */
  readonly problem?: Problem | undefined;
}

export interface StartStage {
  readonly title: string;
  readonly since: number;
  /** Left out while it runs. */
  readonly until?: number;
}

export type Start =
  /** The first frame; the course is being read. */
  | { readonly at: 'opening' }
  | { readonly at: 'choose'; readonly offers: readonly Offer[]; readonly pointer: number }
  | {
      readonly at: 'making';
      readonly offer: Offer;
      readonly stages: readonly StartStage[];
      readonly line: string;
      readonly notes: readonly string[];
    }
  | {
      readonly at: 'trouble';
      readonly problem: Problem;
      readonly canMake: boolean;
      readonly canRead: boolean;
      readonly scrolled: number;
    }
  | {
      readonly at: 'course';
      readonly engine: Engine;
      /** What is going on while it is not known yet where the mesh runs. */
      readonly waiting: string | null;
      /** Whose course it is: another one may be wanted by now. */
      readonly shelf: Shelf;
      /** Why the one that is wanted cannot be read; null: it can. */
      readonly unreadable: Problem | null;
    };

/** A course that the list shows. An exam is none (list/tabs.ts). */
export type Shelf = 'lessons' | 'drills' | 'playground';

export interface StartState {
  readonly now: Start;
  /** What a provider asks before it writes into a cluster or makes it anew. */
  readonly question: string | null;
}

export type StartAction =
  | { readonly type: 'to'; readonly start: Start }
  | { readonly type: 'point'; readonly at: number }
  | { readonly type: 'stage'; readonly title: string; readonly time: number }
  | { readonly type: 'line'; readonly text: string }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'scroll'; readonly to: number }
  | { readonly type: 'question'; readonly text: string | null };

export const OPENING: StartState = { now: { at: 'opening' }, question: null };

export function reduceStart(state: StartState, action: StartAction): StartState {
  const { now } = state;
  switch (action.type) {
    case 'to':
      return { now: action.start, question: null };
    case 'question':
      return { ...state, question: action.text };
    case 'point':
      return now.at === 'choose' ? { ...state, now: { ...now, pointer: action.at } } : state;
    case 'scroll':
      return now.at === 'trouble' ? { ...state, now: { ...now, scrolled: action.to } } : state;
    case 'line':
      return now.at === 'making' ? { ...state, now: { ...now, line: action.text } } : state;
    case 'note':
      return now.at === 'making' ? { ...state, now: { ...now, notes: [...now.notes, action.text] } } : state;
    case 'stage': {
      if (now.at !== 'making') return state;
      const ended = now.stages.map(stage =>
        stage.until === undefined ? { ...stage, until: action.time } : stage,
      );
      return {
        ...state,
        now: { ...now, stages: [...ended, { title: action.title, since: action.time }], line: '' },
      };
    }
  }
}
