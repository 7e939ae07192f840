import { describe, expect, it } from 'vitest';
import { ToolError, UserError } from '../../src/shared/errors.ts';
import type { Progress } from '../../src/shared/progress.ts';
import type { Ask } from '../../src/tui/state/start-up.ts';
import { progressOf, type ScriptedEngine, scriptedEngine } from '../support/scripted-engine.ts';
import { KEYS } from '../support/terminal.ts';
import { at } from './fixtures.ts';
import { NOW, startTui } from './harness.ts';

const KIND = {
  id: 'kind',
  note: 'a real cluster with real Istio; Docker is running, about 90 s',
  ready: false,
};
const CONTEXT = { id: 'context=dev', note: 'dev: Istio 1.29 found', ready: true };
const engine = () => scriptedEngine({ lessons: progressOf(['The blind spot']) });

/** A make that is held until the test lets it go on, or fails it. */
function held() {
  let on: (error?: Error) => void = () => {};
  const done = new Promise<void>((resolve, reject) => {
    on = error => (error ? reject(error) : resolve());
  });
  return { done, on: (error?: Error) => on(error) };
}

describe('the welcome screen', () => {
  it('is there when there is something to choose', async () => {
    const tui = await startTui(engine(), { boot: { find: async () => [KIND, CONTEXT] } });
    expect(await tui.until('Where shall the mesh run?')).toMatchInlineSnapshot(`
      " istio-tutor
       ──────────────────────────────────────────────────────────────────────────────

       what a mesh does with a call to the outside

       Where shall the mesh run?

        ▸ kind         a real cluster with real Istio; Docker is running, about 90 s
          context=dev  dev: Istio 1.29 found
          read         only read the lessons, without a cluster

       You can change later: every lesson is the same on all of them.









       ──────────────────────────────────────────────────────────────────────────────
       enter start   q quit"
    `);
  });

  it('reads the lessons without a cluster', async () => {
    const tui = await startTui(engine(), { boot: { find: async () => [KIND] } });
    await tui.until('Where shall the mesh run?');
    tui.press(KEYS.down, KEYS.enter);
    expect(await tui.until('bring up a cluster')).toContain('The blind spot');
  });
});

describe('bringing up the cluster', () => {
  it('shows the stages, the time they take and the last line', async () => {
    const work = held();
    let now = NOW;
    const make = async (_: unknown, progress: Progress) => {
      progress.stage('Making the node');
      progress.line('Preparing nodes');
      now += 31_400;
      progress.stage('Installing Istio');
      progress.line('Processing resources for Istiod.');
      progress.note?.('Istio 1.27 is older than what the lessons were checked with.');
      now += 2100;
      await work.done;
    };
    const tui = await startTui(engine(), { now: () => now, boot: { find: async () => [KIND], make } });
    await tui.until('Where shall');
    tui.press(KEYS.enter);
    expect(await tui.until('2.1 s')).toMatchInlineSnapshot(`
      " istio-tutor
       ──────────────────────────────────────────────────────────────────────────────

       Bringing up kind

        ✓  Making the node                                                     31 s
        ⠙  Installing Istio                                                   2.1 s
            Processing resources for Istiod.
       !  Istio 1.27 is older than what the lessons were checked with.












       ──────────────────────────────────────────────────────────────────────────────
       ctrl-c stop   q quit"
    `);
    work.on();
    // What was noted a moment before the end is still to be read in the list.
    const list = await tui.until(/The blind spot[\s\S]*Istio 1.27 is older/);
    expect(list).toContain('kind, Istio 1.31');
    tui.press(KEYS.down);
    await tui.until(frame => !frame.includes('Istio 1.27'));
  });

  it('is stopped by Ctrl-C, which leads back', async () => {
    let stopped = false;
    const make = (_: unknown, _progress: Progress, _ask: Ask, signal: AbortSignal) =>
      new Promise<void>((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          stopped = true;
          reject(signal.reason);
        });
      });
    const tui = await startTui(engine(), { boot: { find: async () => [KIND], make } });
    await tui.until('Where shall');
    tui.press(KEYS.enter);
    await tui.until('Bringing up kind');
    tui.press(KEYS.ctrlC);
    await tui.until('Where shall');
    expect(stopped).toBe(true);
  });

  it('that fails says so in the words of the tool, and goes on from there', async () => {
    const work = held();
    const tui = await startTui(engine(), { boot: { find: async () => [KIND], make: () => work.done } });
    await tui.until('Where shall');
    tui.press(KEYS.enter);
    await tui.until('Bringing up kind');
    work.on(
      new ToolError({
        what: 'kind create failed.',
        why: 'It ended with exit code 1.',
        detail: 'ERROR: failed to create cluster: port is already allocated',
        next: ['istio-tutor doctor'],
      }),
    );
    expect(await tui.until('kind create failed')).toMatchInlineSnapshot(`
      " istio-tutor
       ──────────────────────────────────────────────────────────────────────────────

       ✗ kind create failed.
         It ended with exit code 1.

           ERROR: failed to create cluster: port is already allocated

         Try   u        try again
               w        choose where the mesh runs
               r        read the lessons without a cluster
               istio-tutor doctor
         Your files and progress are untouched.








       ──────────────────────────────────────────────────────────────────────────────
       u try again   w where it runs   r only read   q quit"
    `);
    tui.press('r');
    await tui.until('The blind spot');
  });

  it.each(['w', KEYS.escape, KEYS.backspace])('that fails leads back to the choice: %j', async key => {
    const make = async () => {
      throw new ToolError({ what: 'kind is not installed.', next: [] });
    };
    const tui = await startTui(engine(), { boot: { find: async () => [KIND, CONTEXT], make } });
    await tui.until('Where shall');
    tui.press(KEYS.enter);
    await tui.until('kind is not installed');
    tui.press(key);
    expect(await tui.until('Where shall the mesh run?')).toContain('context=dev');
  });

  it('asks before it writes', async () => {
    const answers: boolean[] = [];
    const connect = async (_: unknown, ask: Ask) => {
      answers.push(await ask('Write into dev?'));
      return engine();
    };
    const tui = await startTui(engine(), { boot: { connect } });
    expect(await tui.until('Write into dev?')).toMatchInlineSnapshot(`
      " istio-tutor
       ──────────────────────────────────────────────────────────────────────────────

       Write into dev?

















       ──────────────────────────────────────────────────────────────────────────────
       y yes   n no"
    `);
    tui.press('x', 'y');
    await tui.until('kind, Istio 1.31');
    expect(answers).toEqual([true]);
  });
});

