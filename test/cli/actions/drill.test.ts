import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtProgram } from '../../support/built.ts';
import { folderWith, TINY } from '../../support/tiny-course.ts';

let main: string;
beforeAll(async () => {
  main = await builtProgram();
}, 60_000);
const state = mkdtempSync(join(tmpdir(), 'istio-tutor-'));
afterAll(() => rmSync(state, { recursive: true, force: true }));

function run(argv: readonly string[], input = '') {
  const env = { PATH: process.env.PATH ?? '', HOME: state, NO_COLOR: '1' };
  const args = [main, ...argv, '--state', state, '--work', join(state, 'work')];
  return execa(process.execPath, args, { reject: false, env, extendEnv: false, input });
}

describe('istio-tutor drill', () => {
  it('lists the drills, as JSON as well', async () => {
    const { stdout } = await run(['drill', '--list']);
    expect(stdout).toMatch(
      /^ {2}10 {2}timeout-bites +A timeout that nobody has seen +resilience medium +\d+ points +8 min$/m,
    );
    const { drills } = JSON.parse((await run(['drill', '--list', '--json'])).stdout);
    expect(drills[9]).toMatchObject({ id: 'timeout-bites', number: 10, level: 'medium', done: false });
    expect(drills.length).toBe(stdout.trimEnd().split('\n').length);
  });

  it('names the nearest of what there is not', async () => {
    const { exitCode, stderr } = await run(['drill', 'timeout-bite']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('There is no drill "timeout-bite".');
    expect(stderr).toContain('istio-tutor drill timeout-bites');
  });

  it('is played line by line where there is no screen: broken, solved, explained, remembered', async () => {
    const { stdout, stderr } = await run(
      ['drill', 'timeout-bites', '--on', 'sandbox', '--ascii'],
      '\ns\nq\n',
    );
    expect(stderr).toBe('');
    expect(stdout).toMatch(
      /x a slow call by http:\/\/ ends after 2 s\n +call +curl .+\n +expected status 504/,
    );
    expect(stdout).toContain('ok a slow call by http:// ends after 2 s');
    expect(stdout).toContain('A timeout, a retry, a fault belong to an HTTP route');
    const { drills } = JSON.parse((await run(['drill', '--list', '--json'])).stdout);
    expect(drills[9].done).toBe(true);
  }, 60_000);

  it('says so where a course has none', async () => {
    const { exitCode, stderr } = await run(['drill', '--course', folderWith(TINY)]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('This course has no drills.');
  });
});
