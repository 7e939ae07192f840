/**
 * What a question still lacks for those who answer it wrong: a word on each wrong option, and enough questions for the
 * lesson's recap. Pure: a lesson in, findings out.
 */
import type { Again, Step } from '../course/schema.ts';

/** A field of lesson.yaml, and what it lacks. */
export interface Lack {
  readonly field: readonly PropertyKey[];
  readonly what: string;
}

/** A recap asks so many questions of its lesson. */
const RECAP = 3;

/** `drills`: ids of the course's drills; null where the lesson is looked at without its course. */
export function lintQuestions(steps: readonly Step[], drills: ReadonlySet<string> | null): Lack[] {
  const lacks: Lack[] = [];
  const wordless = (
    { options, announced }: Pick<Again, 'options' | 'announced'>,
    at: readonly PropertyKey[],
  ) => {
    options.forEach(({ because }, i) => {
      if (i === announced - 1 || because !== undefined) return;
      lacks.push({
        field: [...at, 'options', i],
        what: `Who chooses option ${i + 1} is told that it is wrong, and not why: it has no \`because\`.`,
      });
    });
  };
  steps.forEach((step, i) => {
    if (step.kind !== 'predict') return;
    wordless(step, ['steps', i]);
    if (step.again !== undefined) wordless(step.again, ['steps', i, 'again']);
    if (step.drill !== undefined && drills?.has(step.drill) === false)
      lacks.push({ field: ['steps', i, 'drill'], what: `The course has no drill "${step.drill}".` });
  });
  const recap = steps.findIndex(step => step.kind === 'recap');
  const again = steps.filter(step => step.kind === 'predict' && step.again !== undefined).length;
  if (recap >= 0 && again < RECAP)
    lacks.push({
      field: ['steps', recap],
      what: `A recap asks ${RECAP} questions again, and of this lesson's ${again} can be: they have \`again\`.`,
    });
  return lacks;
}
