import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onPath } from '../../src/shared/tool.ts';
import { builtProgram } from '../support/built.ts';

// The program as a process: exit codes, what is on stdout and what on stderr. PATH has no tools in it.

let main: string;
beforeAll(async () => {
  main = await builtProgram();
}, 60_000);

const state = mkdtempSync(join(tmpdir(), 'istio-tutor-'));
afterAll(() => rmSync(state, { recursive: true, force: true }));

const env = { PATH: '/nowhere', HOME: state, NO_COLOR: '1' };

function run(...argv: string[]) {
  const args = [main, ...argv, ...(argv.includes('--state') ? [] : ['--state', state])];
  return execa(process.execPath, args, { reject: false, env, extendEnv: false, stdin: 'ignore' });
}

/** The same, led through a shell. */
function shell(line: string, ...argv: string[]) {
  const env = { PATH: '/usr/bin:/bin', HOME: state, NO_COLOR: '1' };
  const args = ['-c', line, process.execPath, main, ...argv, '--state', state];
  return execa('sh', args, { reject: false, env, extendEnv: false, stdin: 'ignore' });
}

describe('istio-tutor', () => {
  it('ends with 0 and the version', async () => {
    const { exitCode, stdout } = await run('version');
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^istio-tutor \d+\.\d+\.\d+$/)]);
  });

  it.each([['--version'], ['-V'], ['up', '-V']])(
    'prints it and does nothing else with %s %s',
    async (...argv) => {
      const { exitCode, stdout } = await run(...argv);
      expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^istio-tutor \d+\.\d+\.\d+$/)]);
    },
  );

  // Variables with common names that libraries in the bundle take for theirs.
  const taken = { DEV: 'true', CI: 'true', DEBUG: '*', LOG_TOKENS: '1', LOG_STREAM: '1' };

  it("keeps what is in the user's environment from the libraries", async () => {
    const args = [main, 'list', '--json', '--state', state];
    const { stdout, stderr } = await execa(process.execPath, args, {
      env: { ...env, ...taken },
      extendEnv: false,
    });
    expect(JSON.parse(stdout)).toBeTypeOf('object');
    expect(stderr).toBe('');
  });

  it.skipIf(process.platform !== 'linux' || !onPath('script'))(
    'draws its screen in any environment',
    async () => {
      const command = `'${process.execPath}' '${main}' --state '${state}'`;
      const options = { env: { ...taken, HOME: state, TERM: 'xterm' }, reject: false } as const;
      const window = execa('script', ['-qec', command, '/dev/null'], { ...options, stdin: 'pipe' });
      let seen = '';
      window.stdout.on('data', chunk => {
        seen += chunk;
        if (seen.includes('The blind spot')) window.stdin.end('q');
      });
      const { exitCode } = await window;
      expect([exitCode, seen]).toEqual([0, expect.stringContaining('\u001b[?1049h')]);
      expect(seen).not.toMatch(/<DOC>|devtools/);
    },
  );

  it('ends with 2 after wrong usage, and keeps stdout clean', async () => {
    const { exitCode, stdout, stderr } = await run('up', '--on', 'moon');
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--on moon is not a place where istio-tutor can run.');
  });

  it.each([
    ['new', 'lesson', 'doors'],
    ['sandbox', '--kubeconfig', './config'],
    ['list', '--course', './course'],
  ])('says that the folder in which it is typed is gone: %s', async (...argv) => {
    const gone = 'mkdir "$HOME/gone"; cd "$HOME/gone"; rmdir "$HOME/gone"; exec "$0" "$@"';
    const { exitCode, stderr } = await shell(gone, ...argv);
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining('The folder that you are in no longer exists'),
    ]);
  });

  it('ends with 3 and what needs no Docker where there is none, as JSON too', async () => {
    const { exitCode, stdout } = await run('up', '--json');
    expect(exitCode).toBe(3);
    const { error } = JSON.parse(stdout);
    expect(error).toMatchObject({
      kind: 'ToolError',
      what: 'docker, kind and istioctl are not installed.',
    });
    expect(error.next).toContain('--on sandbox   needs none of it');
  });

  it('resets all lessons only after a yes, and says so where nobody can be asked', async () => {
    const own = mkdtempSync(join(state, 'reset-'));
    const file = join(own, 'progress.json');
    const progress = '{"format":2,"lessons":{"blind-spot":{"at":"x","done":["x"]}}}';
    writeFileSync(file, progress);
    const asked = await run('reset', '--on', 'sandbox', '--state', own);
    expect(asked.exitCode).toBe(2);
    expect(asked.stderr).toMatch(/asks first\.\n.*no terminal to ask on\.\n.*istio-tutor reset --yes/);
    expect(readFileSync(file, 'utf8')).toBe(progress);
    const told = await run('reset', '--yes', '--on', 'sandbox', '--state', own);
    expect([told.exitCode, told.stdout]).toEqual([0, expect.stringContaining('All lessons begin anew.')]);
    expect(readFileSync(file, 'utf8')).not.toContain('"x"');
  });

  it('says that a cluster is not there, with 3', async () => {
    const { exitCode, stdout } = await run('status', '--json', '--on', 'kind');
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      cluster: 'kind',
      state: 'absent',
      context: 'kind-istio-tutor',
    });
  });

  it.each([['list', '--json'], ['--help'], ['status', '--json']])(
    'says in one line that there is no room for its output: %s %s',
    async (...argv) => {
      const { exitCode, stderr } = await shell('"$0" "$@" > /dev/full', ...argv);
      expect([exitCode, stderr]).toEqual([
        3,
        expect.stringMatching(
          /^(The file .*\n)?✗ The output cannot be written: no space is left where it goes\.$/,
        ),
      ]);
    },
  );

  it('keeps its exit code where it has nothing to write', async () => {
    const { exitCode, stderr } = await shell('"$0" "$@" > /dev/full', 'up', '--on', 'moon');
    expect([exitCode, stderr]).toEqual([2, expect.not.stringContaining('The output')]);
  });

  it.each([['--help'], ['run', '2']])(
    'ends without a word when its reader has gone: %s %s',
    async (...argv) => {
      // The reader is gone before the first word: a shell's builtin ends sooner than a program starts.
      const { stdout, stderr } = await shell('{ { "$0" "$@"; echo $? >&3; } | true; } 3>&1', ...argv);
      expect([stdout, stderr]).toEqual(['141', '']);
    },
  );

  it('tells doctor findings with what to do', async () => {
    const { exitCode, stdout } = await run('doctor');
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/missing {2}kind {6}not installed/);
    expect(stdout).toContain('kind cannot be used here yet.');
  });
});
