/** Clicks and the wheel, as a terminal reports them; and that it reports nothing once the program has let go of it. */
import { expect, it } from 'vitest';
import { progressOf, scriptedEngine } from '../support/scripted-engine.ts';
import { KEYS, type TestTerminal } from '../support/terminal.ts';
import { at } from './fixtures.ts';
import { startTui } from './harness.ts';

const ON = ['\u001b[?1000h', '\u001b[?1006h'];
const OFF = ['\u001b[?1006l', '\u001b[?1000l'];
const WHEEL_UP = '\u001b[<64;5;5M';
const WHEEL_DOWN = '\u001b[<65;5;5M';

/** A click on the first place where the text stands: down and up. */
function click(tui: TestTerminal, text: string): void {
  const rows = tui.frame().split('\n');
  const row = rows.findIndex(each => each.includes(text));
  expect(row, text).toBeGreaterThanOrEqual(0);
  clickAt(tui, (rows[row] ?? '').indexOf(text) + 1, row + 1);
}

function clickAt(tui: TestTerminal, column: number, row: number): void {
  tui.press(`\u001b[<0;${column};${row}M`, `\u001b[<0;${column};${row}m`);
}

it('a row of the list is pointed at, and opened by a second click; a tab is opened', async () => {
  const lessons = progressOf(['The blind spot', 'Step 1: ServiceEntry', 'Step 2: DestinationRule']);
  const engine = scriptedEngine({ lessons });
  const tui = await startTui(engine, { mouse: true, boot: { connect: async () => engine } });
  await tui.until('kind, Istio');
  click(tui, 'Step 1: ServiceEntry');
  await tui.until('▸  2  Step 1');
  click(tui, 'what Step 1: ServiceEntry shows');
  await engine.whenAsked(1);
  expect(engine.asked).toEqual([['open', 'lesson-2']]);
  click(tui, 'Exam');
  await tui.until('[Exam]');
});

it('an answer is chosen, and nothing is where nothing stands', async () => {
  const tui = await startTui(at('outage'), { mouse: true });
  await tui.until('3/6');
  click(tui, 'a TLS error in curl');
  await tui.until('▸ 2');
  click(tui, 'What does it get now?');
  clickAt(tui, 79, 9);
  clickAt(tui, 200, 200);
  tui.press('\u001b[<2;6;10M', '\u001b[<16;6;10M');
  await tui.read();
  click(tui, '503 from the sidecar');
  await tui.until('▸ 3');
  expect(tui.engine.asked).toEqual([]);
});

it('a row of a menu is pointed at, and taken by a second click', async () => {
  const tui = await startTui(at('promise'), { mouse: true });
  await tui.until('1/6');
  tui.press('g');
  await tui.until('Go to a step');
  click(tui, 'Two hundred calls');
  await tui.until('▸  4');
  click(tui, 'Two hundred calls');
  await tui.engine.whenAsked(1);
  expect(tui.engine.asked).toEqual([['goTo', 3]]);
});

it('the wheel scrolls a text and a pane, and moves the pointer of a list', async () => {
  const tui = await startTui(at('rule'), { mouse: true, rows: 18 });
  await tui.until('2/6');
  tui.press(WHEEL_DOWN);
  await tui.until('↑ 2 above ─');
  tui.press(WHEEL_UP);
  await tui.until(frame => !frame.includes('above'));
  tui.press('?');
  await tui.until('Keys');
  tui.press(WHEEL_DOWN);
  await tui.until('↑ 3 above');
  const list = await startTui(scriptedEngine({ lessons: progressOf(['One', 'Two']) }), { mouse: true });
  await list.until('Two');
  list.press(WHEEL_DOWN);
  await list.until('▸  2  Two');
});

it('does not answer a question by the wheel', async () => {
  const tui = await startTui(at('outage'), { mouse: true });
  await tui.until('3/6');
  tui.press(WHEEL_DOWN, '?');
  expect(await tui.until('Keys')).not.toContain('▸');
  tui.press(KEYS.escape);
  expect(await tui.until('3/6')).not.toContain('▸');
});

it('is given back at the end, and for the shell', async () => {
  const stopped: boolean[] = [];
  const isOn = () =>
    Math.max(...ON.map(each => tui.raw().lastIndexOf(each))) >
    Math.max(...OFF.map(each => tui.raw().lastIndexOf(each)));
  const tui: Awaited<ReturnType<typeof startTui>> = await startTui(at('both'), {
    mouse: true,
    stop: async () => {
      await tui.until(() => !tui.alternate());
      stopped.push(isOn());
    },
  });
  await tui.until('5/6');
  expect(isOn()).toBe(true);
  tui.press('\u001a');
  await tui.until(() => stopped.length === 1 && tui.alternate());
  expect([stopped, isOn()]).toEqual([[false], true]);
  tui.press('q');
  expect(await tui.ended).toBeNull();
  await tui.until(() => !tui.alternate());
  for (const each of [...ON, ...OFF]) expect(tui.raw().split(each), each).toHaveLength(3);
  expect(isOn()).toBe(false);
});

it('is left to the terminal where it is not wanted, and by a screen reader', async () => {
  for (const options of [{ mouse: false }, { mouse: true, look: { screenReader: true } }]) {
    const tui = await startTui(at('both'), options);
    await tui.until('catalog');
    expect(tui.raw()).not.toContain('\u001b[?1000h');
  }
});
