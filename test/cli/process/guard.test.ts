import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { onPath } from '../../../src/shared/tool.ts';

const root = resolve(import.meta.dirname, '../../..');
const PROCESS = join(root, 'src/cli/process/guard.ts');

/** A program's arguments for node: the sources' own way to begin and to end a process, and what is between. */
const program = (body: string) => [
  ...['--import', 'tsx', '--input-type=module', '-e'],
  `import { dieAtExit, guardProcess } from '${PROCESS}'; guardProcess(); ${body}`,
];

describe('the end of the process', () => {
  it('is by the signal that it is to die of, once all has been cleaned up', async () => {
    const body = `
      process.on('SIGQUIT', () => {}); // As libraries have.
      process.on('exit', () => process.stdout.write('cleaned up'));
      dieAtExit('SIGQUIT');
      process.exit();`;
    const { signal, stdout } = await execa(process.execPath, program(body), { reject: false, cwd: root });
    expect([signal, stdout]).toEqual(['SIGQUIT', 'cleaned up']);
  });

  it('is so for commands as well, which clean up first', async () => {
    const body = `
      const { deadlySignal, interruptSignal } = await import('${join(root, 'src/cli/process/interrupt.ts')}');
      interruptSignal().addEventListener('abort', () => {
        process.stdout.write('obeyed');
        dieAtExit(deadlySignal());
        process.exit();
      });
      process.kill(process.pid, 'SIGALRM');
      setInterval(() => {}, 1000);`;
    const { signal, stdout } = await execa(process.execPath, program(body), { reject: false, cwd: root });
    expect([signal, stdout]).toEqual(['SIGALRM', 'obeyed']);
  });

  it.skipIf(process.platform !== 'linux' || !onPath('script'))(
    'is no crash where the window is gone',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'gone-'));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const status = join(folder, 'status');
      const body = `
      process.stdin.setRawMode(true);
      const gone = () => process.exit(7);
      process.stdin.on('error', gone).on('end', gone).resume();
      process.stdout.on('error', () => {}).write('ready');`;
      const words = [process.execPath, ...program(body)].map(word => `'${word.replaceAll("'", `'\\''`)}'`);
      const inside = `trap '' HUP; ${words.join(' ')}; echo $? > ${folder}.new; mv ${folder}.new ${status}`;
      const window = execa('script', ['-qec', inside, '/dev/null'], {
        reject: false,
        cwd: root,
        stdin: 'pipe',
      });
      const told = once(watch(folder), 'change');
      await once(window.stdout, 'data');
      window.kill('SIGKILL');
      await told;
      expect(readFileSync(status, 'utf8').trim()).toBe('7');
    },
  );
});
