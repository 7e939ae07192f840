import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, inject, it } from 'vitest';

// The program as a user runs it, on the cluster that `up` has made.

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const run = promisify(execFile);

async function tutor(...args: string[]): Promise<Ended> {
  const { program, state, work, name } = inject('live');
  const common = ['--state', state, '--work', work, '--name', name, '--on', 'kind'];
  const split = args.indexOf('--');
  const all = split < 0 ? [...args, ...common] : [...args.slice(0, split), ...common, ...args.slice(split)];
  try {
    return { code: 0, ...(await run(process.execPath, [program, ...all], { maxBuffer: 64e6 })) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

describe('istio-tutor on kind', () => {
  it('finds everything ready', async () => {
    const status = await tutor('status', '--json');
    expect(status).toMatchObject({ code: 0 });
    expect(JSON.parse(status.stdout)).toMatchObject({ health: { state: 'ready' } });
  });

  it('has nothing to do the second time it is brought up', async () => {
    const started = Date.now();
    expect((await tutor('up', '--yes')).code).toBe(0);
    expect(Date.now() - started).toBeLessThan(15_000);
  });

  it('prints where the kubeconfig is', async () => {
    const { stdout } = await tutor('kubeconfig');
    expect(stdout).toContain('export KUBECONFIG=');
    expect(existsSync(inject('live').kubeconfig)).toBe(true);
  });

  it('sends one probe and says what it met', async () => {
    const probe = await tutor('probe', '--json', '--', 'http://api.safedata-zone.io/v2/data');
    expect(probe.code).toBe(0);
    const { evidence } = JSON.parse(probe.stdout);
    expect(evidence.curl.transfers[0]).toMatchObject({ exit: 0, code: 200 });
    expect(evidence.sidecar.lines[0]).toMatchObject({ cluster: 'PassthroughCluster', code: 200 });
    expect(evidence.api.lines[0]).toMatchObject({ version: 'stable', path: '/v2/data' });
  });

  it('draws it for a person, in plain ASCII where that is wanted', async () => {
    const { stdout } = await tutor(
      'probe',
      '--ascii',
      '--no-color',
      '--',
      'https://api.safedata-zone.io/v2/data',
    );
    expect(stdout).toContain('PassthroughCluster');
    expect([...stdout].filter(char => char > '~')).toEqual([]);
  });

  it('runs a lesson without a terminal, and every check passes', async () => {
    const ended = await tutor('run', 'service-entry', '--json');
    expect(ended).toMatchObject({ code: 0 });
    const [lesson] = JSON.parse(ended.stdout).lessons;
    expect(lesson.id).toBe('service-entry');
    expect(lesson.steps.length).toBeGreaterThan(5);
  });

  it('resets a lesson', async () => {
    expect((await tutor('reset', 'service-entry')).code).toBe(0);
  });
});
