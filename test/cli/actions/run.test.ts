import { describe, expect, it } from 'vitest';
import { run } from '../../../src/cli/actions/run.ts';
import type { RunFlags } from '../../../src/cli/commands/run.ts';

describe('run', () => {
  it.each([
    [['1/2'], {}, '1/2 is one step, and run does whole lessons.'],
    [['1'], { all: true }, '--all does every lesson, whichever are named beside it.'],
    [['1', '2'], { plain: true }, 'With --plain it is one lesson at a time.'],
    [[], { plain: true, all: true }, 'With --plain it is one lesson at a time.'],
    [['2'], { plain: true, json: true }, 'run --plain asks line by line, and has no JSON form.'],
    [[], {}, 'Which lessons?'],
  ])('refuses %j with %j', async (addresses, flags, what) => {
    await expect(run(addresses, flags as RunFlags)).rejects.toMatchObject({ problem: { what } });
  });
});
