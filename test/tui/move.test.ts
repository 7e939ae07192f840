/** `j` and `k` do what the arrows do, wherever something moves. */
import { expect, it } from 'vitest';
import { KEYS } from '../support/terminal.ts';
import { at } from './fixtures.ts';
import { startTui } from './harness.ts';

const LONG = Array.from({ length: 40 }, (_, i) => `- line ${i + 1}`).join('\n');

it('the pointer of a question', async () => {
  const tui = await startTui(at('outage'));
  await tui.until('3/6');
  tui.press('j', 'j');
  await tui.until('▸ 2  a TLS error in curl');
  tui.press('k');
  await tui.until('▸ 1  200, as before');
  expect(tui.frame()).not.toContain('In a second terminal');
});

it('a text, a pane, a menu and a problem', async () => {
  const engine = at('promise');
  const { lesson } = engine.getSnapshot();
  const tui = await startTui(
    at('promise', { lesson: lesson && { ...lesson, prose: { promise: { before: LONG, after: '' } } } }),
  );
  await tui.until('• line 1\n');
  tui.press('j', 'j');
  await tui.until('↑ 2 above');
  tui.press('k');
  await tui.until('↑ 1 above');
  tui.press('?', 'j');
  await tui.until(frame => frame.includes('does the next thing') && frame.includes('↑ 1 above'));
  tui.press('k');
  await tui.until(frame => frame.includes('Keys') && !frame.includes('above'));
  tui.press(KEYS.escape);
  await tui.until('enter more');
  tui.press('g', 'j', 'j', 'k');
  await tui.until("▸  2     The article's second manifest");
  tui.press(KEYS.escape);
  await tui.until('enter more');
  tui.press('k');
  await tui.until(frame => !frame.includes('above'));
  tui.engine.set({ problem: { what: 'No.', next: Array.from({ length: 30 }, (_, i) => `try ${i}`) } });
  await tui.until('No.');
  tui.press('j');
  await tui.until('↑ 1 above');
  tui.press('k');
  await tui.until(frame => frame.includes('No.') && !frame.includes('above'));
});

it('the kubectl lines are a key away that moves nothing', async () => {
  const tui = await startTui(at('rule', { kubectl: 'kubectl apply -f rule.yaml' }));
  await tui.until('t  kubectl apply -f rule.yaml');
  tui.press('t');
  await tui.until('In a second terminal');
});
