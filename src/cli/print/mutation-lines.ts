/** What came of a task's mutants, and of a whole course's, in lines of text. */
import { countsOf, type Mutation, scoreOf } from '../../author/mutation.ts';

/** `verbose`: those that are equal to a right answer are listed as well. */
export function mutationLines(mutation: Mutation, { verbose }: { readonly verbose: boolean }): string[] {
  const listed = (outcome: 'missed' | 'equal') =>
    mutation.mutants
      .filter(each => each.outcome === outcome)
      .flatMap(({ what, why }) => [
        `      ${outcome}: ${what}`,
        ...(why === undefined ? [] : [`        ${why}`]),
      ]);
  return [`    ${scoreWords(mutation)}`, ...listed('missed'), ...(verbose ? listed('equal') : [])];
}

/** '97 % of 28 mutants caught: 26 by a call, 1 by a check alone; 8 refused by the API, 5 equal' */
export function scoreWords(mutation: Mutation): string {
  const { byCall, byCheck, missed, refused, equal } = countsOf(mutation);
  const score = `${Math.round(scoreOf(mutation) * 100)} % of ${byCall + byCheck + missed} mutants caught`;
  return `${score}: ${byCall} by a call, ${byCheck} by a check alone; ${refused} refused by the API, ${equal} equal`;
}

/** Those of several tasks as one. */
export function together(mutations: readonly Mutation[]): Mutation {
  return { mutants: mutations.flatMap(each => each.mutants) };
}
