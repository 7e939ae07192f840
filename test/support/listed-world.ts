import { loadDrills } from '../../src/course/load-drill.ts';
import type { Check, StepOf } from '../../src/course/schema.ts';
import type { ExamWorld } from '../../src/exam/exam.ts';
import type { ExamState, QuestionState } from '../../src/exam/exam-state.ts';
import { questionTitle } from '../../src/exam/question-text.ts';
import type { CheckResult, Engine } from '../../src/lesson/state.ts';
import type { Problem } from '../../src/shared/errors.ts';
import { packageFile } from '../../src/shared/paths.ts';
import { type ScriptedEngine, scriptedEngine } from './scripted-engine.ts';

const drills = await loadDrills(packageFile('lessons'));

/** A question whose world is a list of what was asked of it. */
export class ListedWorld implements ExamWorld {
  readonly drill;
  readonly scripted: ScriptedEngine;
  readonly asked: string[] = [];
  /** Set to let `prepare` wait, or fail. */
  gate: Promise<void> | null = null;
  grading: (check: Check) => CheckResult['verdict'] = () => ({ state: 'passed', found: 'it' });
  readonly number: number;

  constructor(number: number) {
    this.number = number;
    const drill = drills[number - 1];
    if (drill === undefined) throw new Error('no such drill');
    this.drill = drill;
    this.seen = `kind: Seen${number}\n`;
    const title = questionTitle(drill, false);
    const own = drill.lesson.steps.map(each => ({ ...each, title }));
    const lesson = { ...drill.lesson, number, title, steps: own, exam: { verdicts: false } };
    const steps = { task: { phase: 'todo', hints: 0, solutionShown: false } } as const;
    this.scripted = scriptedEngine({ lesson, steps, folder: `/work/exam/x/${drill.id}` });
  }
  get checks() {
    return (this.drill.lesson.steps[0] as StepOf<'fix'>).checks;
  }
  /** On what it was graded last. */
  graded: string | undefined;
  /** What is in its namespaces, as kubectl would change it. */
  seen: string;
  applied: Readonly<Record<string, string>> | null = null;
  files: Readonly<Record<string, string>> = {};
  onSaved: (() => void) | null = null;
  owns(namespace: string) {
    return namespace === `exam-${this.number}`;
  }
  show() {}
  async prepare({ prepared, seen }: QuestionState) {
    this.asked.push(`prepare ${prepared} ${seen}`);
    await this.gate;
  }
  onLooked: ((unreadable: Problem | null) => void) | null = null;
  async watch(onSaved: () => void, onLooked: (unreadable: Problem | null) => void) {
    this.onSaved = onSaved;
    this.onLooked = onLooked;
  }
  async applySaved() {
    this.asked.push('apply');
    this.applied = this.files;
  }
  async freeze() {
    return this.files;
  }
  /** Set to let `settle` wait. */
  settling: Promise<void> | null = null;
  async settle() {
    await this.settling;
    if (this.applied !== this.files) this.applied = this.files;
  }
  async engine(): Promise<Engine> {
    return this.scripted;
  }
  async grade({ seen, final }: QuestionState): Promise<CheckResult[]> {
    this.asked.push('grade');
    this.graded = final === true ? seen : this.seen;
    return this.checks.map(each => ({
      id: each.id,
      title: each.title,
      guard: each.guard === true,
      verdict: this.grading(each),
    }));
  }
  look = async () => this.seen;
  answer = (seen: string) => seen;
  solution = () => 'kind: Right\n';
  explanation = () => this.drill.lesson.prose.task?.after ?? '';
  dispose = async () => {};
}

/** A new exam over these worlds. */
export function examState(worlds: readonly ListedWorld[], minutes = 30): ExamState {
  return {
    ...{ format: 1, id: 'x', seed: 's', on: 'memory', training: false, minutes, passMark: 68 },
    ...{ started: '2026-11-28T10:00:00Z', saved: '2026-11-28T10:00:00Z', worked: 0, running: false },
    ...{ pauses: [], at: null },
    questions: worlds.map(({ number, drill }) => ({
      ...{ number, drill: drill.id, flagged: false, worked: 0, prepared: false },
    })),
  };
}

/** Nothing beside the questions. */
export const NOTHING_BESIDE = { look: async () => '', prepare: async () => {} };
