import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { BugError, Interrupted } from '../../src/shared/errors.ts';
import { progressOf, scriptedEngine } from '../support/scripted-engine.ts';
import { KEYS, type TestTerminal } from '../support/terminal.ts';
import { at, RULE } from './fixtures.ts';
import { startTui } from './harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'istio-tutor-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The terminal comes to be as it was: no alternate screen, a cursor, keys that echo. */
function restored(tui: TestTerminal): Promise<string> {
  const cursor = () => tui.raw().lastIndexOf('\u001b[?25h') > tui.raw().lastIndexOf('\u001b[?25l');
  return tui.until(() => !tui.alternate() && cursor() && !tui.rawMode());
}

/** What the operating system would do, for our listener alone. */
const raise = (event: NodeJS.Signals | 'uncaughtException', ...args: unknown[]) => {
  const ours = process.listeners(event as 'SIGTERM').at(-1) as ((...all: unknown[]) => void) | undefined;
  ours?.(...args);
};

describe('the terminal is as it was', () => {
  it('after q', async () => {
    const tui = await startTui(at('promise'));
    await tui.until('1/6');
    expect([tui.alternate(), tui.rawMode()]).toEqual([true, true]);
    expect(tui.title()).toBe('istio-tutor');
    const titles = () => ['\u001b[22;2t', '\u001b[23;2t'].map(each => tui.raw().split(each).length - 1);
    expect(titles()).toEqual([1, 0]);
    tui.press('q');
    expect(await tui.ended).toBeNull();
    await restored(tui);
    expect(titles()).toEqual([1, 1]);
    expect(tui.engine.asked).toEqual([['dispose']]);
  });

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('after %s, in the middle of something', async signal => {
    const listeners = process.listenerCount(signal);
    const tui = await startTui(at('outage', { busy: { label: 'Sending', since: 0 } }));
    await tui.until('3/6');
    raise(signal, signal);
    expect(await tui.ended).toBeInstanceOf(Interrupted);
    await restored(tui);
    expect(process.listenerCount(signal)).toBe(listeners);
  });

  it.each([
    ['SIGQUIT', 131],
    ['SIGALRM', 142],
    ['SIGUSR2', 140],
    ['SIGXCPU', 152],
  ] as const)('after %s, of which the process is to die then', async (signal, exitCode) => {
    const listeners = process.listenerCount(signal);
    const tui = await startTui(at('outage', { busy: { label: 'Sending', since: 0 } }));
    await tui.until('3/6');
    raise(signal, signal);
    expect(await tui.ended).toMatchObject({ name: 'Interrupted', signal, exitCode });
    await restored(tui);
    expect(tui.engine.asked).toEqual([['dispose']]);
    expect(process.listenerCount(signal)).toBe(listeners);
  });

  it('while a question stands that nobody will answer', async () => {
    let answer: boolean | null = null;
    const tui = await startTui(at('outage'), {
      boot: {
        connect: async (_, ask) => {
          answer = await ask('Write into dev?');
          return at('outage');
        },
      },
    });
    await tui.until('Write into dev?');
    raise('SIGTERM', 'SIGTERM');
    expect(await tui.ended).toBeInstanceOf(Interrupted);
    expect(answer).toBe(false);
    await restored(tui);
  });

  it('after a crash, and the crash is handed on', async () => {
    const tui = await startTui(at('outage'));
    await tui.until('3/6');
    raise('uncaughtException', new Error('the wheel came off'));
    const error = await tui.ended;
    expect(error).toBeInstanceOf(BugError);
    expect((error as BugError).problem.why).toBe('the wheel came off');
    await restored(tui);
  });

  it('after a crash in drawing', async () => {
    const tui = await startTui(at('rule'));
    await tui.until('2/6');
    tui.engine.set({ files: null as never });
    expect(await tui.ended).toBeInstanceOf(BugError);
    await restored(tui);
  });
});

