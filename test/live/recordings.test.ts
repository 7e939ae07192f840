import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, inject, it } from 'vitest';
import { tutor } from './tutor.ts';

// The world is the one in which real Istio was recorded: the recorded cases, run again in it, end alike.
// ISTIO_TUTOR_TRUTH: the folder with the cases, their recording, and the programs that run and compare them.

const truth = process.env.ISTIO_TUTOR_TRUTH;
const run = promisify(execFile);

describe.runIf(process.env.LIVE_FULL !== undefined && truth !== undefined)('the recorded cases', () => {
  it('end in this world as they were recorded', { timeout: 3_600_000 }, async () => {
    const { kubeconfig, home } = inject('live');
    const at = (file: string) => join(truth ?? '', file);
    const out = join(home, 'recorded-here.json');
    expect((await tutor('reset', 'blind-spot')).code).toBe(0);
    const record = [at('run.py'), at('visible.yaml'), '-o', out, '--no-analyze', '--kubeconfig', kubeconfig];
    await run('python3', record, { maxBuffer: 64e6 });
    const { stdout } = await run('python3', [at('compare.py'), at('visible.results.json'), out]);
    console.log(stdout);
    const [, agree, all] = /(\d+) of (\d+) cases agree/.exec(stdout) ?? [];
    expect(Number(all)).toBeGreaterThanOrEqual(140);
    expect(Number(agree) / Number(all)).toBeGreaterThanOrEqual(0.98);
  });
});
