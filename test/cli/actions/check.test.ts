import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtProgram } from '../../support/built.ts';

// What an author does: begin, check, break, check again. The program as a process, in a folder of its own.

let main: string;
beforeAll(async () => {
  main = await builtProgram();
}, 60_000);
const place = mkdtempSync(join(tmpdir(), 'istio-tutor-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

function run(...argv: string[]) {
  const env = { PATH: process.env.PATH ?? '', HOME: place, NO_COLOR: '1' };
  const args = [main, ...argv, '--state', join(place, 'state')];
  return execa(process.execPath, args, { reject: false, env, extendEnv: false, input: '', cwd: place });
}

describe('istio-tutor new, then check', () => {
  it('begins a lesson and a drill that hold as they are', async () => {
    const lesson = await run('new', 'lesson', 'two-doors', '--json');
    expect(JSON.parse(lesson.stdout)).toMatchObject({ course: '.', folder: '01-two-doors' });
    const drill = await run('new', 'drill', 'lost-header');
    expect(drill.stdout).toContain('istio-tutor drill lost-header --course .');
    const { exitCode, stdout, stderr } = await run('check', '.', '--on', 'sandbox', '--json');
    expect([exitCode, stderr.includes('✗')]).toEqual([0, false]);
    expect(JSON.parse(stdout)).toMatchObject({
      provider: 'sandbox',
      ok: true,
      counts: { lessons: 1, drills: 1, steps: 6, checks: 4, answers: 3, nearMisses: 3, symptoms: 3 },
      prose: [],
    });
  }, 60_000);

  it('finds a drill of the course in this folder by its name, and ours as well', async () => {
    const { exitCode, stdout } = await run('check', 'lost-header', 'double-wrap', '--no-cluster', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ counts: { drills: 2 }, manifests: [], advice: [] });
    expect((await run('check', '--no-cluster')).stdout).toContain(
      '1 lesson, 1 drill read; prose and manifests hold.',
    );
  });

  it('names each by its number in its course, however it was asked for; by its id where no course lists it', async () => {
    await run('new', 'lesson', 'three-doors');
    mkdirSync(join(place, 'apart'));
    cpSync(join(place, '02-three-doors'), join(place, 'apart/three-doors'), { recursive: true });
    const names = async (what: string) => {
      const { stdout } = await run('check', what, '--on', 'sandbox');
      return stdout.match(/(lesson|drill) [\w-]+( {2}[\w-]+)?/)?.[0];
    };
    expect(await names('2')).toBe('lesson 2  three-doors');
    expect(await names('three-doors')).toBe('lesson 2  three-doors');
    expect(await names('./02-three-doors')).toBe('lesson 2  three-doors');
    expect(await names('drills/lost-header')).toBe('drill 1  lost-header');
    expect(await names('apart/three-doors')).toBe('lesson three-doors');
  }, 60_000);

  it('says of a manifest that the API would refuse where and why, without a cluster', async () => {
    const file = join(place, 'drills/lost-header/solution/service-entry.yaml');
    const good = readFileSync(file, 'utf8');
    writeFileSync(file, good.replace('resolution:', 'resolutoin:'));
    const { exitCode, stdout } = await run('check', 'lost-header', '--no-cluster');
    writeFileSync(file, good);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('service-entry.yaml:9  strict decoding error: unknown field "spec.resolutoin"');
  });

  it('gives advice on a task whose words the checks do not measure, and does not fail for it', async () => {
    const file = join(place, 'drills/lost-header/drill.yaml');
    const good = readFileSync(file, 'utf8');
    writeFileSync(file, good.replace('make it know', 'within 2 s make it know'));
    const { exitCode, stdout } = await run('check', 'lost-header', '--no-cluster');
    writeFileSync(file, good);
    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringContaining('drill.yaml:10  It says "2 s", and no check measures that.'),
    ]);
  });

  it('says what does not hold any more, with 1', async () => {
    const file = join(place, 'drills/lost-header/drill.yaml');
    const good = readFileSync(file, 'utf8');
    // The near-miss is not caught by the check that it names, and the text names a file that is not there.
    writeFileSync(file, good.replace('fails: [https]', 'fails: [http]'));
    appendFileSync(join(place, 'drills/lost-header/why.md'), '\nSee `broken/gone.yaml`.\n');
    const { exitCode, stdout } = await run('check', 'drills/lost-header', '--on', 'sandbox');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('why.md:4  There is no file broken/gone.yaml.');
    expect(stdout).toContain(
      'near-miss near-misses/only-80/service-entry.yaml: http\n      expected is caught by this check',
    );
    expect(stdout).toContain('1 do not hold, 1 finding in the prose');
    writeFileSync(file, good);
  }, 60_000);

  it.each([
    [['check', 'nothing-here', '--course', '.'], 'There is nothing to check at "nothing-here".'],
    [['check', '--jobs', '0'], '--jobs cannot be 0.'],
    [['new', 'poem', 'x'], '"poem" is neither a lesson nor a drill.'],
    [['new', 'lesson', 'Two Doors'], '"Two Doors" cannot be used as a name.'],
    [['new', 'lesson', 'two-doors'], 'The course in . already has a lesson two-doors.'],
    [['--course', '.', 'check', '--no-cluster', '1', '9'], 'There is nothing to check at "9".'],
  ])('%j is wrong usage, with 2', async (argv, words) => {
    const { exitCode, stderr } = await run(...argv);
    expect(stderr).toContain(words);
    expect(exitCode).toBe(2);
  });

  it('is played by --lessons as well as by --course', async () => {
    const { stdout } = await run('list', '--lessons', '.');
    expect(stdout).toMatch(/1 {2}Two doors +0 of {2}5 steps/);
  });
});
