/** Tells what happens in a lesson, line by line: each part when it has become final, and nothing twice. */
import type { Step } from '../../course/schema.ts';
import { choicesOf, optionsAsked } from '../../lesson/asked.ts';
import { endLines } from '../../lesson/course-end.ts';
import { effectText } from '../../lesson/effect-text.ts';
import type { Engine, LessonSnapshot, StepState } from '../../lesson/state.ts';
import type { DrawnLine } from '../../probe/walk-types.ts';
import type { Problem } from '../../shared/errors.ts';
import { tilde } from '../../shared/paths.ts';
import { quotedLines } from '../../tui/screens/lesson/article-lines.ts';
import { textOf } from '../../tui/text/line.ts';
import { shellTexts } from '../../tui/text/shell-texts.ts';
import { wrapHelp } from '../help-text.ts';
import { ansi } from '../print/drawn-line.ts';
import * as report from '../print/lesson-lines.ts';
import { type PrintLook, paint, signs } from '../print/paint.ts';
import { problemLines } from '../print/problem.ts';
import { proseText } from '../print/prose.ts';
import { recapLines, verdictLines } from './recap-lines.ts';

export interface Telling extends PrintLook {
  readonly write: (text: string) => void;
  /** Left out: lines have no end. */
  readonly columns?: number | undefined;
}

export class Teller {
  #at = '';
  #told: Partial<StepState> = {};
  readonly #problems = new WeakSet<Problem>();
  #notice: string | null = null;
  #strangers: readonly string[] = [];
  #kubectl: string | null = null;
  #busy = '';
  #ended = false;
  readonly #engine: Engine;
  readonly look: Telling;

  constructor(
    engine: Engine,
    look: Telling,
    /** The open step has been introduced elsewhere. */
    introduced = false,
  ) {
    this.#engine = engine;
    this.look = look;
    const { lesson, at } = engine.getSnapshot();
    const step = lesson?.steps[at];
    // What was done in it before is still to be told.
    if (introduced && lesson !== null && step !== undefined) this.#at = `${lesson.id}/${step.id}`;
    engine.subscribe(() => this.#tell(engine.getSnapshot()));
  }

  get #columns(): number {
    return this.look.columns ?? Number.POSITIVE_INFINITY;
  }

  say(text: string): void {
    this.look.write(`${text}\n`);
  }

  /** Rows as a pane has them, each a line. */
  rows(rows: readonly { readonly spans: DrawnLine }[]): void {
    for (const { spans } of rows) this.say(ansi(spans, this.look).trimEnd());
  }

  get signs(): ReturnType<typeof signs> {
    return signs(this.look);
  }

  prompt(): void {
    const { lesson, at, steps } = this.#engine.getSnapshot();
    const step = lesson?.steps[at];
    if (step === undefined) return;
    this.look.write(`\n[${invitation(step, steps[step.id])}, ? for all keys] `);
  }

  problem(problem: Problem): void {
    for (const text of problemLines(problem, this.look, this.look.columns)) this.say(text);
  }

  /** As it is, but broken between words where the terminal's lines end; what follows hangs `indent` columns in. */
  #wrapped(text: string, indent: number): string[] {
    return wrapHelp(text, this.#columns, indent);
  }

  #say(text: string, indent: number): void {
    for (const each of this.#wrapped(text, indent)) this.say(each);
  }

