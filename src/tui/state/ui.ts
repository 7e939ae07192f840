/**
 * What the screen knows beside the engine's snapshot: which pane is open, where a pointer stands, what is
 * being typed. A pure reducer; nothing of it is lost when Ink is unmounted for an editor.
 */
import type { ReferenceKind } from '../../course/reference.ts';
import type { StepPlan } from '../../lesson/planning.ts';
import type { Why } from '../../lesson/why.ts';
import type { LoggedLine } from '../../probe/log-rows.ts';
import type { Problem } from '../../shared/errors.ts';
import { type LineAction, type LineEditor, openLine, reduceLine } from '../components/line-editor/state.ts';
import type { Press } from '../press.ts';
import type { ExamFacts } from '../screens/list/exam-tab.ts';
import type { Tab } from '../screens/list/tabs.ts';

/** What covers the lesson's text. */
export type Pane =
  | 'diff' | 'log' | 'keys' | 'kubectl' | 'reference' | 'article' | 'why' | 'term' | 'solution'
  | 'steps' | 'files' | 'calls' | 'terms'; // biome-ignore format: a table
const MENUS: ReadonlySet<Pane | null> = new Set<Pane>(['steps', 'files', 'calls', 'terms']);
/** A pane with rows to choose from: it has a pointer. */
export const isMenu = (pane: Pane | null): boolean => MENUS.has(pane);

export type Question = 'reset' | 'anew' | 'quit';

export interface ReferencePage {
  readonly kind: ReferenceKind;
  /** Markdown. */
  readonly text: string;
}

/** What stands beside the diff: what calls would notice. */
export type PlanPane =
  /** `since`: milliseconds since the epoch. */
  | { readonly state: 'asked'; readonly since: number }
  /** null: there is nothing to plan here. */
  | { readonly state: 'told'; readonly plan: StepPlan | null };
/** Why the last call went where it went: being read (since: milliseconds since the epoch), read, or not to be had. */
export type WhyView =
  | { readonly state: 'reading'; readonly since: number }
  | { readonly state: 'read'; readonly why: Why }
  | { readonly state: 'failed'; readonly problem: Problem };

/** The menu of the glossary: which entries it offers, the pane to go back to, and the entry that is open. */
export interface TermsView {
  readonly ids: readonly string[];
  readonly from: Pane;
  readonly open: string | null;
}

export interface Ui {
  /** Of the list; what is on it about exams, once it was read. */
  readonly tab: Tab;
  readonly exam: ExamFacts | null;
  readonly pane: Pane | null;
  readonly asks: Question | null;
  /** The pointer of the list of lessons, and of a menu. */
  readonly listAt: number;
  /** The answer that the pointer is on, from 0, "I don't know yet" the last; in a fix the check; -1: none was chosen. */
  readonly optionAt: number;
  readonly menuAt: number;
  /** The number that is being typed in a menu of more than nine rows; 0: none. */
  readonly menuTyped: number;
  readonly editor: LineEditor | null;
  /** A changed call that was left without being sent: the editor opens with it again. */
  readonly unsent: string | null;
  /** Calls that were typed, oldest first. */
  readonly history: readonly string[];
  /** Lines scrolled away from where the screen would stand by itself. */
  readonly scrolled: number;
  readonly paneScrolled: number;
  /** Sections that came last: the screen stands so that they are in sight. */
  readonly fresh: readonly string[];
  /** More may join them: the work that brought them is still under way. */
  readonly freshOpen: boolean;
  /** The log's lines; a text: why they could not be read. */
  readonly log: readonly LoggedLine[] | string | null;
  /** The log pane shows the lines as they are. */
  readonly raw: boolean;
  readonly why: WhyView | null;
  readonly terms: TermsView | null;
  /** The page of the reference that was read last. */
  readonly reference: ReferencePage | null;
  /** Of the diff that is open, or was last; null: of none in this step. */
  readonly plan: PlanPane | null;
  /** The engine's notice before its last piece of work: it has been read. */
  readonly staleNotice: string | null;
  /** A remark of the screen's own; the engine's notice is the other kind. */
  readonly remark: string | null;
  /** The work under way was asked to stop. */
  readonly stopping: boolean;
  /** Keys that were typed while a step was prepared, in their order (screens/lesson/waiting-presses.ts). */
  readonly waiting: readonly Press[];
}

export const START: Ui = {
  tab: 'lessons', exam: null, pane: null, asks: null, listAt: 0, optionAt: -1, menuAt: 0, menuTyped: 0, editor: null, unsent: null, history: [], scrolled: 0, paneScrolled: 0,
  fresh: [], freshOpen: false, log: null, raw: false, why: null, terms: null, reference: null, plan: null, staleNotice: null, remark: null,
  stopping: false, waiting: [],
}; // biome-ignore format: a table

/** A spinner turns in the open pane. */
export function isAwaited({ pane, plan, why }: Ui): boolean {
  return (pane === 'diff' && plan?.state === 'asked') || (pane === 'why' && why?.state === 'reading');
}

