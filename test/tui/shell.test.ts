/** `!`: a shell in the learner's folder, beside the program or in its place. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { Lesson } from '../../src/course/course.ts';
import { shellAnswer } from '../../src/tui/screens/lesson/shell-answers.ts';
import { openEditor } from '../../src/tui/terminal/open-editor.ts';
import { chooseShell } from '../../src/tui/terminal/shell/choose-shell.ts';
import { shellFiles } from '../../src/tui/terminal/shell/shell-files.ts';
import { at } from './fixtures.ts';
import { startTui } from './harness.ts';

const base = mkdtempSync(join(tmpdir(), 'hands-'));
afterAll(() => rmSync(base, { recursive: true }));
const folder = join(base, 'my lesson');
mkdirSync(folder);

function program(name: string, text: string): string {
  const path = join(base, 'bin', name);
  mkdirSync(join(base, 'bin'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

const PATH = `${join(base, 'bin')}:${process.env.PATH}`;

describe('in the place of the program', () => {
  it('has the folder, the kubeconfig and three commands, and comes back', async () => {
    const out = join(base, 'out');
    const SHELL = program('mysh', `{ pwd; echo "$KUBECONFIG"; task; hint; hint; verify; } > '${out}' 2>&1`);
    const engine = at('both', { folder });
    engine.script.hint = () => engine.step({ hints: (engine.getSnapshot().steps.both?.hints ?? 0) + 1 });
    const failed = { expected: '200', found: '503' };
    engine.script.check = () =>
      engine.step({
        checks: [{ id: 'http', title: 'http works', guard: false, verdict: { state: 'failed', ...failed } }],
      });
    const tui = await startTui(engine, { env: { SHELL, PATH } });
    await tui.until('5/6');
    tui.press('!');
    await engine.whenAsked(3);
    await tui.until(() => existsSync(out) && tui.alternate() && tui.rawMode());
    await tui.until('Hint 2 of 2');
    expect(readFileSync(out, 'utf8').replace(base, 'BASE')).toMatchInlineSnapshot(`
      "BASE/my lesson
      /state/kind.kubeconfig
      Make both callers work: https:// untouched, http:// carried over TLS by the
        mesh.
      Hint 1 of 2  The two callers use different ports.
      Hint 1 of 2  The two callers use different ports.
      Hint 2 of 2  Look at portLevelSettings.
       ✗   http works
           expected 200
           found    503
      "
    `);
    expect(tui.raw().split('\u001b[?1049l')).toHaveLength(2);
    tui.press('q');
    expect(await tui.ended).toBeNull();
  });

  it('has nothing to put right in a playground, and says so', async () => {
    const lesson = { ...at('both').getSnapshot().lesson, playground: { calls: [], ownWorld: false } };
    const engine = at('both', { lesson: lesson as Lesson });
    for (const command of ['task', 'verify', 'hint'] as const)
      expect(await shellAnswer(engine, command, { ascii: false })).toBe(
        'A playground has nothing to put right: whatever you save in this folder is applied.',
      );
    expect(engine.asked).toEqual([]);
  });

  it('says so where it cannot be', async () => {
    const tui = await startTui(at('both', { folder: '/nowhere/at/all' }));
    await tui.until('5/6');
    tui.press('!');
    await tui.until('There is no folder /nowhere/at/all to open a shell in.');
    tui.engine.set({ kubeconfig: null });
    tui.press('!');
    await tui.until('That needs a cluster: u brings one up.');
    expect(tui.raw()).not.toContain('\u001b[?1049l');
  });

  it('is $SHELL, else sh, and says which was passed over', () => {
    expect(chooseShell({ SHELL: '/bin/sh' })).toEqual({ program: '/bin/sh', missing: null });
    expect(chooseShell({})).toEqual({ program: 'sh', missing: null });
    expect(chooseShell({ SHELL: '/no/zsh' })).toEqual({ program: 'sh', missing: 'SHELL=/no/zsh' });
  });
});

const split = async (key: string, env: NodeJS.ProcessEnv, columns: number, rows: number) => {
  const out = join(base, 'split');
  rmSync(out, { force: true });
  for (const name of ['tmux', 'zellij']) program(name, `echo ${name} "$@" > '${out}'`);
  const tui = await startTui(at('both', { folder }), {
    columns,
    rows,
    env: { SHELL: '/bin/sh', PATH, ...env },
  });
  await tui.until('5/6');
  tui.press(key);
  await vi.waitFor(() => expect(existsSync(out) && readFileSync(out, 'utf8')).toMatch(/\n$/), 20_000);
  expect(tui.raw()).not.toContain('\u001b[?1049l');
  return readFileSync(out, 'utf8')
    .replace(/\/\S+\/start/, 'START')
    .replace(PATH, 'PATH')
    .replaceAll(folder, 'FOLDER')
    .trim();
};

describe('beside the program', () => {
  it('in tmux', async () => {
    const env = { TMUX: '/tmp/tmux-0/default,1,0' };
    expect(await split('!', env, 140, 40)).toBe('tmux split-window -h -c FOLDER START');
    expect(await split('!', env, 100, 44)).toBe('tmux split-window -v -c FOLDER START');
    expect(await split('!', env, 80, 24)).toBe('tmux new-window -c FOLDER START');
  });

  it('in Zellij', async () => {
    const command = (how: string) =>
      `zellij run ${how} --close-on-exit --name istio-tutor --cwd FOLDER -- START`;
    expect(await split('!', { ZELLIJ: '0' }, 140, 40)).toBe(command('--direction right'));
    expect(await split('!', { ZELLIJ: '0' }, 80, 24)).toBe(command('--floating'));
  });
});

describe('an editor beside the program', () => {
  const begun = join(base, 'begun');
  const says = (name: string, code = 0) => program(name, `echo ${name} "$@" >> '${begun}'; exit ${code}`);
  const told = () => readFileSync(begun, 'utf8').replaceAll(folder, 'FOLDER').replace(PATH, 'PATH').trim();
  const file = join(folder, 'rule.yaml');
  const opened = async (env: NodeJS.ProcessEnv) => {
    rmSync(begun, { force: true });
    let lent = 0;
    const size = { columns: 140, rows: 40 };
    const lend = (work: () => Promise<string | null>) => {
      lent += 1;
      return work();
    };
    const said = await openEditor(file, 3, { env: { PATH, ...env }, size, lend });
    return { said, lent, told: told() };
  };

  it('is in a split of tmux and of Zellij, and the program keeps its screen', async () => {
    program('vim', 'exit 1');
    const env = { EDITOR: 'vim -n' };
    expect(await split('e', { ...env, TMUX: '/tmp/tmux-0/default,1,0' }, 140, 40)).toBe(
      'tmux split-window -h -c FOLDER env PATH=PATH vim -n FOLDER/rule.yaml',
    );
    expect(await split('e', { ...env, ZELLIJ: '0' }, 80, 24)).toBe(
      'zellij run --floating --close-on-exit --name istio-tutor --cwd FOLDER -- env PATH=PATH vim -n FOLDER/rule.yaml',
    );
  });

  it('is where it was before when the split fails, or when it has a window of its own', async () => {
    says('tmux', 1);
    says('vim');
    const env = { TMUX: '/tmp/tmux-0/default,1,0' };
    expect(await opened({ ...env, EDITOR: 'vim' })).toEqual({
      said: null,
      lent: 1,
      told: `tmux split-window -h -c FOLDER env PATH=PATH vim +3 FOLDER/rule.yaml\nvim +3 FOLDER/rule.yaml`,
    });
    says('subl');
    expect(await opened({ ...env, EDITOR: 'subl' })).toEqual({
      said: 'subl has a window of its own: saving there is enough, and istio-tutor goes on here.',
      lent: 1,
      told: 'subl FOLDER/rule.yaml',
    });
    expect(await opened({ ...env, EDITOR: 'subl -w' })).toMatchObject({ said: null, lent: 1 });
  });

  it("is the window in whose terminal the program runs: VS Code's, or Cursor's", async () => {
    says('code');
    says('cursor');
    says('vim');
    const env = { TERM_PROGRAM: 'vscode' };
    const said = (name: string) => `${name} has it in its window: saving is enough.`;
    expect(await opened(env)).toEqual({
      ...{ said: said('code'), lent: 0, told: 'code -r -g FOLDER/rule.yaml:3' },
    });
    expect(await opened({ ...env, VSCODE_GIT_ASKPASS_NODE: '/opt/Cursor/cursor' })).toEqual({
      ...{ said: said('cursor'), lent: 0, told: 'cursor -r -g FOLDER/rule.yaml:3' },
    });
    // With --wait nothing would be said before it is closed.
    expect(await opened({ ...env, EDITOR: 'code --wait' })).toMatchObject({
      ...{ lent: 0, told: 'code -r -g FOLDER/rule.yaml:3' },
    });
    expect(await opened({ ...env, VISUAL: 'vim' })).toEqual({
      ...{ said: null, lent: 1, told: 'vim +3 FOLDER/rule.yaml' },
    });
    says('code', 1);
    says('vi');
    expect(await opened(env)).toEqual({
      ...{ said: null, lent: 1, told: 'code -r -g FOLDER/rule.yaml:3\nvi +3 FOLDER/rule.yaml' },
    });
  });
});

it("bash keeps the user's own start-up file, and has the lab's kubeconfig, the commands and kubectl's completion", () => {
  const home = join(base, 'home');
  mkdirSync(home);
  writeFileSync(join(home, '.bashrc'), 'export KUBECONFIG=/mine\nPATH=$EXTRA:/usr/bin:/bin\nMINE=yes\n');
  program('kubectl', `echo 'complete -W "get apply" kubectl'`);
  const shell = { program: '/bin/bash', missing: null };
  const place = { folder, kubeconfig: '/state/kind-shell.kubeconfig', namespace: 'mesh-network' };
  for (const { name, text, runs } of shellFiles(home, shell, place, { PATH })) {
    mkdirSync(join(home, name, '..'), { recursive: true });
    writeFileSync(join(home, name), text);
    if (runs) chmodSync(join(home, name), 0o700);
  }
  const said = execFileSync(join(home, 'start'), [], {
    input: 'echo "$MINE $KUBECONFIG $PWD"; complete -p kubectl; command -v verify\n',
    env: { HOME: home, EXTRA: join(base, 'bin') },
    stdio: ['pipe', 'pipe', 'ignore'],
    encoding: 'utf8',
  });
  expect(said.split('\n').slice(1)).toEqual([
    `yes /state/kind-shell.kubeconfig ${folder}`,
    "complete -W 'get apply' kubectl",
    join(home, 'bin/verify'),
    '',
  ]);
});