  /** What this step is the first to quote of the article; a drawing in characters is noise to who listens. */
  #quote({ lesson, at }: LessonSnapshot): void {
    const { text, drawing } = quotedLines({ lesson, at }, { left: this.#columns, right: this.#columns });
    const lines = [...text, ...(this.look.screenReader ? [] : drawing)];
    if (lines.length > 0) this.say(`${lines.map(textOf).join('\n')}\n`);
  }

  /** Markdown in words alone: whoever listens hears no marks of it. */
  #prose(markdown: string): void {
    this.say(proseText(markdown, this.#columns, this.look));
  }

  #tell(snapshot: LessonSnapshot): void {
    const { lesson, at, steps, problem, notice, strangers, busy, ending } = snapshot;
    const step = lesson?.steps[at];
    if (step !== undefined && lesson !== null) {
      const place = `${lesson.id}/${step.id}`;
      if (place !== this.#at) {
        this.#at = place;
        this.#told = {};
        this.#introduce(snapshot, step);
      }
      const state = steps[step.id];
      if (state !== undefined && state !== this.#told) this.#news(snapshot, step, state);
    }
    const { kubectl } = snapshot;
    if (kubectl !== null && kubectl !== this.#kubectl)
      for (const each of ['', ...shellTexts(kubectl, this.#columns)]) this.say(paint(this.look, 'dim', each));
    this.#kubectl = kubectl;
    if (problem !== null && !this.#problems.has(problem)) this.problem(problem);
    if (notice !== null && notice !== this.#notice)
      for (const each of this.#wrapped(notice, 2)) this.say(paint(this.look, 'dim', each));
    if (ending !== null && !this.#ended)
      for (const [label, text] of endLines(ending, ending.takeHome === null ? null : tilde(ending.takeHome)))
        for (const each of this.#wrapped(`${label.padEnd(14)}${text}`, 14)) this.say(each);
    this.#ended = ending !== null;
    const label = busy?.label ?? '';
    if (label !== '' && label !== this.#busy)
      for (const each of this.#wrapped(`${label} ...`, 2)) this.say(paint(this.look, 'dim', each));
    if (problem !== null) this.#problems.add(problem);
    const mark = signs(this.look).note;
    for (const text of strangers.filter(each => !this.#strangers.includes(each))) {
      const [first = '', ...rest] = this.#wrapped(`${mark} ${text}`, mark.length + 1);
      this.say(`${paint(this.look, 'yellow', mark)}${first.slice(mark.length)}`);
      for (const each of rest) this.say(each);
    }
    this.#notice = notice;
    this.#strangers = strangers;
    this.#busy = label;
  }

  #introduce(snapshot: LessonSnapshot, step: Step): void {
    const { lesson, at, folder, provider } = snapshot;
    if (lesson === null) return;
    const title = `${lesson.number}  ${lesson.title}   ${at + 1}/${lesson.steps.length}  ${step.title}`;
    this.say('');
    const fits = title.length + provider.length + 3 <= this.#columns;
    const beside = fits ? `   ${paint(this.look, 'dim', provider)}` : '';
    const lines = this.#wrapped(title, 2).map(each => paint(this.look, 'bold', each));
    this.say(`${lines.join('\n')}${beside}`);
    if (!fits) this.say(paint(this.look, 'dim', provider));
    this.say('');
    this.#quote(snapshot);
    this.#prose(lesson.prose[step.id]?.before ?? '');
    if (step.kind === 'predict') {
      this.say('');
      this.#say(step.question, 0);
      for (const [i, say] of choicesOf(step.options).entries()) this.#say(`  ${i + 1}  ${say}`, 5);
    }
    if (step.kind !== 'fix') return;
    this.say('');
    for (const each of step.task.split('\n')) this.#say(each, 2);
    this.say(`Files  ${folder}`);
  }

  /** Each part of a step is told when it has become final. */
  #news(snapshot: LessonSnapshot, step: Step, state: StepState): void {
    const before = this.#told;
    this.#told = state;
    const { lesson } = snapshot;
    const { apply } = state;
    if (apply !== undefined && apply !== before.apply) {
      // A list that grows is one apply; a list that begins anew is the next one.
      const known = before.apply?.objects ?? [];
      const grown = known.length > 0 && known.every((object, i) => object === apply.objects[i]);
      const fresh = grown ? apply.objects.slice(known.length) : apply.objects;
      for (const line of report.objectLines(fresh, this.look)) this.say(`  ${line}`);
      if (apply.effect !== undefined && !(grown && apply.effect === before.apply?.effect))
        this.say(`  ${effectText(apply.effect)}`);
    }
    const { probe } = state;
    if (probe?.answer !== undefined && probe.answer !== before.probe?.answer) {
      for (const line of report.answerLines(probe.answer, this.look)) this.say(`  ${line}`);
    }
    if (probe?.evidence !== undefined && probe.evidence !== before.probe?.evidence) {
      for (const line of report.evidenceLines(probe.evidence, this.look)) this.say(`  ${line}`);
    }
    // Done in an earlier sitting: of its evidence the walk was kept.
    const kept = before.phase === undefined && probe?.evidence === undefined ? probe?.walk : undefined;
    if (state.phase === 'done' && kept !== undefined)
      for (const line of report.walkLines(kept, this.look)) this.say(`  ${line}`);
    if (
      step.kind === 'predict' &&
      state.proven !== undefined &&
      state.phase === 'done' &&
      before.phase !== 'done'
    ) {
      const lines = verdictLines(step.options, state.said ?? null, state.proven, this.look);
      for (const each of lines.flatMap(text => this.#wrapped(text, 2))) this.say(each);
    }
    if (state.recall !== undefined && state.recall !== before.recall)
      for (const each of recapLines(before.recall, state.recall, this.look).flatMap(text =>
        this.#wrapped(text, 2),
      ))
        this.say(each);
    for (const [i, check] of (state.checks ?? []).entries()) {
      const { verdict } = check;
      if (verdict.state === 'not-tried' || verdict === before.checks?.[i]?.verdict) continue;
      for (const line of report.checkLines([check], this.look, step.kind === 'fix' ? step.checks : []))
        this.say(`  ${line}`);
    }
    if (state.inspected !== undefined && state.inspected !== before.inspected)
      for (const line of state.inspected) this.say(`  ${line}`);
    if (step.kind === 'fix' && state.hints > (before.hints ?? 0))
      for (const each of this.#wrapped(hintText(step.hints, state.hints), 2)) this.say(each);
    if (state.phase === 'done' && before.phase !== undefined && before.phase !== 'done') {
      const after = lesson?.prose[step.id]?.after ?? '';
      if (after !== '') {
        this.say('');
        this.#prose(after);
      }
    }
  }
}

const hintText = (hints: readonly string[], shown: number) =>
  `Hint ${shown} of ${hints.length}: ${hints[shown - 1]}`;

function invitation(step: Step, state: StepState | undefined): string {
  if (state?.phase === 'done' || step.kind === 'read') return 'enter goes on';
  switch (step.kind) {
    case 'predict':
      return `1 to ${step.options.length + 1} answers`;
    case 'recap': {
      const options = optionsAsked(step, state);
      return options === null ? 'enter goes on' : `1 to ${options.length + 1} answers`;
    }
    case 'apply':
      return 'enter applies';
    case 'fix':
      return 'edit the files, enter checks';
    default:
      return step.kind === 'probe' ? 'enter sends' : 'enter looks';
  }
}
