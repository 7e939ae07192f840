import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa, type ResultPromise } from 'execa';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { leftOf } from '../../../src/cli/actions/sandbox.ts';
import { builtProgram } from '../../support/built.ts';

// A sandbox's life as a user sees it, between processes: kept in one, used and refused in others.

let main: string;
let folder: string;
const state = () => join(folder, 'state');
const kubeconfig = () => join(state(), 'sandbox.kubeconfig');
const kept: ResultPromise[] = [];

beforeAll(async () => {
  main = await builtProgram();
}, 60_000);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-cli-'));
});
afterEach(async () => {
  for (const one of kept.splice(0)) {
    one.kill('SIGKILL');
    await one.catch(() => {});
  }
  rmSync(folder, { recursive: true, force: true });
});

/** PATH as it is; `null` has no tool in it. */
function run(argv: readonly string[], path: string | null = process.env.PATH ?? null, temp = folder) {
  const env = { PATH: path ?? '/nowhere', HOME: folder, TMPDIR: temp, NO_COLOR: '1' };
  const args = [main, ...argv, '--state', state()];
  return execa(process.execPath, args, { reject: false, env, extendEnv: false, stdin: 'ignore' });
}

/** `istio-tutor sandbox`, once it says that it is ready. */
async function keep(...argv: string[]) {
  const child = run(['sandbox', '--json', ...argv]);
  kept.push(child as unknown as ResultPromise);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, report: JSON.parse(String(line)) as { server: string; kubeconfig: string } };
}

it.each([
  [null, 'its kubeconfig is gone'],
  ['ours', 'its kubeconfig ~/k could not be removed, and leads nowhere now'],
  ['and more', '~/k was changed meanwhile and stays'],
  [undefined, '~/k was changed meanwhile and stays'],
])('says what became of its kubeconfig: %j', (now, words) => {
  expect(leftOf('~/k', 'ours', now)).toBe(words);
});

