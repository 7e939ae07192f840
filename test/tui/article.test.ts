import { expect, it } from 'vitest';
import type { Article } from '../../src/course/article.ts';
import { at, LESSON } from './fixtures.ts';
import { startTui } from './harness.ts';

const ARTICLE: Article = {
  ...{
    title: 'On rules',
    author: 'Somebody',
    link: 'https://example.com/rules',
    about: 'It is about rules.',
  },
  introducedAt: 'rule',
  passages: [
    {
      ...{ title: 'Step 2', says: 'It promises three things.', drawing: '+- mesh -+\n|  rule  |\n' },
      ...{ steps: ['rule', 'outage'], shownAt: 'rule' },
    },
  ],
};
const lesson = { ...LESSON, article: ARTICLE };

it('is introduced, with passage and drawing, at the first step that quotes it', async () => {
  const tui = await startTui(at('rule', { lesson }), { rows: 40 });
  const frame = await tui.until('2/6');
  for (const text of [
    'On rules',
    'Somebody',
    'https://example.com/rules',
    'It promises three things.',
    '|  rule  |',
  ])
    expect(frame).toContain(text);
});

it('opens with a key at the others, and is not in their text', async () => {
  const tui = await startTui(at('outage', { lesson }), { columns: 100 });
  expect(await tui.until('3/6')).not.toContain('It promises');
  expect(tui.frame()).toContain('v the article');
  tui.press('v');
  const frame = await tui.until('It promises three things.');
  expect(frame).toContain('On rules');
  tui.press('v');
  await tui.until(text => !text.includes('On rules'));
});

it('where a lesson quotes none, the key says so', async () => {
  const tui = await startTui(at('outage'));
  await tui.until('3/6');
  tui.press('v');
  await tui.until('This lesson quotes no article.');
});
