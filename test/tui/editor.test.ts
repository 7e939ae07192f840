import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { chooseEditor, editorRemark } from '../../src/tui/terminal/suspend.ts';

const folder = mkdtempSync(join(tmpdir(), 'editors-'));
afterAll(() => rmSync(folder, { recursive: true }));

const chosen = (env: NodeJS.ProcessEnv) => chooseEditor(env).command;
const install = (name: string) => writeFileSync(join(folder, name), '');

it('the editor is the one that is set, else one that is there', () => {
  expect(chosen({ PATH: folder })).toBeNull();
  expect(chosen({})).toBeNull();
  install('micro');
  expect(chosen({ PATH: folder })).toEqual(['micro']);
  install('nano');
  expect(chosen({ PATH: folder })).toEqual(['nano']);
  install('vi');
  expect(chosen({ PATH: folder })).toEqual(['vi']);
  install('code');
  expect(chosen({ PATH: folder, EDITOR: 'code --wait' })).toEqual(['code', '--wait']);
  expect(chosen({ PATH: folder, EDITOR: 'vi', VISUAL: 'nano' })).toEqual(['nano']);
  expect(chosen({ PATH: folder, EDITOR: join(folder, 'vi') })).toEqual([join(folder, 'vi')]);
});

it('one that is set and not installed is passed over, and that is said', () => {
  const choice = chooseEditor({ PATH: folder, VISUAL: 'subl -w', EDITOR: 'nano' });
  expect(choice.command).toEqual(['nano']);
  expect(editorRemark(choice, 'rule.yaml')).toBe(
    'VISUAL=subl is not installed here. nano was opened in its place.',
  );
  expect(editorRemark(chooseEditor({ PATH: folder, EDITOR: 'nano' }), 'rule.yaml')).toBeNull();
  expect(editorRemark(chooseEditor({ EDITOR: 'subl' }), 'rule.yaml')).toBe(
    'EDITOR=subl is not installed here. No other was found. Open rule.yaml in any editor: saving is enough.',
  );
});
