import { render } from 'ink-testing-library';
import { createElement } from 'react';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Transcript } from '../../../src/tui/components/transcript/transcript.tsx';
import { line } from '../../../src/tui/text/line.ts';
import { scriptedEngine } from '../../support/scripted-engine.ts';
import { LOOK, settled, shown } from './drawn.tsx';

/** Ticks as the test says; all else goes on by itself. */
function ticking() {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  return async (ms: number) => {
    vi.advanceTimersByTime(ms);
    await settled();
  };
}

describe('the root', () => {
  it('draws the screen of the moment, again after each change', async () => {
    let text = 'before';
    const root = shown({ frame: () => [line(text)] });
    expect(root.lastFrame()).toBe('before');
    text = 'after';
    root.screens.changed();
    await settled();
    expect(root.lastFrame()).toBe('after');
  });

  it('hands on keys one by one, and a paste as one', async () => {
    const root = shown({});
    await settled();
    root.stdin.write('jk');
    root.stdin.write('\u001b[200~q x\u001b[201~');
    await settled();
    expect(root.pressed.map(each => [each.name, each.text])).toEqual([
      ['j', 'j'],
      ['k', 'k'],
      ['paste', 'q x'],
    ]);
  });

  it('keeps Ctrl-Z to itself: no screen is asked', async () => {
    const root = shown({});
    await settled();
    root.stdin.write('\u001a');
    await settled();
    expect([root.asked, root.pressed]).toEqual([['suspend'], []]);
  });

  it('draws again and again only while something moves', async () => {
    const pass = ticking();
    let [now, runs] = [1000, true];
    const root = shown({ frame: on => [line(`at ${on.now}`)], runs: () => runs }, { now: () => now });
    await settled();
    now = 1100;
    await pass(100);
    expect(root.lastFrame()).toBe('at 1100');
    runs = false;
    root.screens.changed();
    await settled();
    now = 1200;
    await pass(1000);
    expect(root.lastFrame()).toBe('at 1100');
  });

  it('reads the log once a second while its pane is open, on whichever screen', async () => {
    const pass = ticking();
    const engine = scriptedEngine();
    const root = shown({ engine });
    await settled();
    await pass(3000);
    expect(engine.asked).toEqual([]);
    root.ui.dispatch({ type: 'open', pane: 'log' });
    await settled();
    await pass(2000);
    expect(engine.asked).toHaveLength(2);
    expect(root.ui.get().log).toHaveLength(4);
    root.ui.dispatch({ type: 'close' });
    await settled();
    await pass(2000);
    expect(engine.asked).toHaveLength(2);
  });

  it('hands on an error in drawing, and draws nothing more', async () => {
    const broken = new Error('drawn badly');
    let fails = false;
    const frame = () => {
      if (fails) throw broken;
      return [line('whole')];
    };
    const root = shown({ frame });
    expect(root.lastFrame()).toBe('whole');
    fails = true;
    root.screens.changed();
    await settled();
    expect(root.asked).toEqual([broken]);
    expect(root.lastFrame()?.trim()).toBe('');
  });

  it('tells a screen reader the words of a screen, else its frame row by row', async () => {
    const look = { ...LOOK, screenReader: true };
    const frame = () => [line(' a title'), line(' ─────'), line('  ▸ one'), line('    two')];
    const rows = shown({ frame }, { look });
    await settled();
    expect(rows.lastFrame()?.trim()).toBe('a title\none\ntwo\nChosen: one');
    const words = shown({ frame, speech: () => [{ id: 'a', lines: [line('in words')] }] }, { look });
    await settled();
    expect(words.lastFrame()?.trim()).toBe('in words');
  });
});

it('a transcript breaks between words, wherever the window ends', async () => {
  const keys = 'Keys: enter answers   c change the call   backspace back';
  const look = { ...LOOK, screenReader: true };
  const speech = [{ id: 'keys', lines: [line(keys)] }];
  const { lastFrame, unmount } = render(createElement(Transcript, { look, columns: 20, speech }));
  onTestFinished(() => unmount());
  await settled();
  expect(lastFrame()?.trim().split('\n')).toEqual([
    'Keys: enter answers', 'c change the call', 'backspace back',
  ]); // biome-ignore format: lines
});

it('a transcript tells only what is new', async () => {
  const told = (...texts: string[]) =>
    createElement(Transcript, {
      ...{ look: LOOK, columns: 20 },
      speech: texts.map((text, at) => ({ id: String(at), lines: [line(text)] })),
    });
  const { rerender, lastFrame, unmount } = render(told('Step 1', 'Chosen: 1'));
  onTestFinished(() => unmount());
  await settled();
  rerender(told('Step 1', 'Chosen: 2'));
  await settled();
  expect(lastFrame()?.trim()).toBe('Step 1\nChosen: 1\nChosen: 2');
});