export type UiAction =
  | { readonly type: 'open'; readonly pane: Pane; readonly at?: number }
  | { readonly type: 'close' }
  | { readonly type: 'ask'; readonly question: Question }
  | {
      readonly type: 'point';
      readonly what: 'list' | 'option' | 'menu';
      readonly at: number;
      readonly typed?: number;
    }
  | { readonly type: 'scroll'; readonly to: number }
  | { readonly type: 'scroll-pane'; readonly to: number }
  | { readonly type: 'edit'; readonly text: string }
  /** The line is left; what was changed in it is kept. */
  | { readonly type: 'set-aside'; readonly unsent: string | null }
  /** Something is looked for in the list. */
  | { readonly type: 'find' }
  | { readonly type: 'tab'; readonly tab: Tab }
  | { readonly type: 'exam'; readonly exam: ExamFacts }
  | { readonly type: 'type'; readonly action: LineAction }
  | { readonly type: 'sent'; readonly text: string }
  | { readonly type: 'log'; readonly lines: readonly LoggedLine[] | string }
  | { readonly type: 'raw' }
  | { readonly type: 'why'; readonly view: WhyView }
  | { readonly type: 'terms'; readonly view: TermsView }
  | { readonly type: 'plan'; readonly plan: PlanPane | null }
  | { readonly type: 'reference'; readonly page: ReferencePage }
  | { readonly type: 'remark'; readonly text: string | null }
  /** The work under way is to stop, and what waits for it is forgotten. */
  | { readonly type: 'stopping' }
  | { readonly type: 'waiting'; readonly presses: readonly Press[]; readonly remark: string | null }
  /** Something new came, in these sections: the screen goes there. */
  | { readonly type: 'fresh'; readonly sections: readonly string[] }
  /** The engine has begun or ended a piece of work: what comes next is new by itself. */
  | { readonly type: 'work'; readonly notice: string | null }
  /** Another step, another lesson. */
  | { readonly type: 'step' };

export function reduceUi(state: Ui, action: UiAction): Ui {
  switch (action.type) {
    case 'open':
      return {
        ...state,
        pane: action.pane,
        menuAt: action.at ?? 0,
        menuTyped: 0,
        paneScrolled: 0,
        asks: null,
        remark: null,
      };
    case 'close':
      return { ...state, pane: null, asks: null, editor: null, paneScrolled: 0, remark: null };
    case 'set-aside':
      return { ...state, editor: null, unsent: action.unsent, remark: null };
    case 'ask':
      return { ...state, asks: action.question, pane: null, remark: null };
    case 'point':
      if (action.what === 'list') return { ...state, listAt: action.at, remark: null };
      if (action.what === 'option') return { ...state, optionAt: action.at };
      return { ...state, menuAt: action.at, menuTyped: action.typed ?? 0 };
    case 'scroll':
      return { ...state, scrolled: action.to, remark: null };
    case 'scroll-pane':
      return { ...state, paneScrolled: action.to, remark: null };
    case 'edit':
      return { ...state, editor: openLine(action.text, state.history), pane: null, asks: null, remark: null };
    case 'find':
      return { ...state, editor: openLine('', []), remark: null };
    case 'tab':
      return { ...state, tab: action.tab, listAt: 0, pane: null, asks: null, editor: null, remark: null };
    case 'exam':
      return { ...state, exam: action.exam };
    case 'type':
      return state.editor ? { ...state, editor: reduceLine(state.editor, action.action) } : state;
    case 'sent':
      return { ...state, editor: null, unsent: null, history: remember(state.history, action.text) };
    case 'log':
      return { ...state, log: action.lines };
    case 'plan':
      return { ...state, plan: action.plan };
    case 'raw':
      return { ...state, raw: !state.raw, paneScrolled: 0 };
    case 'why':
      return { ...state, why: action.view };
    case 'terms':
      return { ...state, terms: action.view };
    case 'reference':
      return { ...state, reference: action.page, paneScrolled: 0 };
    case 'remark':
      return { ...state, remark: action.text };
    case 'stopping':
      return {
        ...state,
        stopping: true,
        waiting: [],
        remark: state.waiting.length > 0 ? null : state.remark,
      };
    case 'waiting':
      return { ...state, waiting: action.presses, remark: action.remark };
    case 'fresh':
      return {
        ...state,
        fresh: joined(state, action.sections),
        freshOpen: true,
        scrolled: 0,
        pane: null,
        remark: null,
      };
    case 'work':
      return { ...state, freshOpen: false, stopping: false, staleNotice: action.notice };
    case 'step':
      return {
        ...START,
        ...{ tab: state.tab, exam: state.exam, listAt: state.listAt },
        ...{ history: state.history, reference: state.reference, waiting: state.waiting },
      };
  }
}

function joined({ fresh, freshOpen }: Ui, sections: readonly string[]): readonly string[] {
  return freshOpen ? [...new Set([...fresh, ...sections])] : sections;
}

const REMEMBERED = 50;

function remember(history: readonly string[], text: string): readonly string[] {
  return [...history.filter(one => one !== text), text].slice(-REMEMBERED);
}
