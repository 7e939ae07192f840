/** A remark that the lower rule has no room for. */
import { expect, it } from 'vitest';
import { at } from './fixtures.ts';
import { startTui } from './harness.ts';

const LONG =
  'Your earlier version is kept as door.yaml.mine. door.yaml is empty: its objects stay until you delete the file. And this is the end.';

/** The remark is there to its end, on the screen that says this. */
const told = (place: string) => (frame: string) => frame.includes(place) && frame.includes('the end.');

it('stands above the rule, broken between words, and the text gives way', async () => {
  const tui = await startTui(at('promise', { notice: LONG }));
  expect(await tui.until(told('1/6'))).toMatchInlineSnapshot(`
    " 3  Step 2: DestinationRule ······················ 1/6         kind, Istio 1.31
     ──────────────────────────────────────────────────────────────────────────────
     A rule for the destination

     A DestinationRule does not choose where a call goes. It says how the sidecar
     behaves towards a destination once that is chosen: TLS, connections, and when
     an endpoint counts as sick.

     1. tls.mode: what the sidecar speaks
     2. connectionPool: how much at a time
        • and how long one waits

     │ Nothing here is for the app to know.






     Your earlier version is kept as door.yaml.mine. door.yaml is empty: its
       objects stay until you delete the file. And this is the end.
     ──────────────────────────────────────────────────────────────────────────────
     enter next   backspace back   g go to   esc lessons   ? keys"
  `);
});

it('is whole in the smallest window, in the list and in two columns', async () => {
  const small = await startTui(at('both', { notice: LONG }), { columns: 60, rows: 18 });
  const frame = await small.until(told('5/6'));
  expect(frame.split('\n')).toHaveLength(17);
  expect(frame).toContain('Make both callers work');
  const list = await startTui(at('promise', { lesson: null, notice: LONG, lessons: [] }));
  await list.until(told('istio-tutor'));
  const wide = await startTui(at('rule', { notice: LONG }), { columns: 120, rows: 40 });
  expect((await wide.until(told('2/6'))).split('\n')).toHaveLength(39);
});

it('stays in the rule where there is room for it', async () => {
  const tui = await startTui(at('promise', { notice: 'Saved; checking again.' }));
  expect(await tui.until('Saved')).toMatch(/^ ── Saved; checking again\. ─+$/m);
});