describe('the shell gets its terminal', () => {
  const stopped = () => {
    let goOn = () => {};
    const stop = vi.fn(() => new Promise<void>(resolve => (goOn = resolve)));
    return { stop, fg: () => goOn() };
  };

  it.each([
    ['Ctrl-Z', (tui: TestTerminal) => tui.press('\u001a')],
    ['a SIGTSTP', () => raise('SIGTSTP')],
  ])('after %s, and after fg all is as it was', async (_, ask) => {
    const { stop, fg } = stopped();
    const tui = await startTui(at('both'), { stop });
    await tui.until('5/6');
    tui.press('h');
    tui.engine.step({ hints: 1 });
    const before = await tui.until('Hint 1');
    ask(tui);
    await restored(tui);
    expect(tui.raw().lastIndexOf('\u001b[?2004l')).toBeGreaterThan(tui.raw().lastIndexOf('\u001b[?2004h'));
    expect(stop).toHaveBeenCalledTimes(1);
    fg();
    await tui.until(() => tui.alternate());
    expect(await tui.until('Hint 1')).toBe(before);
    expect(tui.rawMode()).toBe(true);
    tui.press('q');
    expect(await tui.ended).toBeNull();
  });

  it('and it is taken back when the program was stopped without being asked', async () => {
    const tui = await startTui(at('outage'));
    const before = await tui.until('3/6');
    // A shell takes raw mode off, and writes where the frame was.
    tui.stdin.setRawMode(false);
    tui.stdout.write('\u001b[2J[1]+  Stopped');
    await tui.until('Stopped');
    raise('SIGCONT');
    expect(await tui.until('3/6')).toBe(before);
    expect([tui.alternate(), tui.rawMode()]).toEqual([true, true]);
  });
});

describe('stderr', () => {
  const terminal = (isTTY: boolean) => {
    const written: string[] = [];
    const write = (chunk: unknown) => written.push(String(chunk)) > 0;
    return { written, stderr: { isTTY, write } as unknown as NodeJS.WriteStream };
  };

  it('is held back while the screen is there, and written then', async () => {
    const { written, stderr } = terminal(true);
    const tui = await startTui(at('outage'), { stderr });
    await tui.until('3/6');
    await new Promise(done => stderr.write('(node:1) Warning: insecure\n', done));
    expect(written).toEqual([]);
    tui.press('q');
    await tui.ended;
    expect(written).toEqual(['(node:1) Warning: insecure\n']);
    stderr.write('more');
    expect(written).toHaveLength(2);
  });

  it('is left alone where it leads elsewhere', async () => {
    const { written, stderr } = terminal(false);
    const tui = await startTui(at('outage'), { stderr });
    await tui.until('3/6');
    stderr.write('into a file\n');
    expect(written).toEqual(['into a file\n']);
  });
});

