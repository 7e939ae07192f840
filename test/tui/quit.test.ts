/** `q` asks before something is lost, and a second Ctrl-C always leaves. */
import { expect, it } from 'vitest';
import type { Lesson } from '../../src/course/course.ts';
import { progressOf, scriptedEngine } from '../support/scripted-engine.ts';
import { KEYS } from '../support/terminal.ts';
import { at } from './fixtures.ts';
import { NOW, startTui } from './harness.ts';

const SENDING = { label: 'Sending', since: NOW - 2000 };
const PREPARING = { label: 'Going there', since: NOW - 2000, prepares: true } as const;

it('quits at once where nothing is lost', async () => {
  const tui = await startTui(at('count'));
  await tui.until('4/6');
  tui.press('q');
  expect(await tui.ended).toBeNull();
});

it.each([
  [SENDING, 'Quit in the middle of this: Sending?   y yes   n no'],
  [PREPARING, 'Quit while this is being prepared?   y yes   n no'],
])('asks while something is under way', async (busy, question) => {
  const tui = await startTui(at('count', { busy }));
  await tui.until(busy.label);
  tui.press('q');
  await tui.until(question);
  tui.press('n');
  await tui.until(frame => frame.includes('ctrl-c stop') && !frame.includes('Quit'));
  tui.press('q');
  await tui.until(question);
  tui.press('y');
  expect(await tui.ended).toBeNull();
  expect(tui.engine.asked).toEqual([['dispose']]);
});

it('says in a drill that was begun what stays and what does not, and asks nothing once it is solved', async () => {
  const drill = { domain: 'routing', level: 'easy', points: 1 };
  const lesson = { ...at('both').getSnapshot().lesson, drill } as Lesson;
  const begun = await startTui(at('both', { lesson }));
  await begun.until('routing, easy');
  begun.engine.step({ hints: 1 });
  await begun.until('Hint 1');
  begun.press('q');
  await begun.until("Quit? Your files stay; hints and kubectl's changes are lost.   y yes   n no");
  begun.press('y');
  expect(await begun.ended).toBeNull();
  const solved = await startTui(at('both', { lesson }));
  await solved.until('routing, easy');
  solved.engine.step({ hints: 1, phase: 'done' });
  await solved.until('enter');
  solved.press('q');
  expect(await solved.ended).toBeNull();
});

it('asks in the list as well', async () => {
  const engine = scriptedEngine({ lessons: progressOf(['The blind spot']), busy: SENDING });
  const tui = await startTui(engine, { boot: { read: async () => engine } });
  await tui.until('Sending');
  tui.press('q');
  await tui.until('Quit in the middle of this: Sending?');
  tui.press('y');
  expect(await tui.ended).toBeNull();
});

it('asks when a changed call was not sent, which c shows again', async () => {
  const tui = await startTui(at('count'));
  await tui.until('4/6');
  tui.press('c');
  await tui.until('Change the call');
  tui.press(' -v');
  await tui.until('-v');
  tui.press(KEYS.escape);
  await tui.until('backspace back');
  tui.press('q');
  await tui.until('Quit? The call that you changed has not been sent.   y yes   n no');
  tui.press('n');
  await tui.until('backspace back');
  tui.press('c');
  await tui.until("?[1-200]' -v");
  tui.press(KEYS.enter);
  await tui.engine.whenAsked(1);
  tui.press('q');
  expect(await tui.ended).toBeNull();
});

it('asks nothing after a call that was looked at and not changed', async () => {
  const tui = await startTui(at('count'));
  await tui.until('4/6');
  tui.press('c');
  await tui.until('Change the call');
  tui.press(KEYS.escape);
  await tui.until('backspace back');
  tui.press('q');
  expect(await tui.ended).toBeNull();
});

it('a second Ctrl-C leaves work that does not stop, and the question', async () => {
  const stuck = await startTui(at('count', { busy: SENDING }));
  await stuck.until('Sending');
  stuck.press(KEYS.ctrlC);
  await stuck.engine.whenAsked(1);
  stuck.press(KEYS.ctrlC);
  expect(await stuck.ended).toMatchObject({ exitCode: 130 });
  expect(stuck.engine.asked).toEqual([['interrupt'], ['dispose']]);

  const asked = await startTui(at('count', { busy: SENDING }));
  await asked.until('Sending');
  asked.press('q');
  await asked.until('Quit in the middle');
  asked.press(KEYS.ctrlC);
  expect(await asked.ended).toMatchObject({ exitCode: 130 });
});
