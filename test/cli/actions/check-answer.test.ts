import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageFile } from '../../../src/shared/paths.ts';
import { builtProgram } from '../../support/built.ts';

// The program as a process; each answer is graded in a world of its own.

let main: string;
const place = mkdtempSync(join(tmpdir(), 'istio-tutor-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

beforeAll(async () => {
  main = await builtProgram();
  const right = readFileSync(packageFile('lessons/drills/one-door/solution/door.yaml'), 'utf8');
  const files = {
    'right.yaml': right,
    'tcp.yaml': right.replace('HTTPS', 'TCP'),
    'posts.yaml': `${right}---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: posts}
spec:
  hosts: [api.safedata-zone.io]
  http:
    - match: [{method: {exact: POST}}]
      directResponse: {status: 418}
    - route: [{destination: {host: api.safedata-zone.io}}]
`,
    'refused.yaml': right.replace('HTTPS', 'HTTPSX'),
    'broken.yaml': 'kind: [\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text);
}, 60_000);

function answer(file: string, ...argv: string[]) {
  const env = { PATH: process.env.PATH ?? '', HOME: place, NO_COLOR: '1' };
  const args = [main, 'check', ...argv, '--answer', file, '--on', 'sandbox', '--state', join(place, 'state')];
  return execa(process.execPath, args, { reject: false, env, extendEnv: false, cwd: place });
}

describe('istio-tutor check --answer', { timeout: 60_000 }, () => {
  it('passes a right answer, with 0', async () => {
    const { exitCode, stdout } = await answer('right.yaml', 'one-door');
    expect(stdout).toContain('✓ https://api.safedata-zone.io is answered\n    found    200 from stable');
    expect(stdout).toContain('✓ no other call tells it from a right answer');
    expect([exitCode, stdout.includes('✗')]).toEqual([0, false]);
  });

  it('says which checks fail, and which calls prove it wrong, with 1', async () => {
    const { exitCode, stdout } = await answer('tcp.yaml', 'one-door', '--json');
    const report = JSON.parse(stdout) as { checks: object[]; alsoTried: { curl: string[] }[] };
    expect(report).toMatchObject({ provider: 'sandbox', drill: 'one-door', ok: false, refusal: null });
    expect(report.checks).toContainEqual(
      expect.objectContaining({ id: 'pay', state: 'failed', expected: 'blocked by REGISTRY_ONLY' }),
    );
    expect(report.alsoTried.map(each => each.curl.at(-1))).toContain('https://pay.example-pay.io/');
    expect(exitCode).toBe(1);
  });

  it('names what the author knows, not the world that it was graded in', async () => {
    for (const flags of [[], ['--json']]) {
      const { stdout } = await answer('posts.yaml', 'one-door', ...flags);
      expect(stdout).toContain('VirtualService mesh-network/posts');
      expect(stdout).not.toMatch(/check-1|\b10\.\d+\.\d+\.\d+/);
    }
  });

  it('proves wrong by a call alone what every check passes, with 1', async () => {
    const { exitCode, stdout } = await answer('posts.yaml', 'one-door');
    expect(stdout.match(/^✗ .*/gm)).toEqual([
      '✗ also tried: curl -m 12 -X POST -g http://api.safedata-zone.io/data',
    ]);
    expect(stdout).toContain('    found    418');
    expect(stdout).toContain('    by       VirtualService mesh-network/posts');
    expect(exitCode).toBe(1);
  });

  it('says what the API refuses, with its line, and tries nothing else, with 1', async () => {
    const { exitCode, stdout } = await answer('refused.yaml', 'one-door');
    expect(stdout).toMatch(/^✗ ServiceEntry\/api is refused \(line \d+\):\n {4}admission webhook/);
    expect(stdout).toContain('unsupported protocol: HTTPSX');
    expect([exitCode, stdout.trim().split('\n').length]).toEqual([1, 2]);
  });

  it.each([
    ['right.yaml', ['one-door', 'two-teams'], '--answer is for one drill.'],
    ['right.yaml', ['1'], '--answer is for one drill.'],
    ['right.yaml', ['one-door', '--mutants'], '--answer and --mutants exclude each other.'],
    ['right.yaml', ['one-door', '--no-cluster'], '--answer and --no-cluster exclude each other.'],
    ['gone.yaml', ['one-door'], 'gone.yaml could not be read.\n  There is no such file.'],
    ['broken.yaml', ['one-door'], 'broken.yaml, line 2, column 1: '],
  ])('--answer %s for %j is wrong usage, with 2', async (file, argv, words) => {
    const { exitCode, stderr } = await answer(file, ...argv);
    expect(stderr).toContain(words);
    expect(exitCode).toBe(2);
  });
});
