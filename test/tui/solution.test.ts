/** `s` shows the solution beside the learner's file; only a second key writes it. */
import { expect, it } from 'vitest';
import { KEYS } from '../support/terminal.ts';
import { at, LESSON, RULE } from './fixtures.ts';
import { startTui } from './harness.ts';

const SOLUTION = `${RULE.replace('      mode: SIMPLE\n', '      mode: DISABLE # the app does it\n')}    portLevelSettings: []\n`;
const lesson = { ...LESSON, files: { ...LESSON.files, 'solution/rule.yaml': SOLUTION } };
const DONE = { phase: 'done', hints: 0, solutionShown: false } as const;

it('beside each other at 120x40', async () => {
  const tui = await startTui(at('both', { lesson }), { columns: 120, rows: 40 });
  await tui.until('5/6');
  tui.press('s');
  const frame = await tui.until('The solution');
  expect(frame.split('\n').slice(2, 15).join('\n')).toMatchInlineSnapshot(`
    " Mine   rule.yaml                                          │ The solution   rule.yaml
        apiVersion: networking.istio.io/v1beta1                │    apiVersion: networking.istio.io/v1beta1
        kind: DestinationRule                                  │    kind: DestinationRule
        metadata:                                              │    metadata:
          name: external-api-rule                              │      name: external-api-rule
          namespace: mesh-network                              │      namespace: mesh-network
        spec:                                                  │    spec:
          host: api.safedata-zone.io # for every port          │      host: api.safedata-zone.io # for every port
          trafficPolicy:                                       │      trafficPolicy:
            tls:                                               │        tls:
      -       mode: SIMPLE                                     │  +       mode: DISABLE # the app does it
                                                               │  +     portLevelSettings: []
                                                               │"
  `);
  expect(frame).toContain('w put it into my files');
  expect(tui.engine.asked).toEqual([]);
});

it('beside each other from 100 columns on, and one after the other below', async () => {
  const tui = await startTui(at('both', { lesson }), { columns: 100, rows: 24 });
  await tui.until('5/6');
  tui.press('s');
  expect(await tui.until('The solution')).toMatch(/ Mine {3}rule\.yaml +│ The solution {3}rule\.yaml\n/);
  expect(tui.frame()).toMatch(/ - {7}mode: SIMPLE +│ {2}\+ {7}mode: DISABLE/);
  tui.resize(99, 40);
  const below = await tui.until(frame => frame.includes('Mine') && !frame.includes('│'));
  expect(below).toMatch(/Mine {3}rule\.yaml\n[\s\S]*The solution {3}rule\.yaml\n/);
});

it('one after the other at 80x24', async () => {
  const tui = await startTui(at('both', { lesson }));
  await tui.until('5/6');
  tui.press('s');
  await tui.until('Mine   rule.yaml');
  tui.press(KEYS.pageDown);
  expect(await tui.until('portLevelSettings')).toMatchInlineSnapshot(`
    " 3  Step 2: DestinationRule ······················ 5/6         kind, Istio 1.31
     ──────────────────────────────────────────────────────────────────────────────
        spec:
          host: api.safedata-zone.io # for every port
          trafficPolicy:
            tls:
      -       mode: SIMPLE

     The solution   rule.yaml
        apiVersion: networking.istio.io/v1beta1
        kind: DestinationRule
        metadata:
          name: external-api-rule
          namespace: mesh-network
        spec:
          host: api.safedata-zone.io # for every port
          trafficPolicy:
            tls:
      +       mode: DISABLE # the app does it
      +     portLevelSettings: []

     ────────────────────────────────────────────────────────────────── ↑ 6 above ─
     esc close   w put it into my files   d diff   i reference   ? keys"
  `);
});

it('is written by a second key only', async () => {
  const tui = await startTui(at('both', { lesson }));
  await tui.until('5/6');
  tui.press('s');
  await tui.until('Mine');
  tui.press('s');
  await tui.until(frame => !frame.includes('Mine'));
  tui.press('s');
  await tui.until('Mine');
  tui.press('w');
  await tui.engine.whenAsked(1);
  expect(tui.engine.asked).toEqual([['solution']]);
  await tui.until(frame => !frame.includes('Mine'));
});

it('is a key away after another answer has succeeded, and gone once it was taken', async () => {
  const tui = await startTui(at('both', { lesson, steps: { both: DONE } }));
  await tui.until('s mine | solution');
  tui.press('s');
  await tui.until('Mine   rule.yaml');
  tui.press('s');
  await tui.until(frame => !frame.includes('Mine   rule.yaml'));
  tui.engine.step({ solutionShown: true });
  await tui.until(frame => frame.includes('e edit') && !frame.includes('mine | solution'));
});

it('says so where there is no difference', async () => {
  const tui = await startTui(at('both', { lesson, files: { 'rule.yaml': `${SOLUTION}\n\n` } }), { rows: 40 });
  await tui.until('5/6');
  tui.press('s');
  await tui.until('Your files are the solution, line by line.');
});
