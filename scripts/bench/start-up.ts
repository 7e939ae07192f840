/** How long until something appears: --help, the first frame, the answer to a key. Needs no cluster. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { plainRow, type Row, ratioRow, sideBySide, timed } from './measure.ts';
import { inPty } from './pty.ts';

const run = promisify(execFile);

export async function startUp(program: string, rounds: number): Promise<Row[]> {
  const state = mkdtempSync(join(tmpdir(), 'istio-tutor-bench-'));
  const tui = [process.execPath, program, '--state', state, '--work', join(state, 'work')];
  const noDocker = { ...process.env, DOCKER_HOST: 'unix:///nonexistent', KUBECONFIG: '/nonexistent' };
  try {
    const cold = await sideBySide(rounds, {
      node: () => timed(() => run(process.execPath, ['-e', '0'])),
      help: () => timed(() => run(process.execPath, [program, '--help'])),
    });
    const frames = await sideBySide(rounds, {
      node: async () => {
        const pty = inPty([process.execPath, '-e', 'process.stdout.write("there")']);
        const ms = await pty.until('there');
        await pty.end();
        return ms;
      },
      frame: async () => {
        const pty = inPty(tui, noDocker);
        const ms = await pty.until('istio-tutor');
        await pty.end();
        return ms;
      },
      key: async () => {
        const pty = inPty([...tui, '--on', 'sandbox'], noDocker);
        // Nothing is being looked for any more: only the name of where it runs is left at the top.
        await pty.until(/istio-tutor +sandbox/);
        pty.send('?');
        const ms = await pty.until(/all keys|keys/i);
        await pty.end();
        return ms;
      },
    });
    return [
      ratioRow('`--help`', cold.help, '`node -e 0`', cold.node, 2.5),
      ratioRow(
        'first frame of the TUI',
        frames.frame,
        'a first byte of `node -e`, both in a pty',
        frames.node,
        4,
      ),
      plainRow('key to frame', frames.key, 'ms', 50),
    ];
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}
