/** The built program in a pseudo-terminal of 80x24 with its sandbox, keys as a person would press them, and its screen. */
import { join, resolve } from 'node:path';
import xterm from '@xterm/headless';
import { inPty } from '../bench/pty.ts';
import { type Drawn, drawnScreen } from './svg.ts';

const root = resolve(import.meta.dirname, '../..');
const [COLUMNS, ROWS] = [80, 24];

/** Keys, and a text that is on the screen when what they began is over. */
export type Press = readonly [keys: string, text: string];

/** The screen after each press. `state`: a folder that may be written to. Throws if a screen shows a path of it. */
export async function recorded(
  argv: readonly string[],
  state: string,
  presses: readonly Press[],
): Promise<Drawn[]> {
  const home = join(state, 'home');
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
  const program = [process.execPath, join(root, 'bin/istio-tutor.js'), ...argv, '--on', 'sandbox'];
  const pty = inPty([...program, '--state', state, '--work', join(home, 'istio-tutor')], {
    ...process.env,
    ...{ HOME: home, NO_COLOR: '', COLORFGBG: '15;0' },
  });
  pty.child.stdout?.on('data', (chunk: Buffer) => terminal.write(chunk));
  const shows = () =>
    Array.from(
      { length: ROWS },
      (_, row) => terminal.buffer.active.getLine(row)?.translateToString(true) ?? '',
    ).join('\n');
  const until = (text: string) =>
    new Promise<void>((done, fail) => {
      const giveUp = setTimeout(
        () => fail(new Error(`${argv.join(' ')}: no ${text} in\n${shows()}`)),
        60_000,
      );
      const look = terminal.onWriteParsed(() => {
        if (!shows().includes(text)) return;
        clearTimeout(giveUp);
        look.dispose();
        done();
      });
      terminal.write('');
    });
  /** Nothing more has come for a second: what was begun has ended. */
  const quiet = () =>
    new Promise<void>(done => {
      let timer = setTimeout(done, 1000);
      terminal.onWriteParsed(() => {
        clearTimeout(timer);
        timer = setTimeout(done, 1000);
      });
    });
  const screens: Drawn[] = [];
  try {
    for (const [keys, text] of presses) {
      if (keys !== '') pty.child.stdin?.write(keys);
      await until(text);
      await quiet();
      if (shows().includes(state)) throw new Error(`${argv.join(' ')} shows a path of ${state}:\n${shows()}`);
      screens.push(drawnScreen(terminal.buffer.active, COLUMNS, ROWS));
    }
  } finally {
    await pty.end();
  }
  return screens;
}
