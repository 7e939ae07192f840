/** The regular expressions of grep, sed and awk. Source: POSIX.1-2017, Base Definitions, 9 */
import { literally } from '../../../shared/texts.ts';
import { bracketOf } from '../shell/patterns.ts';
import { Misuse } from './tool.ts';

/** Basic: \( \) \{ \} \| \+ \? are operators, and the bare characters are themselves. Throws a Misuse. */
export function regexOf(pattern: string, { extended = false, fixed = false, flags = '' } = {}): RegExp {
  try {
    return new RegExp(fixed ? literally(pattern) : sourceOf(pattern, extended), flags);
  } catch {
    throw new Misuse(`bad regex '${pattern}'`, 2);
  }
}

const BRACKET = /^\[(\^?)(\]?(?:\[:\w+:\]|[^\]])*)\]/;
const SWAPPED = '(){}|+?';

function sourceOf(pattern: string, extended: boolean): string {
  let source = '';
  for (let at = 0; at < pattern.length; ) {
    const rest = pattern.slice(at);
    const bracket = BRACKET.exec(rest);
    if (bracket) {
      source += bracketOf(bracket[2] ?? '', bracket[1] === '^');
      at += bracket[0].length;
      continue;
    }
    const [char = '', next = ''] = rest;
    if (char === '\\') {
      source += SWAPPED.includes(next) && next !== '' && !extended ? next : `\\${next}`;
      at += 2;
      continue;
    }
    const first = source === '' || /[(|]$/.test(source);
    if (char === '*' && first) source += '\\*';
    else source += SWAPPED.includes(char) && !extended ? `\\${char}` : char;
    at += 1;
  }
  return source;
}
