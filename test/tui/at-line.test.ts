import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { atLine } from '../../src/tui/terminal/at-line.ts';
import { KEYS } from '../support/terminal.ts';
import { at } from './fixtures.ts';
import { startTui } from './harness.ts';
import { DONE, WHY } from './why-fixtures.ts';

it.each([
  [['vi'], ['vi', '+14', 'a.yaml']],
  [
    ['/usr/bin/nvim', '-p'],
    ['/usr/bin/nvim', '-p', '+14', 'a.yaml'],
  ],
  [['nano'], ['nano', '+14', 'a.yaml']],
  [
    ['code', '--wait'],
    ['code', '--wait', '-g', 'a.yaml:14'],
  ],
  [['ed'], ['ed', 'a.yaml']],
])('%j is told the line', (command, words) => {
  const begin = atLine(command, 'a.yaml', 14);
  expect([...begin.command, begin.file]).toEqual(words);
});

it('no editor is told a line where there is none', () => {
  expect(atLine(['vi'], 'a.yaml', undefined)).toEqual({ command: ['vi'], file: 'a.yaml' });
});

it('o opens the file of the decision that the pointer is on, at its line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'at-line-'));
  const [vi_, told] = [join(folder, 'vi'), join(folder, 'told')];
  writeFileSync(vi_, `#!/bin/sh\necho "$@" > ${told}\n`);
  chmodSync(vi_, 0o755);
  const tui = await startTui(at('count', { folder, steps: { count: DONE } }), { env: { EDITOR: vi_ } });
  tui.engine.explains = async () => WHY;
  await tui.until('4/6');
  tui.press('y');
  await tui.until('IST0109');
  tui.press(KEYS.down);
  await tui.until('▸ 03-virtual-service.yaml:15');
  tui.press('o');
  await vi.waitFor(
    () => expect(readFileSync(told, 'utf8')).toBe(`+15 ${join(folder, '03-virtual-service.yaml')}\n`),
    { timeout: 20_000 },
  );
  await tui.until('▸ 03-virtual-service.yaml:15');
});
