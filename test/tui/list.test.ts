import { expect, it } from 'vitest';
import { progressOf, scriptedEngine } from '../support/scripted-engine.ts';
import { KEYS } from '../support/terminal.ts';
import { startTui } from './harness.ts';

const TITLES = ['The blind spot', 'Step 1: ServiceEntry', 'Step 2: DestinationRule'];
const engine = () => scriptedEngine({ lessons: progressOf(TITLES, [[8, 8], [3, 9], [0, 11]]) }); // biome-ignore format: data

it('shows how far each lesson has been taken', async () => {
  const tui = await startTui(engine());
  expect(await tui.until('kind, Istio')).toMatchInlineSnapshot(`
    " istio-tutor                                                   kind, Istio 1.31
     ──────────────────────────────────────────────────────────────────────────────

     Getting traffic out of the mesh
     what a mesh does with a call to the outside

        1  The blind spot                             ✓  ━━━━━━━━━━    8/8   10 min
      ▸ 2  Step 1: ServiceEntry                          ━━━───────    3/9   11 min
        3  Step 2: DestinationRule                       ──────────   0/11   12 min

        11 of 28 steps done










     ──────────────────────────────────────────────────────────────────────────────
     enter open   w where it runs   q quit   ? keys"
  `);
});

it('opens the lesson that the pointer is on, or whose number is pressed', async () => {
  const tui = await startTui(engine());
  await tui.until('kind, Istio');
  tui.press('j', KEYS.down, KEYS.enter);
  await tui.until('▸ 3');
  tui.press('k', '1');
  await tui.until('▸ 1');
  expect(tui.engine.asked.filter(([action]) => action === 'open')).toEqual([
    ['open', 'lesson-3'],
    ['open', 'lesson-1'],
  ]);
});

it('remembers a lesson that is opened while the cluster is still looked for', async () => {
  let found = (): void => {};
  const looking = new Promise<void>(resolve => {
    found = resolve;
  });
  const tui = await startTui(engine(), {
    boot: {
      find: async () => {
        await looking;
        return [{ id: 'kind', note: '', ready: true }];
      },
    },
  });
  await tui.until('looking for a cluster');
  tui.press('2');
  await tui.until('Lesson 2 opens as soon as it is known');
  expect(tui.engine.asked).toEqual([]);
  found();
  await tui.until('kind, Istio');
  expect(tui.engine.asked).toEqual([['open', 'lesson-2', undefined]]);
});

it('has a help, and quits', async () => {
  const tui = await startTui(engine());
  await tui.until('kind, Istio');
  tui.press('?');
  expect(await tui.until('opens what')).toMatchInlineSnapshot(`
    " istio-tutor                                                   kind, Istio 1.31
     ──────────────────────────────────────────────────────────────────────────────
     Keys
       enter      opens what the pointer is on
       u          bring the cluster up, or back
       w          choose where the mesh runs
       ?          all keys
       q          quit; everything is saved
       ctrl-c     stops what is under way; else quits
       ctrl-z     back to the shell for a while; fg goes on
       up down    move; a digit opens that lesson










     ──────────────────────────────────────────────────────────────────────────────
     esc close   q quit"
  `);
  tui.press(KEYS.escape);
  await tui.until('11 of 28');
  tui.press('x', 'z', '9');
  tui.press('q');
  expect(await tui.ended).toBeNull();
  expect(tui.engine.asked).toEqual([['dispose']]);
});
