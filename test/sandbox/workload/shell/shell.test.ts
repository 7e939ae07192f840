import { describe, expect, it } from 'vitest';
import { cpuTime } from '../../../support/cpu-time.ts';
import { container } from './container.ts';

const ESC = '\u001b';

/** Keys that are pressed once what they wait for is on the screen. */
function typist(steps: readonly (readonly [wait: string, keys: string])[]) {
  let seen = '';
  let from = 0;
  let wake = () => {};
  async function* keys(): AsyncGenerator<Buffer> {
    for (const [wait, typed] of steps) {
      while (!seen.slice(from).includes(wait))
        await new Promise<void>(done => {
          wake = done;
        });
      from = seen.length;
      yield Buffer.from(typed);
    }
  }
  const onStdout = (text: string) => {
    seen = text;
    wake();
  };
  return { stdin: keys(), onStdout, tty: true };
}

describe('a shell in a container', () => {
  it('prints what a loop prints as it comes, and ends with its client', async () => {
    const gone = new AbortController();
    const ran = await container()(['sh', '-c', 'while true; do echo tick; sleep 0.01; done'], {
      signal: gone.signal,
      onStdout: text => text.length > 20 && gone.abort(),
    });
    expect(ran.stdout).toMatch(/^(tick\n){5}/);
    expect(ran.exit).toBe(130);
  });

  it('waits for what runs in the background, and ends it with its client', async () => {
    expect(await container()(['sh', '-c', '(sleep 0.05; echo late) & echo soon; wait; echo over'])).toEqual({
      ...{ exit: 0, stdout: 'soon\nlate\nover\n', stderr: '' },
    });
    const gone = new AbortController();
    const ran = await container()(['sh', '-c', 'trap : TERM; echo on; sleep infinity & wait'], {
      ...{ signal: gone.signal, onStdout: () => gone.abort() },
    });
    expect(ran).toEqual({ exit: 130, stdout: 'on\n', stderr: '' });
  });

  it('ends what nobody reads any more', async () => {
    const ran = await container()(['sh', '-c', 'while :; do echo y; done | head -n 1; echo over']);
    expect(ran).toEqual({ exit: 0, stdout: 'y\nover\n', stderr: '' });
  });

  it('writes files of its own, and none that is mounted', async () => {
    const run = container({ '/etc/lab/ca.pem': 'certificate\n' });
    expect(
      await run(['sh', '-c', 'echo one > /tmp/a; echo two >> /tmp/a; cat /tmp/a /etc/lab/ca.pem']),
    ).toEqual({
      ...{ exit: 0, stdout: 'one\ntwo\ncertificate\n', stderr: '' },
    });
    expect((await run(['sh', '-c', 'cd /tmp; mkdir b; touch b/c; echo *; ls b; wc -l < a'])).stdout).toBe(
      'a b\nc\n2\n',
    );
    expect(await run(['sh', '-c', 'echo x > /etc/lab/ca.pem'])).toMatchObject({ exit: 2, stdout: '' });
    expect(await run(['sh', '-c', 'echo x > /nowhere/a'])).toEqual({
      ...{ exit: 2, stdout: '', stderr: 'sh: cannot create /nowhere/a: No such file or directory\n' },
    });
    expect(await run(['cat', '/etc/passwd'])).toMatchObject({ exit: 1, stdout: '' });
  });

  it('finds files', async () => {
    const run = container({ '/etc/hosts': 'x' });
    const sh = (script: string) => run(['sh', '-c', script]);
    await sh('mkdir -p /tmp/d/e; touch /tmp/d/a.txt /tmp/d/e/b.txt /tmp/d/e/c');
    expect((await sh('find /tmp/d')).stdout).toBe(
      '/tmp/d\n/tmp/d/a.txt\n/tmp/d/e\n/tmp/d/e/b.txt\n/tmp/d/e/c\n',
    );
    expect((await sh('cd /tmp/d; find . -type f -name "*.txt"')).stdout).toBe('./a.txt\n./e/b.txt\n');
    expect((await sh('find /tmp/d -maxdepth 1 -type d')).stdout).toBe('/tmp/d\n/tmp/d/e\n');
    expect((await sh('find /etc -mindepth 1 -name hosts')).stdout).toBe('/etc/hosts\n');
    expect(await sh('find /none')).toMatchObject({
      ...{ exit: 1, stderr: 'find: /none: No such file or directory\n' },
    });
    expect(await sh('find / -exec rm {} +')).toMatchObject({
      exit: 1,
      stderr: 'find: here it knows -name, -type, -maxdepth, -mindepth and -print, not -exec\n',
    });
  });

  it('packs and unpacks files as kubectl cp has it do', async () => {
    const run = container();
    await run(['sh', '-c', 'mkdir -p /tmp/d/e; echo one > /tmp/d/a; seq 500 > /tmp/d/e/b']);
    expect(
      (
        await run([
          'sh',
          '-c',
          'mkdir /tmp/to; tar cf - /tmp/d | tar xmf - -C /tmp/to; cat /tmp/to/tmp/d/a; tail -n 1 /tmp/to/tmp/d/e/b',
        ])
      ).stdout,
    ).toBe('one\n500\n');
    expect((await run(['test', '-d', '/tmp/d'])).exit).toBe(0);
    expect((await run(['test', '-d', '/tmp/d/a'])).exit).toBe(1);
    expect(await run(['tar', 'cf', '-', '/tmp/none'])).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('/tmp/none: No such file'),
    });
    expect(await run(['tar', 'xf', '-', '-C', '/tmp'], { stdin: 'x'.repeat(600) })).toMatchObject({
      exit: 1,
    });
  });

  it('tells kubectl cp whether a path is a folder', async () => {
    const run = container();
    await run(['sh', '-c', 'mkdir /tmp/d']);
    expect(await run(['test', '-d', '/tmp/d'])).toEqual({ exit: 0, stdout: '', stderr: '' });
    expect((await run(['test', '-d', '/tmp/none'])).exit).toBe(1);
    expect((await run(['[', 'a', '=', 'a', ']'])).exit).toBe(0);
    expect(await run(['[', 'a'])).toEqual({ exit: 2, stdout: '', stderr: '[: missing ]\n' });
  });

  it('knows what of it is a terminal', async () => {
    const run = container();
    const ask = 'test -t 0 && echo in; [ -t 1 ] && echo out; echo x | { test -t 0 || echo piped; }';
    expect((await run(['sh', '-c', ask], { tty: true })).stdout).toBe('in\nout\npiped\n');
    expect((await run(['sh', '-c', ask])).stdout).toBe('piped\n');
    const typed = await run(
      ['sh'],
      typist([
        ['$ ', 'test -t 0 && echo "it is"\r'],
        ['it is\n', '\x04'],
      ]),
    );
    expect(typed.exit).toBe(0);
  });

  it('does not grow without end', async () => {
    const deep = await container()(['sh', '-c', 'f() { f; }; f; echo on']);
    expect([deep.exit, deep.stderr]).toEqual([2, expect.stringContaining('calls within calls')]);
    const full = await container()([
      'sh',
      '-c',
      'x=$(seq 100000); while echo "$x" >> /tmp/a; do :; done; echo full',
    ]);
    expect([full.stdout, full.stderr]).toEqual([
      'full\n',
      expect.stringContaining('No space left on device'),
    ]);
  });

  it('reads a script from stdin, and one of a file with its arguments', async () => {
    const run = container();
    expect(await run(['sh'], { stdin: 'echo $((1+1))\nexit 3\n' })).toEqual({
      exit: 3,
      stdout: '2\n',
      stderr: '',
    });
    await run(['sh', '-c', 'echo \'echo "$0 $1"\' > /tmp/s']);
    expect((await run(['sh', '/tmp/s', 'one'])).stdout).toBe('/tmp/s one\n');
    expect((await run(['sh', '-c', 'echo $0 $1', 'name', 'one'])).stdout).toBe('name one\n');
    expect(await run(['sh', '/tmp/none'])).toMatchObject({ exit: 127 });
  });

  it('runs what it reads from stdin line by line, and lets commands read the lines below', async () => {
    const run = container();
    const stdin = 'for i in 1 2\ndo echo n$i\ndone\nread x\ntaken\necho "got $x"\nexit 4\necho never\n';
    expect(await run(['sh'], { stdin })).toEqual({ exit: 4, stdout: 'n1\nn2\ngot taken\n', stderr: '' });
    expect(await run(['sh'], { stdin: 'echo on\nif true; then' })).toMatchObject({ exit: 2, stdout: 'on\n' });
    let seen = '';
    async function* lines(): AsyncGenerator<Buffer> {
      yield Buffer.from('echo first\n');
      while (!seen.includes('first')) await new Promise(setImmediate);
      yield Buffer.from('echo second\n');
    }
    const onStdout = (text: string) => {
      seen = text;
    };
    expect((await run(['sh'], { stdin: lines(), onStdout })).stdout).toBe('first\nsecond\n');
  });

  it('reads a long loop from stdin about as quickly as a short one', async () => {
    const body = Array.from({ length: 1500 }, (_, at) => `echo ${at}`).join('\n');
    const started = cpuTime();
    const { stdout } = await container()(['sh'], { stdin: `for i in 1; do\n${body}\ndone\n` });
    expect(stdout.split('\n')).toHaveLength(1501);
    expect(cpuTime() - started).toBeLessThan(1500);
  });

  it('at a terminal shows a prompt and the keys, runs lines, and leaves with Ctrl-D', async () => {
    const keys = typist([
      ['$ ', 'echo hallo\x7f\x7f\x7f\x7fello\r'],
      ['hello\n/ $ ', `${ESC}[A\r`],
      ['hello\n/ $ ', 'for i in 1 2\r'],
      ['> ', 'do echo "n$i"; done\r'],
      ['n2\n/ $ ', 'false\r'],
      ['$ ', '\x04'],
    ]);
    const { stdout, exit } = await container()(['sh'], keys);
    expect(stdout).toContain('/ $ echo hallo');
    expect(stdout.match(/^hello$/gm)).toHaveLength(2);
    expect(stdout).toContain('n1\nn2\n/ $ ');
    expect(exit).toBe(1);
  });

  it('at a terminal stops the command alone with Ctrl-C, and gives it the lines that it reads', async () => {
    const keys = typist([
      ['$ ', 'echo begun; sleep 60\r'],
      ['begun', '\x03'],
      ['$ ', 'read x; echo "got $x"\r'],
      ['read x', 'a line\r'],
      ['$ ', 'half a line\x03'],
      ['$ ', 'echo exit; sleep 60\r'],
      ['\nexit\n', '\x03'],
      ['$ ', 'fi\r'],
      ['fi\n/ $ ', 'exit 5\r'],
    ]);
    const { stdout, exit } = await container()(['sh'], keys);
    expect(stdout).toContain('^C\n');
    expect(stdout).toContain('got a line\n');
    expect(exit).toBe(5);
  });
});
