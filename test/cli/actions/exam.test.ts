/** An exam as a candidate takes it, between processes: begun, killed, gone on with, ended, reported. In the sandbox. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, type ResultPromise } from 'execa';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { packageFile } from '../../../src/shared/paths.ts';
import { builtProgram } from '../../support/built.ts';
import { conversation } from '../../support/conversation.ts';

let main: string;
let folder: string;
beforeAll(async () => {
  main = await builtProgram();
}, 60_000);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exam-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const state = (name: string) => join(folder, 'state', name);

function run(argv: readonly string[]) {
  const env = { PATH: process.env.PATH ?? '', HOME: folder, NO_COLOR: '1' };
  const args = [main, ...argv, '--state', join(folder, 'state'), '--work', join(folder, 'work')];
  return execa(process.execPath, args, { reject: false, env, extendEnv: false });
}

/** An exam line by line. */
function take(...argv: string[]) {
  const child = run(['exam', '--plain', '--on', 'sandbox', ...argv]);
  return { child, ...conversation(child as unknown as ResultPromise) };
}

describe('istio-tutor exam', () => {
  it('that another has taken over while it stood still writes nothing over what that one saved', async () => {
    const first = take('--drills', '1', '--seed', 'a');
    await first.says('1 questions, 2:00:00 left');
    // What is there after ten seconds of Ctrl-Z and a second start.
    writeFileSync(state('course.holder'), '{}');
    writeFileSync(state('exam.json'), "the other's\n");
    first.type('f');
    await first.says('The exam could not be saved: Another istio-tutor has taken the exam over');
    first.type('q');
    expect(await first.child).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(
        'Another istio-tutor has taken the exam over, while this one stood still.',
      ),
    });
    expect(readFileSync(state('exam.json'), 'utf8')).toBe("the other's\n");
  });

  it('is known in a second terminal: kubectl, trace and analyze are about the open question', async () => {
    const exam = take('--drills', '3', '--seed', 'a');
    await exam.says('3 questions');
    const url = 'http://api.safedata-zone.io/data';
    const call = ['trace', url];
    expect((await run(call)).stderr).toContain('An exam is being taken, and none of its questions is open.');
    exam.type('1');
    await exam.says(`export KUBECONFIG=${state('exam.kubeconfig')}`);
    expect(readFileSync(state('exam.kubeconfig'), 'utf8')).toContain('namespace: exam-1\n');
    expect((await run(['kubeconfig', '--path'])).stdout).toBe(state('exam.kubeconfig'));
    expect((await run(call)).stdout).toContain('from sandbox, question 1 (exam-1)');
    expect((await run(['trace', '--question', '2', url])).stdout).toContain('question 2 (exam-2)');
    expect((await run(['probe', '--question', '7', url])).stderr).toContain('no question 7');
    expect((await run(['analyze', '-A'])).stdout).not.toContain('exam-2');
    expect(await run(['analyze', '-n', 'nowhere'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('There is no namespace "nowhere".'),
    });
    exam.type('2');
    await exam.says('namespace exam-2');
    expect(readFileSync(state('exam.kubeconfig'), 'utf8')).toContain('namespace: exam-2\n');
    exam.type('q');
    await exam.child;
    expect(existsSync(state('exam.kubeconfig'))).toBe(false);
    expect((await run(['trace', '--question', '2', url])).stderr).toContain('no exam is being taken');
  });

  it('names its candidate in every report, who may be named late, and stays the same', async () => {
    const wrong = await run(['exam', '--candidate', 'Ana\nBerg']);
    expect(wrong.stderr).toContain('It has 1 to 80 characters, on one line.');
    const first = take('--drills', '1', '--seed', 'a');
    await first.says('1 questions');
    first.type('q');
    await first.child;
    expect(JSON.parse(readFileSync(state('exam.json'), 'utf8'))).not.toHaveProperty('candidate');
    const second = take('--candidate', 'Ana Berg <b>');
    await second.says('1 questions');
    second.type('end yes');
    expect((await second.child).stdout).toContain('Candidate Ana Berg');
    expect((await run(['exam', '--report'])).stdout).toContain('- Candidate Ana Berg');
    const { stdout } = await run(['exam', '--report', '--json']);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ candidate: 'Ana Berg <b>', domains: [{ percent: 0 }], weighted: 0 });
    const junit = readFileSync(join(folder, 'work', 'exam', report.id, 'report.xml'), 'utf8');
    expect(junit).toContain(`<testsuites name="exam ${report.id}, Ana Berg &lt;b&gt;"`);
    const history = await run(['history']);
    expect(history.stdout).toMatch(/0 % {2}0 of \d points, Ana Berg <b>, 1 questions/);
    expect(history.stdout).toMatch(/weight \d+ %/);
  });

  it('is begun, killed, gone on with, ended and reported', async () => {
    const first = take('--drills', '3', '--minutes', '30', '--seed', 'bg');
    await first.says('3 questions, 30:00 left, 68 % pass');
    first.type('1');
    await first.says('Question 1: Egress, easy   namespace exam-1');
    first.type('f');
    const beside = await run(['exam', '--plain', '--on', 'sandbox']);
    expect([beside.exitCode, beside.stderr]).toEqual([
      2,
      expect.stringContaining('Another istio-tutor is running with the same progress.'),
    ]);
    first.child.kill('SIGKILL');
    await first.child;

    const saved = JSON.parse(readFileSync(state('exam.json'), 'utf8'));
    const work = join(folder, 'work', 'exam', saved.id, 'question-1');
    // The task, and no word of what is checked.
    expect(readFileSync(join(work, 'door.yaml'), 'utf8')).toMatch(
      /^# --- The task \(istio-tutor\) ---\n(# (?!- ).+\n)+# --- Your file begins below ---\n/,
    );
    writeFileSync(
      join(work, 'door.yaml'),
      readFileSync(join(packageFile('lessons'), 'drills/one-door/solution/door.yaml'), 'utf8').replaceAll(
        'mesh-network',
        'exam-1',
      ),
    );
    const other = await run(['exam', '--minutes', '10']);
    expect([other.exitCode, other.stderr]).toEqual([
      2,
      expect.stringContaining('An exam is under way, with --minutes 30.'),
    ]);

    const second = take();
    await second.says('Exam ');
    second.type('1');
    await second.says('Question 1: Egress, easy');
    second.type('');
    await second.says('ServiceEntry/');
    second.type('end');
    second.type('end yes');
    const { stdout, stderr, exitCode } = await second.child;
    expect(exitCode, stderr).toBe(1);
    expect(stdout).toContain('| 1 | Open one door | egress | easy | 4 of 4 |');
    expect(stdout).toContain('not passed (68 % is needed)');
    expect(stdout).toContain(': the program was not running');
    expect(stdout).toContain('kept, 2 points not lost');

    const report = await run(['exam', '--report', '--json', '--junit', join(folder, 'exam.xml')]);
    const data = JSON.parse(report.stdout);
    expect(report.exitCode).toBe(1);
    expect(data).toMatchObject({
      seed: 'bg',
      passed: false,
      questions: [{ points: 4, of: 4 }, { points: 0 }, { points: 0 }],
    });
    const xml = readFileSync(join(folder, 'exam.xml'), 'utf8');
    const failed = data.questions
      .flatMap((each: { checks: { state: string }[] }) => each.checks)
      .filter((each: { state: string }) => each.state === 'failed');
    expect(xml.match(/<failure /g)).toHaveLength(failed.length);
    expect(readFileSync(join(folder, 'work', 'exam', saved.id, 'report.md'), 'utf8')).toContain('# Exam ');
    const history = await run(['history', '--json']);
    expect(JSON.parse(history.stdout)).toMatchObject({
      exams: [{ seed: 'bg', passed: false }],
      weak: [{ points: 0 }, {}, { domain: 'egress' }],
    });
  }, 120_000);

  it('says when it ends that it could not be saved, and tries again', async () => {
    const { child, says, type } = take('--drills', '1', '--seed', 'a');
    await says('1 questions, ');
    const said = (words: string) =>
      new Promise<void>(resolve => {
        let text = '';
        child.stderr.on('data', chunk => {
          text += chunk;
          if (text.includes(words)) resolve();
        });
      });
    // Something lies in the way of the file.
    rmSync(state('exam.json'));
    mkdirSync(join(state('exam.json'), 'x'), { recursive: true });
    type('q');
    await said('exam.json is a folder');
    child.kill('SIGINT');
    const { exitCode, stdout, stderr } = await child;
    expect([exitCode, stdout]).toEqual([3, expect.not.stringContaining('answers are kept')]);
    expect(stderr).toMatch(/could not be saved in .*exam.json[\s\S]*It was saved last at [\s\S]*ls -l/);
    rmSync(state('exam.json'), { recursive: true });
  }, 60_000);

  it('does not begin where the files of its questions cannot be written', async () => {
    writeFileSync(join(folder, 'work'), 'a file where a folder should be');
    const { child } = take('--drills', '1', '--seed', 'a');
    const { exitCode, stderr } = await child;
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringMatching(/yaml cannot be written.\n +A part of the path .* is a file/),
    ]);
  }, 60_000);

  it('tells what is wrong with a drill of which its question shall be made', async () => {
    const course = join(folder, 'course');
    cpSync(join(packageFile('lessons'), 'drills/one-door'), join(course, 'door'), { recursive: true });
    writeFileSync(
      join(course, 'course.yaml'),
      'format: 1\ntitle: T\nistio: []\nlessons: []\ndrills: [door]\n',
    );
    writeFileSync(join(course, 'door/solution/door.yaml'), 'kind: [\n');
    const { child } = take('--drills', '1', '--course', course);
    const { exitCode, stderr } = await child;
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining('course/door/solution/door.yaml, line 2, column 1'),
    ]);
  }, 60_000);

  it.each([
    [['--drills', '0'], '--drills cannot be 0.'],
    [['--drills', '31'], 'there are 30 drills'],
    [['--minutes', '1.5'], '--minutes cannot be 1.5.'],
    [['--pass', '101'], '--pass cannot be 101.'],
    [['--seed', 'a b'], '--seed "a b" cannot be used as a seed.'],
    [['--report'], 'No exam has been finished here.'],
    [['--recheck'], 'No exam has been finished here'],
    [['--report', '--discard'], '--report and --discard cannot be used together.'],
    [['--json'], 'An exam has no JSON form'],
  ])('refuses %j', async (flags, words) => {
    const { exitCode, stderr, stdout } = await run(['exam', '--on', 'sandbox', ...flags]);
    expect(exitCode).toBe(2);
    expect(stderr + stdout).toContain(words);
  });

  it('never writes over an exam or a history that it cannot read', async () => {
    cpSync(packageFile('package.json'), state('exam.json'), { recursive: true });
    const exam = await run(['exam', '--plain', '--on', 'sandbox']);
    expect([exam.exitCode, exam.stderr]).toEqual([2, expect.stringContaining('cannot be read')]);
    const discard = await run(['exam', '--discard', '--on', 'sandbox']);
    expect(discard.stdout).toContain('its file is kept as ');
    expect(existsSync(state('exam.json.aside'))).toBe(true);
    mkdirSync(state('exam.json'));
    await run(['exam', '--discard', '--on', 'sandbox']);
    expect(readFileSync(state('exam.json.aside'), 'utf8')).toBe(
      readFileSync(packageFile('package.json'), 'utf8'),
    );
    writeFileSync(state('history.json'), '{"format": 2}');
    const history = await run(['history']);
    expect(history.exitCode).toBe(2);
    expect(history.stderr).toContain('A newer istio-tutor wrote it (format 2; this one knows 1).');
    expect(readFileSync(state('history.json'), 'utf8')).toBe('{"format": 2}');
  });
});
