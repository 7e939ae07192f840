import { describe, expect, it } from 'vitest';
import { fitHelp } from '../../src/cli/help-text.ts';

const HELP = `Usage: tutor [options]

Draws drills over all domains and levels. Any order,
no hints.

Options:
  --drills N  so many questions

Examples:
  tutor exam                 the same questions for everybody
  tutor exam --drills 5 --minutes 40 --training | sort -u -r

With --json: {"percent", "passed"}, and
exit code 3.`;

describe('a help text', () => {
  it('is wrapped by paragraphs, and keeps its columns', () => {
    expect(fitHelp(HELP, 56)).toBe(`Usage: tutor [options]

Draws drills over all domains and levels. Any order, no
hints.

Options:
  --drills N  so many questions

Examples:
  tutor exam                 the same questions for
                             everybody
  tutor exam --drills 5 --minutes 40 --training | sort
    -u -r

With --json: {"percent", "passed"}, and exit code 3.`);
  });

  it.each([20, 40, 60, 80])('loses no word and breaks none at %i columns', width => {
    const words = (text: string) => text.split(/\s+/);
    const fitted = fitHelp(HELP, width);
    expect(words(fitted)).toEqual(words(HELP));
    for (const line of fitted.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
  });
});
