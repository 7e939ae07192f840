import { describe, expect, it } from 'vitest';
import { writerOn } from '../../../src/cli/print/out.ts';
import { cliProgress } from '../../../src/cli/print/progress.ts';

/** A stream that keeps what is written, and a clock that goes on by hand. */
function stage(isTTY: boolean, verbose = false) {
  let now = 0;
  let text = '';
  const clock = { now: () => now, wait: async () => {} };
  const stream = {
    isTTY,
    columns: 80,
    write: (chunk: string) => {
      text += chunk;
      return true;
    },
  } as unknown as NodeJS.WriteStream;
  const progress = cliProgress({ to: writerOn(() => stream), clock, verbose, color: false, ascii: true });
  return { progress, tick: (ms: number) => (now += ms), text: () => text };
}

describe('progress', () => {
  it('is one plain line a stage where there is no terminal', () => {
    const { progress, tick, text } = stage(false);
    progress.stage('Creating the kind cluster');
    progress.line('Preparing nodes');
    tick(18_400);
    progress.stage('Installing Istio');
    progress.note('Istio 1.26 is old.');
    tick(900);
    expect(progress.end('good')).toEqual([
      { title: 'Creating the kind cluster', seconds: 18.4 },
      { title: 'Installing Istio', seconds: 0.9 },
    ]);
    expect(text()).toMatchInlineSnapshot(`
      "ok Creating the kind cluster                      18.4 s
      ! Istio 1.26 is old.
      ok Installing Istio                                0.9 s
      "
    `);
  });

  it('marks the stage that failed', () => {
    const { progress, text } = stage(false);
    progress.stage('Installing Istio');
    progress.end('bad');
    expect(text()).toMatch(/^x Installing Istio/);
  });

  it("shows the tool's last line, cut to the terminal's width, while the stage runs", () => {
    const { progress, text } = stage(true);
    progress.stage('Installing Istio');
    progress.line('a'.repeat(200));
    progress.note('drawn again');
    const living = text().split('\x1b[2K').at(-1) ?? '';
    expect(living).toContain('aaa');
    expect(living.replace(/^! drawn again\n/, '').length).toBeLessThanOrEqual(80);
    progress.end('good');
  });

  it('shows every line of the tools with --verbose', () => {
    const { progress, text } = stage(true, true);
    progress.stage('Installing Istio');
    progress.line('one');
    progress.line('two');
    progress.end('good');
    expect(text()).toContain('    one\n    two\n');
  });
});
