import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { notMade } from '../../src/probe/session.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

interface Called {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

// Each call needs about eight files, Node itself some thirty.
it('calls for which the machine has no files left are not made, and never the doing of the mesh', async () => {
  const script = `ulimit -n 120; exec node --import tsx ${join(root, 'test/support/starved.ts')}`;
  const { stdout } = await run('sh', ['-c', script], { cwd: root });
  const { many, after } = JSON.parse(stdout) as { many: Called[]; after: Called };
  const kinds = new Set(many.map(({ exit, stdout }) => (exit === 0 ? `0 ${stdout}` : String(exit))));
  expect([...kinds].filter(kind => kind !== '0 200')).toEqual(['126']);
  for (const { stderr } of many.filter(({ exit }) => exit === 126)) expect(stderr).toMatch(/EMFILE/);
  expect(after).toMatchObject({ exit: 0, stdout: '200' });
}, 30_000);

it('such a call is told with what to do', () => {
  const words = 'curl: (97) closed\nsandbox: curl could not be run: too many open files (EMFILE).\n';
  expect(notMade(words).problem).toMatchObject({
    what: 'The call could not be made.',
    why: 'sandbox: curl could not be run: too many open files (EMFILE).',
    next: ['ulimit -n 4096   in this shell, then start again: more files may be open'],
  });
});
