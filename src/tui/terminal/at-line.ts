/** How an editor is told a line: there is no common way, so each that is known has its own. */
import { basename } from 'node:path';

/** These take `+14 FILE`. */
const PLUS = new Set([
  'vi',
  'vim',
  'nvim',
  'view',
  'nano',
  'pico',
  'emacs',
  'emacsclient',
  'micro',
  'joe',
  'kak',
]);
/** These take `-g FILE:14`. */
const GOTO = new Set(['code', 'code-insiders', 'codium', 'cursor']);

/** The command and file to run so that the cursor stands in the line (from 1); as they are for an editor that is not known. */
export function atLine(
  command: readonly string[],
  file: string,
  line: number | undefined,
): { readonly command: readonly string[]; readonly file: string } {
  const name = basename(command[0] ?? '').replace(/\.(exe|cmd)$/i, '');
  if (line === undefined) return { command, file };
  if (PLUS.has(name)) return { command: [...command, `+${line}`], file };
  return GOTO.has(name) ? { command: [...command, '-g'], file: `${file}:${line}` } : { command, file };
}
