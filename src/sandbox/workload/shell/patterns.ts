/** The shell's patterns: * ? [abc] [!abc]. Source: POSIX.1-2017, Shell Command Language, 2.13 */
import { literally } from '../../../shared/texts.ts';

const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
};

/** `[[:digit:]_]` with its brackets, as JavaScript has it. */
export function bracketOf(inside: string, negated: boolean): string {
  const text = inside
    .split(/(\[:\w+:\])/)
    .map(part => {
      const name = /^\[:(\w+):\]$/.exec(part)?.[1];
      return name === undefined ? part.replace(/[\\[\]^]/g, '\\$&') : (CLASSES[name] ?? '');
    })
    .join('');
  return `[${negated ? '^' : ''}${text}]`;
}

const BRACKET = /^\[([!^]?)(\]?(?:\[:\w+:\]|[^\]])*)\]/;

export interface PatternText {
  readonly text: string;
  /** Quoted characters have no meaning. */
  readonly quoted: boolean;
}

/** A regular expression's source; `star`: what * stands for. */
export function patternSource(pieces: readonly PatternText[], star = '[^]*'): string {
  return pieces
    .map(({ text, quoted }) => {
      if (quoted) return literally(text);
      let source = '';
      for (let rest = text; rest !== ''; ) {
        const bracket = BRACKET.exec(rest);
        if (bracket) {
          source += bracketOf(bracket[2] ?? '', bracket[1] !== '');
          rest = rest.slice(bracket[0].length);
          continue;
        }
        const [char = ''] = rest;
        source += char === '*' ? star : char === '?' ? star.slice(0, -1) : literally(char);
        rest = rest.slice(char.length);
      }
      return source;
    })
    .join('');
}

export function matches(pieces: readonly PatternText[], text: string): boolean {
  return new RegExp(`^(?:${patternSource(pieces)})$`).test(text);
}

export function hasPattern(pieces: readonly PatternText[]): boolean {
  return pieces.some(({ text, quoted }) => !quoted && /[*?]|\[.*\]/.test(text));
}
