/** The playground on the screen: what is in the folder, calls to choose from, and keys of its own. */
import { expect, it } from 'vitest';
import type { Step } from '../../src/course/schema.ts';
import { lessonOf, scriptedEngine } from '../support/scripted-engine.ts';
import { KEYS } from '../support/terminal.ts';
import { RULE } from './fixtures.ts';
import { type Options, startTui } from './harness.ts';

const CALLS = [
  { name: 'users', title: 'users go to v1', call: { curl: ['http://www.example.com/users'] } },
  { name: 'call-1', title: 'call-1', call: { curl: ['-I', 'http://catalog/'], from: 'b' } },
];

function playground(calls: typeof CALLS, files: Readonly<Record<string, string>>) {
  const task = 'Whatever YAML you save in this folder is applied; c sends a call, o has those of the scene.';
  const step: Step = {
    kind: 'fix',
    ...{ id: 'playground', title: 'Who gets users', task },
    ...{ files: [], checks: [], hints: [], solution: [] },
  };
  const lesson = lessonOf([step], {
    ...{ id: 'playground', number: 1, title: 'Who gets users', folder: 'playground' },
    playground: { calls, ownWorld: false },
  });
  return scriptedEngine({
    lesson,
    files,
    folder: '/work/playground',
    kubectl: 'kubectl apply -f /work/playground/',
  });
}

async function start(
  calls = CALLS,
  files: Readonly<Record<string, string>> = { 'rule.yaml': RULE },
  options: Options = {},
) {
  const tui = await startTui(playground(calls, files), options);
  const frame = await tui.until('Whatever YAML');
  return { ...tui, first: frame };
}

it('shows the folder, its files, and how many calls there are', async () => {
  const { first } = await start();
  expect(first).toMatchInlineSnapshot(`
    " Playground ·································· 2 calls         kind, Istio 1.31
     ──────────────────────────────────────────────────────────────────────────────
     Who gets users

     Whatever YAML you save in this folder is applied; c sends a call, o has those
     of the scene.

     Files  /work/playground/rule.yaml
            e opens your editor; saving in any editor applies it
     or     export KUBECONFIG=/state/kind.kubeconfig
            kubectl apply -f /work/playground/

     rule.yaml
        apiVersion: networking.istio.io/v1beta1
        kind: DestinationRule
        metadata:
          name: external-api-rule
          namespace: mesh-network
        spec:
          host: api.safedata-zone.io # for every port
          trafficPolicy:
     ──────────────────────────────────────────────────────────── ↓ 2 more: space ─
     enter apply   e edit   c a call   o calls   d diff   s save   ? keys"
  `);
});

it('sends a call of the menu, from the client that the scene says', async () => {
  const tui = await start();
  tui.press('o');
  const menu = await tui.until('Send a call');
  expect(menu).toContain('users go to v1   curl http://www.example.com/users');
  expect(menu).toContain('curl -I http://catalog/');
  tui.press(KEYS.down, KEYS.enter);
  await tui.engine.whenAsked(1);
  expect(tui.engine.asked).toEqual([['probe', ['-I', 'http://catalog/'], 'b']]);
});

it('says where calls come from when there is none', async () => {
  const tui = await start([]);
  tui.press('o');
  await tui.until('There is none yet: c sends one');
  tui.press(KEYS.enter);
  await tui.until('Whatever YAML');
  expect(tui.engine.asked).toEqual([]);
});

it('is saved as a scene, and has nothing to solve', async () => {
  const tui = await start();
  tui.press('s');
  await tui.engine.whenAsked(1);
  expect(tui.engine.asked).toEqual([['saveScene']]);
  for (const key of ['h', 'g', KEYS.backspace]) {
    tui.press(key);
    await tui.until('nothing to solve in it');
    tui.press(KEYS.down);
    await tui.until(frame => !frame.includes('nothing to solve in it'));
  }
});

it('asks before the mesh is made anew', async () => {
  const tui = await start();
  tui.press('r');
  await tui.until('Make the mesh anew, from the files in the folder?');
  tui.press('y');
  await tui.engine.whenAsked(1);
  expect(tui.engine.asked).toEqual([['reset']]);
});

it('has its own keys in the help, and none of a lesson that it lacks', async () => {
  const tui = await start(CALLS, {}, { rows: 40 });
  tui.press('?');
  const help = await tui.until('save it as a scene');
  expect(help).toContain('calls to choose from');
  expect(help).not.toContain('a hint');
  expect(help).not.toContain('put the solution');
});

it('is told to a screen reader, and is drawn in ASCII', async () => {
  const reader = await start(CALLS, {}, { look: { screenReader: true } });
  expect(reader.first).toContain('Playground, Who gets users.');
  const { first } = await start(CALLS, {}, { look: { ascii: true }, columns: 120, rows: 40 });
  expect(first).toMatch(/^[\x20-\x7e\n]*$/);
});