describe('istio-tutor sandbox', () => {
  it('keeps its kubeconfig while it is stopped, and can be reached when it goes on', async () => {
    const { child, report } = await keep();
    const written = readFileSync(kubeconfig(), 'utf8');
    child.kill('SIGSTOP');
    const argvs = [['up', '--on', 'sandbox'], ['status'], ['down', '--on', 'sandbox']];
    const [up, status, down] = await Promise.all(argvs.map(argv => run(argv)));
    child.kill('SIGCONT');
    const words = `The sandbox of process ${child.pid} does not answer.`;
    expect(up?.stderr).toContain(words);
    expect(up?.stderr).toContain(`kill -9 ${child.pid}`);
    expect(status?.stdout).toContain(words);
    expect(down?.stderr).toContain(words);
    expect(readFileSync(kubeconfig(), 'utf8')).toBe(written);
    expect(written).toContain(report.server);
    expect((await run(['status'])).exitCode).toBe(0);
  });

  it('is used by others, refused a second time, and gone after a signal', async () => {
    const { child, report } = await keep();
    expect(report.kubeconfig).toBe(kubeconfig());
    expect(statSync(kubeconfig()).mode & 0o777).toBe(0o600);
    expect(readFileSync(kubeconfig(), 'utf8')).toContain(report.server);

    const status = await run(['status', '--json']);
    expect([status.exitCode, JSON.parse(status.stdout)]).toMatchObject([
      0,
      { provider: 'sandbox', state: 'ready', listens: expect.any(Array) },
    ]);
    const text = (await run(['status'])).stdout;
    expect(text).toContain(`listens      ${report.server.replace('https://', '')}  the Kubernetes API`);
    expect(text).toMatch(/127\.0\.0\.1:\d+ +pod [\w-]+\/catalog-\S+, port 8080: /);
    const up = await run(['up', '--on', 'sandbox']);
    expect(up.stdout).toContain('export KUBECONFIG=');
    expect(up.stderr).not.toContain('Starting the sandbox');
    const probe = await run(['probe', '--json', '--', 'http://catalog/']);
    expect(JSON.parse(probe.stdout)).toMatchObject({ evidence: { provider: 'sandbox' } });

    const second = await run(['sandbox']);
    expect(second.exitCode).toBe(2);
    expect(second.stderr).toContain('A sandbox is already running for this data folder.');
    expect(existsSync(kubeconfig())).toBe(true);

    expect(child.kill('SIGUSR1')).toBe(true); // Node's debugger listens after that, unless it is told not to.
    expect((await run(['status', '--json'])).exitCode).toBe(0);
    child.kill('SIGTERM');
    const { exitCode, stderr } = await child;
    expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('Debugger')]);
    expect(existsSync(kubeconfig())).toBe(false);
  }, 60_000);

  it('starts beside what a killed one has left, and removes it', async () => {
    const files = () => readdirSync(folder).filter(name => name.startsWith('istio-tutor-sandbox-'));
    const { child, report } = await keep();
    child.kill('SIGKILL');
    await child;
    const left = files();
    expect(left).toHaveLength(1);
    expect(existsSync(kubeconfig())).toBe(true);
    const stale = await run(['status', '--json']);
    expect(JSON.parse(stale.stdout)).toMatchObject({ state: 'absent' });
    const again = await keep();
    expect(again.report.server).not.toBe(report.server);
    expect(files()).toHaveLength(1);
    expect(files()).not.toEqual(left);
    again.child.kill('SIGINT');
    expect((await again.child).exitCode).toBe(0);
    expect([existsSync(kubeconfig()), files()]).toEqual([false, []]);
  }, 60_000);

  it('that was killed leaves what `down` removes and tells, and nothing of anybody else', async () => {
    const files = () => readdirSync(folder).filter(name => name.startsWith('istio-tutor-sandbox-'));
    const { child } = await keep();
    const meanwhile = await run(['down', '--on', 'sandbox']);
    expect(meanwhile.stdout).toContain('A sandbox leaves nothing to remove.');
    expect(existsSync(kubeconfig())).toBe(true);
    child.kill('SIGKILL');
    await child;
    const [left = ''] = files();
    const down = await run(['down', '--on', 'sandbox']);
    expect([down.exitCode, down.stdout]).toEqual([
      0,
      'What a sandbox that was killed had left is gone. Progress and your files stay.',
    ]);
    expect(down.stderr).toContain('Removed ~/state/sandbox.kubeconfig, ~/');
    expect(down.stderr).toContain(left);
    expect([existsSync(kubeconfig()), files()]).toEqual([false, []]);
    // The same name with something of the user's in it.
    const mixed = `clusters: [{name: istio-tutor-sandbox}, {name: prod}]\n`;
    writeFileSync(kubeconfig(), mixed);
    expect((await run(['down', '--on', 'sandbox'])).stdout).toContain('A sandbox leaves nothing to remove.');
    expect(readFileSync(kubeconfig(), 'utf8')).toBe(mixed);
  }, 60_000);

  it('says which port is not available', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { exitCode, stderr } = await run(['sandbox', '--port', String(port)]);
    other.close();
    expect(exitCode).toBe(3);
    expect(stderr).toContain(`Port ${port} of 127.0.0.1 is not available.`);
    expect(existsSync(kubeconfig())).toBe(false);
  }, 30_000);

  it('says at once that there is no place for temporary files', async () => {
    const { exitCode, stderr } = await run(['up', '--on', 'sandbox'], undefined, '/nowhere');
    expect(exitCode).toBe(3);
    expect(stderr).toContain('Temporary files cannot be written.\n  There is no folder /nowhere.');
    expect(stderr).toContain('export TMPDIR=DIR');
  }, 30_000);

  it('writes over no file but a sandbox kubeconfig, wherever it lies', async () => {
    mkdirSync(state());
    const progress = join(state(), 'progress.json');
    writeFileSync(progress, 'mine');
    for (const path of [progress, folder]) {
      const { exitCode, stderr } = await run(['sandbox', '--kubeconfig', path]);
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining("is not istio-tutor's alone")]);
    }
    expect(readFileSync(progress, 'utf8')).toBe('mine');
  }, 30_000);
});

describe('where no sandbox runs', () => {
  it('up tries one, and points to no kubeconfig that is gone', async () => {
    const { exitCode, stdout } = await run(['up', '--on', 'sandbox']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('istio-tutor sandbox   keeps one');
    expect(stdout).not.toContain('KUBECONFIG');
    expect(existsSync(kubeconfig())).toBe(false);
  }, 30_000);

  it('down and reset say that there is nothing to do', async () => {
    const down = await run(['down', '--on', 'sandbox']);
    expect([down.exitCode, down.stdout]).toEqual([
      0,
      'A sandbox leaves nothing to remove. Progress and your files stay.',
    ]);
    const reset = await run(['reset', '3']);
    expect(reset.stdout).toContain('No sandbox runs; the lessons start one in that state.');
  }, 30_000);
});

describe('without curl', () => {
  it('a sandbox starts at once, and a probe says what is missing', async () => {
    const up = await run(['up', '--on', 'sandbox'], null);
    expect(up.exitCode).toBe(0);
    expect(up.stderr).toContain('curl is missing here, so no call can be sent: istio-tutor doctor');
    expect(up.stderr).not.toContain('Sending a first call');
    const probe = await run(['probe', '--', 'http://catalog/'], null);
    expect(probe.exitCode).toBe(3);
    expect(probe.stderr).toContain('No call can be sent: curl is missing.');
    expect(probe.stderr).toMatch(/apt-get install curl/);
    const doctor = await run(['doctor'], `/nowhere${delimiter}/nothing`);
    expect(doctor.stdout).toMatch(/curl +not installed/);
  }, 30_000);
});