describe('an editor', () => {
  const script = (name: string, body: string) => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
    return path;
  };

  it('gets the file and the terminal, and nothing is lost', async () => {
    writeFileSync(join(folder, 'rule.yaml'), RULE);
    const editor = script('editor', 'for last; do :; done; echo "# edited with $1" >> "$last"');
    const tui = await startTui(at('both', { folder }), { env: { EDITOR: `${editor} --wait` } });
    await tui.until('5/6');
    tui.press('h');
    tui.engine.step({ hints: 1 });
    await tui.until('Hint 1');
    const before = tui.frame();
    tui.press('e');
    await tui.until(() => tui.raw().split('\u001b[?1049h').length === 3);
    expect(await tui.until('Hint 1')).toBe(before);
    expect(readFileSync(join(folder, 'rule.yaml'), 'utf8')).toBe(`${RULE}# edited with --wait\n`);
    expect(tui.rawMode()).toBe(true);
    tui.press('h');
    await tui.engine.whenAsked(2);
  });

  it('gives the terminal back with the settings that it had, however it left them', async () => {
    // Stands for the system's stty, which needs a real terminal: the settings are a file.
    const settings = join(folder, 'settings');
    script('stty', `[ "$1" = -g ] && cat '${settings}' || echo "$*" > '${settings}'`);
    const editor = script('leaves-raw', 'stty raw -echo; exit 3');
    const env = { EDITOR: editor, SHELL: editor, PATH: `${folder}:${process.env.PATH}` };
    for (const key of ['e', '!']) {
      writeFileSync(settings, 'sane 1:2:3\n');
      const tui = await startTui(at('both', { folder }), { env });
      await tui.until('5/6');
      tui.press(key);
      await tui.until(() => tui.raw().split('\u001b[?1049h').length === 3);
      expect(readFileSync(settings, 'utf8')).toBe('sane 1:2:3\n');
      expect(tui.rawMode()).toBe(true);
      tui.press('q');
      await tui.ended;
    }
    rmSync(join(folder, 'stty'));
  });

  it('that is stopped is left to the system, and stops the program with it', async () => {
    const listeners = process.listenerCount('SIGTSTP');
    const editor = script('waits', 'until [ -e "$(dirname "$1")/done" ]; do sleep 0.01; done');
    const tui = await startTui(at('both', { folder }), { env: { EDITOR: editor } });
    await tui.until('5/6');
    expect(process.listenerCount('SIGTSTP')).toBe(listeners + 1);
    tui.press('e');
    await tui.until(() => !tui.alternate());
    expect(process.listenerCount('SIGTSTP')).toBe(listeners);
    writeFileSync(join(folder, 'done'), '');
    await tui.until(() => tui.alternate());
  });

  it('is chosen when there are several files', async () => {
    writeFileSync(join(folder, 'more.yaml'), 'a: 1\n');
    const editor = script('other', 'echo "$1" > "$(dirname "$1")/edited.txt"');
    const files = { 'rule.yaml': RULE, 'more.yaml': 'a: 1\n' };
    const tui = await startTui(at('both', { folder, files }), { env: { EDITOR: 'vi', VISUAL: editor } });
    await tui.until('5/6');
    tui.press('e');
    await tui.until('Edit a file');
    tui.press(KEYS.down, KEYS.enter);
    await tui.until(() => tui.raw().split('\u001b[?1049h').length === 3);
    expect(readFileSync(join(folder, 'edited.txt'), 'utf8')).toBe(`${join(folder, 'more.yaml')}\n`);
  });

  /** A remark is broken between words; here it is one line again. */
  const said = (text: string) => (frame: string) => frame.replace(/\s+/g, ' ').includes(text);

  it('that is not there, or fails, is said to the last word, with the path', async () => {
    const openIt = `Open ${folder}/rule.yaml in any editor: saving is enough.`;
    const none = await startTui(at('both', { folder }));
    await none.until('5/6');
    none.press('e');
    await none.until(
      said(`No editor was found: EDITOR is not set, and neither vi nor nano is on the PATH. ${openIt}`),
    );
    none.press('q');
    await none.ended;
    const missing = await startTui(at('both', { folder }), { env: { EDITOR: 'no-such-editor' } });
    await missing.until('5/6');
    missing.press('e');
    await missing.until(said(`EDITOR=no-such-editor is not installed here. No other was found. ${openIt}`));
    missing.press('q');
    await missing.ended;
    const broken = join(folder, 'not-executable');
    writeFileSync(broken, '');
    const failing = await startTui(at('both', { folder }), { env: { EDITOR: broken } });
    await failing.until('5/6');
    failing.press('e');
    await failing.until(said(`Or open ${folder}/rule.yaml in any editor: saving is enough.`));
  });

  it('is not opened where nothing can be written, and why not is said', async () => {
    const unwritable = {
      what: '~/istio-tutor/03 cannot be written.',
      why: 'The disk of ~/istio-tutor/03 is full.',
      next: ['--work DIR   puts your files into another folder'],
    };
    const tui = await startTui(at('both', { folder, files: {}, unwritable }), { env: { EDITOR: 'vi' } });
    await tui.until('5/6');
    tui.press('e');
    await tui.until(
      said('~/istio-tutor/03 cannot be written. The disk of ~/istio-tutor/03 is full. --work DIR'),
    );
    expect(tui.frame()).not.toContain('nothing to edit');
  });

  it.each([
    ['exit 3', 'ended with code 3.'],
    ['kill -KILL $$', 'was killed, by SIGKILL.'],
  ])('that ends with `%s` is said to have', async (body, how) => {
    const editor = script('unwell', body);
    const tui = await startTui(at('both', { folder }), { env: { EDITOR: editor } });
    await tui.until('5/6');
    tui.press('e');
    await tui.until(said(`The editor ${editor} ${how}`));
  });

  it('in the place of one that is not installed is opened, and that is said', async () => {
    writeFileSync(join(folder, 'rule.yaml'), RULE);
    script('vi', 'echo "# by vi" >> "$1"');
    const tui = await startTui(at('both', { folder }), {
      env: { EDITOR: 'subl', PATH: `${folder}:${process.env.PATH}` },
    });
    await tui.until('5/6');
    tui.press('e');
    await tui.until(said('EDITOR=subl is not installed here. vi was opened in its place.'));
    expect(readFileSync(join(folder, 'rule.yaml'), 'utf8')).toBe(`${RULE}# by vi\n`);
  });
});

it('the first frame is there before the course is read', async () => {
  const tui = await startTui(scriptedEngine({ lessons: progressOf(['The blind spot']) }), {
    boot: { read: () => new Promise(() => {}) },
  });
  expect(await tui.until('opening the lessons')).toContain('[Lessons]');
  tui.press('q');
  expect(await tui.ended).toBeNull();
});
