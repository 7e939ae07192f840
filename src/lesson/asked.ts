/** The question that a step puts, a prediction or one of a recap, and its answers as the learner counts them. Pure. */
import type { Again, Step } from '../course/schema.ts';
import type { Foreseen, Recall, RecallQuestion, StepState } from './state.ts';

/** The last answer to every question. */
export const UNKNOWN = "I don't know yet";

type Options = Again['options'];

/** The words to choose from, in their order. */
export function choicesOf(options: Options): string[] {
  return [...options.map(option => option.say), UNKNOWN];
}

/** The option of a choice, from 0: null for "I don't know yet"; undefined: there is no such choice. */
export function optionOf(options: Options, choice: number): number | null | undefined {
  if (choice === options.length) return null;
  return choice >= 0 && choice < options.length ? choice : undefined;
}

/** A word on an answer: why one may think so, and what happens; null where there is nothing to say. */
export function wordOn(options: Options, said: number | null, right: number | null): string | null {
  return said === null || said === right ? null : (options[said]?.because ?? null);
}

/** The recap's question that is on the screen; null after the last. */
export function recallQuestion(
  state: { readonly recall?: Recall | undefined } | undefined,
): RecallQuestion | null {
  return state?.recall?.questions[state.recall.at] ?? null;
}

/** How many of a recap's questions were answered right. */
export function knownOf({ questions, answers }: Recall): Foreseen {
  const right = questions.filter((each, at) => answers[at] === each.again.announced - 1).length;
  return { right, asked: questions.length };
}

/** The options of the question that waits for an answer; null: none does. */
export function optionsAsked(step: Step | undefined, state: StepState | undefined): Options | null {
  if (step?.kind === 'predict' && (state?.phase ?? 'todo') === 'todo' && state?.said === undefined)
    return step.options;
  if (step?.kind !== 'recap' || state?.recall === undefined) return null;
  const open = state.phase !== 'done' && state.recall.answers.length <= state.recall.at;
  return open ? (recallQuestion(state)?.again.options ?? null) : null;
}
