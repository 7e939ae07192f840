import { describe, expect, it } from 'vitest';
import { asLine, curlCall, curlLine } from '../../src/probe/curl-args.ts';
import { readCurlOutput, waitedFor } from '../../src/probe/curl-output.ts';
import { UserError } from '../../src/shared/errors.ts';

describe('a curl call', () => {
  it("keeps the learner's arguments, behind ours, so that theirs win", () => {
    const { command, userAgent } = curlCall(['-m', '3', '-H', 'a: b', 'http://x/'], 'n1');
    expect(command.slice(-5)).toEqual(['-m', '3', '-H', 'a: b', 'http://x/']);
    expect(command.slice(0, 7)).toEqual([
      'curl',
      '-sS',
      '--no-progress-meter',
      '-A',
      'istio-tutor-n1',
      '-m',
      '8',
    ]);
    expect(userAgent).toBe('istio-tutor-n1');
  });

  it.each([
    [['-A', 'me', 'http://x/'], 'me'],
    [['-Ame', 'http://x/'], 'me'],
    [['-sSA', 'me', 'http://x/'], 'me'],
    [['--user-agent', 'me', 'http://x/'], 'me'],
    [['-H', 'User-Agent: me', 'http://x/'], 'me'],
    [['-H', 'x: -A', 'http://x/'], 'istio-tutor-n1'],
  ])('%j is sent as %s', (argv, agent) => {
    expect(curlCall(argv, 'n1').userAgent).toBe(agent);
  });

  it('tells its facts after --next as well, which forgets all options', () => {
    const { command } = curlCall(['http://x/', '--next', '-d', 'a', 'http://y/'], 'n1');
    expect(command.filter(word => word === '-w')).toHaveLength(2);
    expect(command.slice(-3)).toEqual(['-d', 'a', 'http://y/']);
  });

  it.each([
    [['-w', '%{http_code}', 'http://x/']],
    [['-sw%{http_code}', 'http://x/']],
    [['--write-out', 'x', 'http://x/']],
    [['-K', 'file']],
    [['-d', '@-', 'http://x/']],
    [['-T', '-', 'http://x/']],
    [['--help']],
  ])('%j is refused, with a reason and a way out', argv => {
    try {
      curlCall(argv, 'n1');
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      const { what, why, next } = (error as UserError).problem;
      expect(what).toMatch(/^A probe cannot use curl's -/);
      expect(why).toBeTruthy();
      expect(next).not.toEqual([]);
    }
  });

  it.each([
    ['-d', '@file'],
    ['-Z', '-i'],
    ['-v', '-k'],
    ['-o', 'w'],
  ])('%s %s is not', (...argv) => {
    expect(curlCall([...argv, 'http://x/'], 'n1').command).toContain(argv[0]);
  });
});

describe('a typed line', () => {
  it.each([
    ['curl -H "x-user: ana" http://x/', ['-H', 'x-user: ana', 'http://x/']],
    ["'http://x/?a=1&b=[1-3]'", ['http://x/?a=1&b=[1-3]']],
    ['http://x/?a=1', ['http://x/?a=1']],
    ['http://x/[1-3]', ['http://x/[1-3]']],
    ['http://x/$HOME', ['http://x/$HOME']],
  ])('%s', (line, argv) => {
    expect(curlLine(line)).toEqual(argv);
  });

  it.each(['http://x/ | head', 'http://x/?a=1&b=2', 'http://x/ > file', '', 'curl'])(
    '%j is refused',
    line => {
      expect(() => curlLine(line)).toThrow(UserError);
    },
  );

  it('can be made of arguments again', () => {
    const argv = ['-H', "it's: so", 'http://x/?a=1&b=2'];
    expect(asLine(argv)).toBe(`-H 'it'\\''s: so' 'http://x/?a=1&b=2'`);
    expect(curlLine(asLine(argv))).toEqual(argv);
  });
});

const MARK = '@@n1';

function facts(more: Record<string, unknown>, headers: Record<string, string[]> = {}): string {
  const json = {
    exitcode: 0,
    http_code: 200,
    method: 'GET',
    url: 'http://x/',
    local_port: 40001,
    num_connects: 1,
    time_total: 0.01,
    ...more,
  };
  return `\n${MARK}${JSON.stringify(json)}\n${MARK}h${JSON.stringify(headers)}\n${MARK}.\n`;
}

function body(version: string, path: string, status = 200): string {
  return `${JSON.stringify({ version, scheme: 'http', method: 'GET', host: 'x', path, sni: '', status, clientCert: null, headers: { 'X-A': 'b' } })}\n`;
}

function read(stdout: string, parallel = false) {
  return readCurlOutput({ argv: [], marker: MARK, parallel, exit: 0, stdout, stderr: '', seconds: 1 });
}

describe("curl's output", () => {
  it('is one transfer with its body, facts and headers', () => {
    const text = body('stable', '/data');
    const { transfers } = read(
      text + facts({ size_download: text.length }, { 'Content-Type': ['a'], Via: ['1', '2'] }),
    );
    expect(transfers).toHaveLength(1);
    expect(transfers[0]).toMatchObject({
      exit: 0,
      code: 200,
      localPort: 40001,
      headers: { 'content-type': 'a', via: '1, 2' },
    });
    expect(transfers[0]?.body.api).toMatchObject({
      version: 'stable',
      path: '/data',
      headers: { 'x-a': 'b' },
    });
  });

  it('keeps a text that is no answer of the API as it is, up to 2,000 characters', () => {
    const [first] = read(`nope\n${facts({ size_download: 5 })}`).transfers;
    expect(first?.body).toEqual({ text: 'nope' });
    expect(read('x'.repeat(5000) + facts({ size_download: 5000 })).transfers[0]?.body.text).toHaveLength(
      2000,
    );
  });

  it('parts headers shown by -i from the body', () => {
    const text = body('stable', '/data');
    const [first] = read(
      `HTTP/1.1 200 OK\r\na: b\r\n\r\n${text}${facts({ size_download: text.length })}`,
    ).transfers;
    expect(first?.body.api?.version).toBe('stable');
  });

  it('keeps the headers that -I shows', () => {
    const [first] = read(`HTTP/1.1 200 OK\r\na: b\r\n\r\n${facts({ size_download: 0 })}`).transfers;
    expect(first?.body.text).toContain('HTTP/1.1 200 OK');
  });

  it('gives bodies back to their transfers when they come interleaved', () => {
    const [stable, canary, refused] = [
      body('stable', '/a'),
      body('canary', '/bb'),
      body('stable', '/c', 503),
    ];
    const stdout =
      stable +
      refused +
      canary +
      facts({ url: 'http://x/bb', size_download: canary.length }) +
      facts({ url: 'http://x/c', http_code: 503, size_download: refused.length }) +
      facts({ url: 'http://x/a', size_download: stable.length });
    expect(read(stdout, true).transfers.map(one => one.body.api?.path)).toEqual(['/bb', '/c', '/a']);
  });

  it('gives no body to a transfer without one, though others wait', () => {
    const text = body('stable', '/a');
    const stdout = text + facts({ http_code: 503, size_download: 0 }) + facts({ size_download: text.length });
    expect(read(stdout, true).transfers.map(one => one.body.api?.version)).toEqual([undefined, 'stable']);
  });

  it('of a failed transfer has the exit code and the message', () => {
    const stdout = facts({
      exitcode: 6,
      http_code: 0,
      local_port: 0,
      num_connects: 0,
      errormsg: 'Could not resolve host: x',
      size_download: 0,
    });
    const side = readCurlOutput({
      argv: [],
      marker: MARK,
      parallel: false,
      exit: 6,
      stdout,
      stderr: 'curl: (6) no\n',
      seconds: 1,
    });
    expect(side).toMatchObject({ exit: 6, message: 'curl: (6) no' });
    expect(side.transfers[0]).toMatchObject({
      exit: 6,
      code: 0,
      localPort: 0,
      error: 'Could not resolve host: x',
    });
  });

  it('took as long as somebody waited for it, where curl waits between its transfers', () => {
    const text = body('stable', '/data');
    const two = [1, 2].map(() => text + facts({ size_download: text.length, time_total: 0.2 })).join('');
    const took = (argv: readonly string[]) => {
      const output = { marker: MARK, parallel: false, exit: 0, stdout: two, stderr: '', seconds: 9 };
      return waitedFor(readCurlOutput({ argv, ...output }));
    };
    expect(took(['--rate', '1/s', 'http://x/[1-2]'])).toBe(9);
    expect(took(['http://x/[1-2]'])).toBeCloseTo(0.4);
  });

  it('without any facts is only a message', () => {
    const side = readCurlOutput({
      argv: [],
      marker: MARK,
      parallel: false,
      exit: 2,
      stdout: '',
      stderr: 'curl: option -q1: is unknown',
      seconds: 0.2,
    });
    expect(side).toMatchObject({ exit: 2, transfers: [], seconds: 0.2 });
  });
});
