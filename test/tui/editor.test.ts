import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { editorCommand } from '../../src/tui/terminal/suspend.ts';

const folder = mkdtempSync(join(tmpdir(), 'editors-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('the editor is the one that is set, else one that is there', () => {
  expect(editorCommand({ PATH: folder })).toBeNull();
  writeFileSync(join(folder, 'nano'), '');
  expect(editorCommand({ PATH: folder })).toEqual(['nano']);
  writeFileSync(join(folder, 'vi'), '');
  expect(editorCommand({ PATH: folder })).toEqual(['vi']);
  expect(editorCommand({ PATH: folder, EDITOR: 'code --wait' })).toEqual(['code', '--wait']);
  expect(editorCommand({})).toBeNull();
});
