import type { ExamState } from '../../../exam/exam-state.ts';
import type { GlobalOptions } from '../../globals.ts';

/** Of an exam for which no flag says otherwise. */
export const TERMS = { questions: 15, minutes: 120, passMark: 68 } as const;

/** The options that lead to where an exam takes place: what was said at its start holds. */
export function examOptions<Options extends GlobalOptions>(
  state: Pick<ExamState, 'on' | 'name' | 'learner' | 'prefix'>,
  options: Options,
): Options {
  const { on, name = options.name, learner = options.learner, prefix = options.prefix } = state;
  return { ...options, on, name, learner, prefix };
}
