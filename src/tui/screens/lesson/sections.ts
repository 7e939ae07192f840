/**
 * The lesson screen's content as sections, from the engine's snapshot and the screen's own state: pure.
 * layout.ts places them in one column or two. A section has a name, so that the screen can go to what is new.
 */
import type { Step, StepOf } from '../../../course/schema.ts';
import { isReading, type LessonSnapshot, type StepState } from '../../../lesson/state.ts';
import { verdictLines } from '../../components/checks/checks-lines.ts';
import { consoleLines } from '../../components/console/console-lines.ts';
import { outcomeLines } from '../../components/outcome/outcome-lines.ts';
import { walkLines } from '../../components/walk/walk-lines.ts';
import { markdownLines } from '../../markdown/markdown-lines.ts';
import type { Ui } from '../../state/ui.ts';
import { bold, type Line, line, piece } from '../../text/line.ts';
import { wrap } from '../../text/wrap.ts';
import { type Look, type Signs, signs } from '../../theme.ts';
import { quotedLines } from './article-lines.ts';
import { changeText, lookText } from './change-text.ts';
import { failedWalk, fixSections } from './fix-sections.ts';
import type { Columns } from './layout.ts';
import { manifests } from './manifest-sections.ts';
import { predictSections, recapSections } from './question-sections.ts';
import { stepState } from './state.ts';
import { unsent } from './unsent.ts';

export interface Section {
  readonly id: string;
  readonly side: 'left' | 'right';
  readonly lines: readonly Line[];
  /** It follows without a gap. */
  readonly close?: boolean;
}

export interface SectionsInput {
  readonly snapshot: LessonSnapshot;
  readonly ui: Pick<Ui, 'optionAt' | 'fresh'>;
  readonly look: Look;
  /** Columns of either side; the same when there is one column. */
  readonly columns: Columns;
}

export function lessonSections(input: SectionsInput): Section[] {
  const { snapshot } = input;
  const step = snapshot.lesson?.steps[snapshot.at];
  const state = stepState(snapshot);
  if (!snapshot.lesson || !step || !state) return [];
  const context: Context = { ...input, step, state, signs: signs(input.look) };
  return [
    { id: 'title', side: 'left' as const, lines: wrap([bold(step.title, 'accent')], input.columns.left) },
    strangers(context),
    ...quoted(context),
    prose(context, 'before'),
    ...body(context),
    // Below a call of the learner's own, the text would explain another call, the step's.
    ...(step.kind !== 'fix' && state.phase === 'done' && !state.probe?.own ? [prose(context, 'after')] : []),
    ...(isReading(snapshot) && step.kind !== 'recap' && state.phase !== 'done'
      ? [prose(context, 'after')]
      : []),
  ].filter(section => section.lines.length > 0);
}

export interface Context extends SectionsInput {
  readonly step: Step;
  readonly state: StepState;
  readonly signs: Signs;
}

function strangers({ snapshot, columns }: Context): Section {
  const lines = snapshot.strangers.flatMap(text =>
    wrap([piece('!  ', 'accent'), piece(text)], columns.left, 3),
  );
  return { id: 'strangers', side: 'left', lines };
}

function prose({ snapshot, step, columns, signs: sign }: Context, part: 'before' | 'after'): Section {
  const text = snapshot.lesson?.prose[step.id]?.[part] ?? '';
  return { id: part, side: 'left', lines: markdownLines(withoutTitle(text, step.title), columns.left, sign) };
}

/**
 * What this step is the first to quote of the article. A drawing in characters is noise to a screen reader; the passage
 * says in words what it shows.
 */
function quoted({ snapshot, columns, look }: Context): Section[] {
  const { text, drawing } = quotedLines(snapshot, columns);
  return [
    { id: 'article', side: 'left', lines: text },
    { id: 'drawing', side: 'right', lines: look.screenReader ? [] : drawing },
  ];
}

