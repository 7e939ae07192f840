/**
 * npm run pictures
 * The README's pictures: the built program in a pseudo-terminal of 80x24, with its sandbox, and keys as a person would
 * press them. Each picture is the screen at that moment, as SVG in docs/pictures.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import xterm from '@xterm/headless';
import { inPty } from '../bench/pty.ts';
import { screenSvg } from './svg.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = join(root, 'docs/pictures');
const state = mkdtempSync(join(tmpdir(), 'istio-tutor-pictures-'));
const home = join(state, 'home');
const [COLUMNS, ROWS] = [80, 24];

async function picture(
  name: string,
  argv: readonly string[],
  steps: readonly (readonly [keys: string, text: string])[],
) {
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
  const program = [
    process.execPath,
    join(root, 'bin/istio-tutor.js'),
    ...argv,
    '--on',
    'sandbox',
    '--state',
    state,
  ];
  const pty = inPty([...program, '--work', join(home, 'istio-tutor')], {
    ...process.env,
    HOME: home,
    NO_COLOR: '',
  });
  pty.child.stdout?.on('data', (chunk: Buffer) => terminal.write(chunk));
  const shows = () =>
    Array.from(
      { length: ROWS },
      (_, row) => terminal.buffer.active.getLine(row)?.translateToString(true) ?? '',
    ).join('\n');
  const until = (text: string) =>
    new Promise<void>((done, fail) => {
      const giveUp = setTimeout(() => fail(new Error(`${name}: no ${text} in\n${shows()}`)), 60_000);
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
  try {
    for (const [keys, text] of steps) {
      if (keys !== '') pty.child.stdin?.write(keys);
      await until(text);
      await quiet();
    }
  } catch (error) {
    await pty.end();
    throw error;
  }
  writeFileSync(
    join(folder, `${name}.svg`),
    screenSvg(terminal.buffer.active, COLUMNS, ROWS, `istio-tutor ${argv.join(' ')}`),
  );
  console.log(`docs/pictures/${name}.svg`);
  await pty.end();
}

mkdirSync(folder, { recursive: true });
mkdirSync(home, { recursive: true });
try {
  await picture('lessons', [], [['', 'enter open']]);
  await picture(
    'walk',
    ['3/3'],
    [
      ['', 'sandbox'],
      ['j', '▸ 2'],
      ['', 'answer and send'],
      ['\r', 'TLS in TLS'],
    ],
  );
  await picture(
    'drill',
    ['drill', 'timeout-bites'],
    [
      ['', 'enter check'],
      ['\r', '✗'],
    ],
  );
  await picture(
    'exam',
    ['exam', '--drills', '6', '--seed', 'a'],
    [
      ['', 'enter open'],
      ['jf', '!'],
    ],
  );
} finally {
  rmSync(state, { recursive: true, force: true });
}
