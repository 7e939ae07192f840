import { describe, expect, it } from 'vitest';
import { jsonText, printable, printableData, printableLines } from '../../src/shared/printable.ts';

describe('what no terminal may be given', () => {
  it.each([
    ['escape', '\x1b[2J', '?[2J'],
    ['a control of one character', '\u009b2J', '?2J'],
    ['backspace, bell and delete', 'a\b\x07\x7f', 'a???'],
    ['turned writing', '\u202e\u2066\u200f\u061c', '????'],
    ['lines of another kind', 'a\u2028b\u2029c\x85d', 'a?b?c?d'],
    ['what shows nothing', 'a\u200bb\u2060\ufeff\u00ad\u3164\u{e0041}', 'a?b?????'],
    ['half a character', 'a\ud800b\udc00', 'a?b?'],
    ['a joiner within a plain word', 'cata\u200dlog \u200c', 'cata?log ?'],
  ])('%s is seen', (_, text, shown) => {
    expect(printable(text)).toBe(shown);
    expect(JSON.parse(jsonText({ [text]: text }))).toEqual({ [text]: text });
    expect(printable(jsonText({ [text]: text }))).toBe(jsonText({ [text]: text }));
  });

  it.each(['naïve 日本 😀', '👩\u200d🚀 ❤\ufe0f 1\ufe0f\u20e3', 'نمی\u200cخواهم'])(
    'honest text stays: %s',
    text => {
      expect(printable(text)).toBe(text);
      expect(jsonText(text)).toBe(JSON.stringify(text));
    },
  );

  it('lines stay lines, and tabs tabs or two spaces', () => {
    expect(printableLines('a\r\n\tb\rc\n')).toBe('a\n\tb?c\n');
    expect(printable('a\tb\n')).toBe('a  b?');
    expect(printableData({ a: ['\x1b', 1, null], b: { c: 'd\x00' } })).toEqual({
      a: ['?', 1, null],
      b: { c: 'd?' },
    });
    expect(jsonText({ a: [1] }, 2)).toBe('{\n  "a": [\n    1\n  ]\n}');
  });
});