/** The step's title stands above already. */
function withoutTitle(text: string, title: string): string {
  const [first = '', ...rest] = text.trimStart().split('\n');
  const heading = /^#+\s+(.*?)\s*(\{#.*\})?\s*$/.exec(first)?.[1];
  return heading === title ? rest.join('\n') : text;
}

function body(context: Context): Section[] {
  const { step } = context;
  switch (step.kind) {
    case 'read':
      return evidence(context);
    case 'predict':
      return [...predictSections(context, step), ...evidence(context)];
    case 'recap':
      return recapSections(context);
    case 'probe':
      return [...evidence(context, unsent(step.call.curl)), announced(context)];
    case 'apply':
      return [...changes(context, step), ...manifests(context), outcome(context), ...evidence(context)];
    case 'inspect':
      return [looked(context, step), ...evidence(context)];
    case 'fix':
      return fixBody(context, step);
  }
}

/** In one column the outcome comes before the file; in two, beside the text, the file comes first. */
function fixBody(context: Context, step: StepOf<'fix'>): Section[] {
  const { work, where, help } = fixSections(context, step);
  const after = context.state.phase === 'done' ? [prose(context, 'after')] : [];
  const given = manifests(context);
  const end = [...evidence(context), failedWalk(context)];
  return context.columns.two
    ? [...work, ...where, ...help, ...after, ...given, outcome(context), ...end]
    : [...work, outcome(context), ...where, ...help, ...after, ...given, ...end];
}

/** The call and its answer, and the walk, as soon as there is any of it. */
function evidence({ snapshot, state, look, columns }: Context, call?: readonly string[]): Section[] {
  const { probe } = state;
  const argv = probe?.argv ?? call;
  if (!argv) return [];
  const lines = consoleLines(argv, probe?.answer, {
    columns: columns.right,
    tallied: (probe?.walk?.answers.length ?? 0) > 0,
    brief: columns.brief,
  });
  const own: Line[] =
    probe?.own && !snapshot.lesson?.playground
      ? [line('  your own call: it decides nothing here', 'dim')]
      : [];
  const walk = probe?.walk ? walkLines(probe.walk, columns.right, look, columns.brief) : [];
  return [
    { id: 'console', side: 'right', lines: [...lines, ...own] },
    { id: 'walk', side: 'right', lines: walk, close: columns.brief },
  ];
}

function announced({ state, columns, signs: sign }: Context): Section {
  const { announced: verdict } = state;
  const differs = verdict?.state === 'failed' || verdict?.state === 'could-not-check';
  const lead: Line[] = differs
    ? wrap(
        [piece(`${sign.bad} `.padEnd(3), 'bad'), piece('This is not what the text announces.')],
        columns.left,
        3,
      )
    : [];
  return {
    id: 'announced',
    side: 'left',
    lines:
      verdict && differs
        ? [...lead, ...verdictLines(verdict, { columns: columns.left, brief: columns.brief }, '   ')]
        : [],
  };
}

/** What is done other than by applying files, in words. */
function changes({ columns, signs: sign }: Context, step: StepOf<'apply'>): Section[] {
  const words = step.changes.flatMap(change => changeText(change) ?? []);
  const lines = words.flatMap(text =>
    wrap([piece(`${sign.bullet} `, 'accent'), piece(text)], columns.left, 2),
  );
  return [{ id: 'changes', side: 'left', lines }];
}

function outcome({ state, columns, signs: sign }: Context): Section {
  return {
    id: 'outcome',
    side: 'right',
    lines: state.apply ? outcomeLines(state.apply, columns.right, sign) : [],
  };
}

function looked({ state, columns, signs: sign }: Context, step: StepOf<'inspect'>): Section {
  const head = wrap([piece(`${sign.pointer} `, 'accent'), piece(lookText(step))], columns.right, 2);
  const found = state.inspected?.flatMap(text => wrap([piece('  '), piece(text)], columns.right, 4)) ?? [];
  const none = state.inspected?.length === 0 ? [line('  nothing', 'dim')] : [];
  return { id: 'inspected', side: 'right', lines: [...head, ...found, ...none] };
}
