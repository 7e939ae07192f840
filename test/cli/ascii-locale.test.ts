import { expect, it } from 'vitest';
import { isAsciiLocale } from '../../src/cli/ascii-locale.ts';

it.each([
  [{ LC_ALL: 'C' }, true],
  [{ LC_ALL: 'POSIX', LANG: 'de_DE.UTF-8' }, true],
  [{ LC_ALL: '', LC_CTYPE: 'C', LANG: 'de_DE.UTF-8' }, true],
  [{ LANG: 'C' }, true],
  [{ LC_ALL: 'C.UTF-8', LANG: 'C' }, false],
  [{ LC_CTYPE: 'en_US.UTF-8', LANG: 'C' }, false],
  [{}, false],
])('%j: ASCII alone is %s', (env, ascii) => {
  expect(isAsciiLocale(env)).toBe(ascii);
});
