import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { tutor } from './tutor.ts';

// The program as a user runs it, on the cluster that `up` has made.

describe('istio-tutor on kind', () => {
  // Whatever the suites before have left: lesson 1 begins with no configuration at all.
  beforeAll(async () => expect((await tutor('reset', 'blind-spot')).code).toBe(0));

  it('finds everything ready', async () => {
    const status = await tutor('status', '--json');
    expect(status).toMatchObject({ code: 0 });
    expect(JSON.parse(status.stdout)).toMatchObject({ provider: 'kind', state: 'ready' });
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

  it('is brought up in the middle of a lesson whose https:// calls have to fail', async () => {
    expect((await tutor('reset', 'virtual-service')).code).toBe(0);
    const probe = await tutor('probe', '--json', '--', 'https://api.safedata-zone.io/v2/data');
    expect(JSON.parse(probe.stdout).evidence.curl.exit).toBe(35);
    expect(await tutor('up', '--yes')).toMatchObject({ code: 0 });
  });
});

describe.runIf(process.env.LIVE_FULL !== undefined)("the example scenes in the lab's own world", () => {
  it('hold on real Istio as they do in the sandbox', async () => {
    const folder = resolve(import.meta.dirname, '../../lessons/scenes');
    const files = readdirSync(folder).filter(name => name.endsWith('.scene.yaml'));
    expect(files.length).toBeGreaterThan(10);
    const { code, stdout } = await tutor('test', ...files.map(name => join(folder, name)), '--json');
    const { counts, scenes } = JSON.parse(stdout);
    expect(scenes.filter((each: { ok: boolean }) => !each.ok)).toEqual([]);
    expect([code, counts.scenes]).toEqual([0, files.length]);
  });
});
