import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { execa, type ResultPromise } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtProgram } from '../../support/built.ts';
import { conversation } from '../../support/conversation.ts';

// A mistake of ours that nobody catches, in the midst of a command: SIGUSR2 makes one in the running program.

const MISTAKE = `data:text/javascript,process.on('SIGUSR2',()=>{null.oops})`;

let bin: string;
const folder = mkdtempSync(join(tmpdir(), 'crash-'));
const state = join(folder, 'state');

beforeAll(async () => {
  const dist = dirname(await builtProgram());
  bin = join(dist, '../bin/istio-tutor.js');
  mkdirSync(dirname(bin), { recursive: true });
  copyFileSync(resolve(import.meta.dirname, '../../../bin/istio-tutor.js'), bin);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...argv: string[]) {
  const env = { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, NO_COLOR: '1' };
  const place = ['--on', 'sandbox', '--state', state, '--work', join(folder, 'work')];
  const args = ['--import', MISTAKE, bin, ...argv, ...place];
  return execa(process.execPath, args, { reject: false, env, extendEnv: false });
}

/** What the program says in the end, once the mistake was made after these words. */
async function crashAfter(words: string, ...argv: string[]) {
  const child = run(...argv);
  const { says } = conversation(child as unknown as ResultPromise);
  await says(words);
  child.kill('SIGUSR2');
  return child;
}

describe('a crash', () => {
  it.each([
    [['sandbox'], 'Ctrl-C ends it'],
    [['run', '--plain', '1'], 'enter'],
    [['exam', '--plain', '--drills', '1', '--seed', 'a'], 'all questions'],
  ])(
    'says what, why and what to do, without our code, and leaves nothing behind: %j',
    async (argv, words) => {
      const { exitCode, stderr } = await crashAfter(words, ...argv);
      expect(exitCode).toBe(3);
      expect(stderr.slice(stderr.indexOf('✗'))).toBe(
        [
          '✗ Something went wrong inside istio-tutor.',
          "  Cannot read properties of null (reading 'oops')",
          '  Try   Run the same command with --verbose, and report what it prints.',
        ].join('\n'),
      );
      expect(existsSync(join(state, 'sandbox.kubeconfig'))).toBe(false);
      expect(readdirSync(state).filter(name => name.endsWith('.lock'))).toEqual([]);
    },
  );

  it('is one JSON document with --json', async () => {
    const { exitCode, stdout } = await crashAfter('server', 'sandbox', '--json');
    expect(exitCode).toBe(3);
    const [, ...crash] = stdout.split('\n');
    expect(JSON.parse(crash.join('\n'))).toMatchObject({ error: { kind: 'BugError', exitCode: 3 } });
  });

  it('shows where it was with --verbose', async () => {
    const { stderr } = await crashAfter('Ctrl-C ends it', 'sandbox', '--verbose');
    expect(stderr).toMatch(/TypeError: Cannot read properties of null \(reading 'oops'\)\n +at /);
    expect(stderr.split('\n').every(line => line.length < 1000)).toBe(true);
  });
});

it('a stack names the files and lines of the sources, with --verbose', async () => {
  const { stderr } = await run('list', '--course', join(folder, 'none'), '--verbose');
  expect(stderr).toMatch(/at .*src\/course\/[\w-]+\.ts:\d+:\d+/);
  expect((await run('list', '--course', join(folder, 'none'))).stderr).not.toMatch(/\bat .*:\d+:\d+/);
});