describe('when something is missing', () => {
  it('no cluster can be had: the findings, and the lessons to read', async () => {
    const find = async () => {
      throw new ToolError({
        what: 'There is nothing to run the mesh on: Docker does not answer.',
        detail: 'x docker   not installed   https://docs.docker.com/get-docker/',
        next: ['istio-tutor doctor          when that is done'],
      });
    };
    const tui = await startTui(engine(), { boot: { find } });
    expect(await tui.until('look again')).toMatchInlineSnapshot(`
      " istio-tutor
       ──────────────────────────────────────────────────────────────────────────────

       ✗ There is nothing to run the mesh on: Docker does not answer.

           x docker   not installed   https://docs.docker.com/get-docker/

         Try   u        look again
               r        read the lessons without a cluster
               istio-tutor doctor          when that is done
         Your files and progress are untouched.










       ──────────────────────────────────────────────────────────────────────────────
       u look again   r only read   q quit"
    `);
    tui.press('r');
    await tui.until('The blind spot');
  });

  it('the lessons cannot be opened: the program ends with the reason', async () => {
    const held = new UserError({ what: 'Another istio-tutor is running.', next: [] });
    const tui = await startTui(engine(), {
      boot: {
        read: async () => {
          throw held;
        },
      },
    });
    expect(await tui.ended).toBe(held);
  });

  it('the address is none: the program ends with the reason', async () => {
    const wrong = new UserError({ what: 'There is no step 99.', next: [] });
    const tui = await startTui(engine(), {
      address: '1/99',
      boot: {
        address: async () => {
          throw wrong;
        },
      },
    });
    expect(await tui.ended).toBe(wrong);
  });

  it('the cluster does not work: it can be brought back, or left alone', async () => {
    const problem = { what: 'kind does not work.', why: 'Its node is not healthy.', next: [] };
    const find = async () => [{ ...KIND, problem }];
    const tui = await startTui(engine(), { boot: { find } });
    await tui.until('Its node is not healthy.');
    tui.press('u');
    await tui.until('kind, Istio 1.31');
  });

  it('points at the lesson that was asked for while the cluster is looked for, so that Enter means it', async () => {
    const lessons = progressOf(['The blind spot', 'ServiceEntry', 'DestinationRule']);
    const scripted = at('outage', { lessons });
    let there = (_: ScriptedEngine) => {};
    const connect = () => new Promise<ScriptedEngine>(resolve => (there = resolve));
    const tui = await startTui(scripted, { address: 'lesson-3', boot: { connect } });
    await tui.until('connecting to kind');
    expect(tui.frame()).toMatch(/▸ +3 +DestinationRule/);
    tui.press(KEYS.enter);
    await tui.read();
    there(scripted);
    await tui.until('3/6');
    expect(scripted.asked.filter(([what]) => what === 'open')).toEqual([['open', 'lesson-3', undefined]]);
  });

  it('opens the address that was asked for, once there is a cluster', async () => {
    const tui = await startTui(at('outage'), { address: 'destination-rule/outage' });
    await tui.until('3/6');
    expect(tui.engine.asked).toEqual([['open', 'destination-rule', 'outage']]);
  });
});
