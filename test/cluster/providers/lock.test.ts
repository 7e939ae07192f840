import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withLock } from '../../../src/cluster/providers/lock.ts';
import { TutorError } from '../../../src/shared/errors.ts';
import { endLeftover } from '../../../src/shared/tool.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('lets one in at a time, and says who is in', async () => {
  const path = join(folder, 'kind');
  await withLock(path, 'istio-tutor up', async () => {
    const second = await withLock(path, 'istio-tutor down', async () => 'in').catch(error => error);
    expect(second).toBeInstanceOf(TutorError);
    expect(second.problem.what).toBe('Another istio-tutor is at work on this cluster.');
    expect(second.problem.why).toMatch(
      new RegExp(`^It is process ${process.pid} \\(\`istio-tutor up\`\\), since \\d\\d:\\d\\d UTC\\.$`),
    );
  });
  expect(await withLock(path, 'istio-tutor down', async () => 'in')).toBe('in');
});

it('is free after an error', async () => {
  const path = join(folder, 'kind');
  await withLock(path, 'up', async () => Promise.reject(new Error('no'))).catch(() => {});
  expect(existsSync(`${path}.lock`)).toBe(false);
  expect(await withLock(path, 'up', async () => 'in')).toBe('in');
});

it('where nothing can be written names the folder and the way out', async () => {
  writeFileSync(join(folder, 'file'), '');
  await expect(withLock(join(folder, 'file/kind'), 'up', async () => 'in')).rejects.toMatchObject({
    problem: {
      what: expect.stringMatching(/file cannot be written\.$/),
      next: [expect.stringContaining('--state DIR')],
    },
  });
});

it('ends a leftover process only when it is the one that was started', async () => {
  const echo = ['-e', 'process.stdin.pipe(process.stdout)', 'our-mark'];
  const child = execa(process.execPath, echo, { reject: false });
  const pid = child.pid as number;
  await endLeftover(pid, 'another-mark');
  child.stdin.write('still here');
  const [answer] = await once(child.stdout, 'data');
  expect(String(answer)).toBe('still here');
  await endLeftover(pid, 'our-mark');
  expect((await child).signal).toBe('SIGKILL');
});
