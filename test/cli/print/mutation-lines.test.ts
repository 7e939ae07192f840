import { describe, expect, it } from 'vitest';
import type { Fate } from '../../../src/author/mutation.ts';
import { mutationLines, scoreWords, together } from '../../../src/cli/print/mutation-lines.ts';

const fate = (outcome: Fate['outcome'], what: string, why?: string): Fate =>
  why === undefined ? { outcome, what } : { outcome, what, why };

const mutation = {
  mutants: [
    fate('byCall', 'a left out', 'curl http://x: expected 200, found 404'),
    fate('byCheck', 'b left out', 'it is answered'),
    fate('missed', 'timeout 2s -> 4s', 'GET http://x/: given up after 2 s became given up after 4 s'),
    fate('equal', 'c left out'),
    fate('refused', 'd left out', 'it is required'),
  ],
};

describe("a task's mutants", () => {
  it('are counted, and the missed ones are told with what differs', () => {
    expect(mutationLines(mutation, { verbose: false })).toEqual([
      '    67 % of 3 mutants caught: 1 by a call, 1 by a check alone; 1 refused by the API, 1 equal',
      '      missed: timeout 2s -> 4s',
      '        GET http://x/: given up after 2 s became given up after 4 s',
    ]);
  });

  it('are told with those that are equal to a right answer, with --verbose', () => {
    expect(mutationLines(mutation, { verbose: true }).slice(3)).toEqual(['      equal: c left out']);
  });

  it('are counted over several tasks, each mutant alike', () => {
    const good = { mutants: [fate('byCall', 'x'), fate('byCall', 'y'), fate('byCall', 'z')] };
    expect(scoreWords(together([mutation, good]))).toBe(
      '83 % of 6 mutants caught: 4 by a call, 1 by a check alone; 1 refused by the API, 1 equal',
    );
  });
});
