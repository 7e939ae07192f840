import { describe, expect, it } from 'vitest';
import { buildProgram } from '../../../src/cli/program.ts';
import { TutorError } from '../../../src/shared/errors.ts';

async function problemOf(...argv: string[]) {
  try {
    await buildProgram(async () => {}).parseAsync(['trace', '--', ...argv], { from: 'user' });
    return null;
  } catch (error) {
    if (error instanceof TutorError) return error.problem;
    throw error;
  }
}

describe('istio-tutor trace', () => {
  it.each([
    [['-s'], 'The call has no URL.'],
    [['curl', 'ftp://api.safedata-zone.io/'], 'ftp://api.safedata-zone.io/ is not a URL that can be traced.'],
    [['curl'], 'The call is empty.'],
  ])('%j is refused before a cluster is looked for', async (argv, what) => {
    expect(await problemOf(...argv)).toMatchObject({ what });
  });
});
