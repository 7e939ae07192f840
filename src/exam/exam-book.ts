/** The state of an exam and its file: whatever changes in it, is saved; what could not be saved, is said. */
import type { ExamState, QuestionState } from './exam-state.ts';
import { Saver } from './saver.ts';

export class ExamBook {
  readonly saver: Saver;

  constructor(
    /** What is in it now. */
    public state: ExamState,
    deps: { now(): number; save(state: ExamState): Promise<void> },
  ) {
    const write = () => deps.save({ ...this.state, saved: new Date(deps.now()).toISOString() });
    this.saver = new Saver(write, deps.now);
  }

  question(number: number): QuestionState {
    const found = this.state.questions.find(each => each.number === number);
    if (found === undefined) throw new RangeError(`no question ${number}`);
    return found;
  }

  set(patch: Partial<ExamState>): void {
    this.state = { ...this.state, ...patch };
  }

  change(number: number, patch: Partial<QuestionState>): void {
    const questions = this.state.questions.map(each =>
      each.number === number ? { ...each, ...patch } : each,
    );
    this.set({ questions });
  }
}
