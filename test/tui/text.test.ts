import { describe, expect, it } from 'vitest';
import { compareManifests } from '../../src/course/manifest-diff.ts';
import { printable } from '../../src/shared/printable.ts';
import { commandText, parseCommand } from '../../src/tui/components/console/command-text.ts';
import { openLine, reduceLine, textOfLine } from '../../src/tui/components/line-editor/state.ts';
import { yamlPieces } from '../../src/tui/components/manifest/yaml-lines.ts';
import { markdownLines } from '../../src/tui/markdown/markdown-lines.ts';
import { bold, line, piece, spread, textOf, truncate, truncateMiddle } from '../../src/tui/text/line.ts';
import { asciiOnly } from '../../src/tui/text/safe.ts';
import { wrap } from '../../src/tui/text/wrap.ts';
import { signs } from '../../src/tui/theme.ts';

const texts = (lines: readonly (readonly { text: string }[])[]) =>
  lines.map(one => one.map(part => part.text).join(''));

describe('wrapping', () => {
  it('breaks between words, and keeps what a word is made of together', () => {
    expect(texts(wrap([piece('one two '), bold('three'), piece(', four')], 12))).toEqual([
      'one two',
      'three, four',
    ]);
  });

  it('cuts a word that is longer than the line, and hangs the rest', () => {
    expect(texts(wrap(line('a outbound|443||api.safedata-zone.io'), 20, 2))).toEqual([
      'a',
      '  outbound|443||api.',
      '  safedata-zone.io',
    ]);
  });

  it('counts columns, not characters', () => {
    expect(texts(wrap(line('日本 語日 本語'), 9))).toEqual(['日本 語日', '本語']);
    expect(textOf(truncate(line('日本語'), 5))).toBe('日本…');
  });

  it('puts two texts at the two edges, the left giving way', () => {
    expect(textOf(spread(line('left'), line('right'), 12))).toBe('left   right');
    expect(textOf(spread(line('a long left'), line('right'), 12))).toBe('a lon… right');
    expect(truncateMiddle('kubectl apply -f rule.yaml', 13)).toBe('kubect…e.yaml');
  });
});

describe('what reaches the terminal', () => {
  it('has no control characters', () => {
    expect(printable('a\u001b[2Jb\tc\u0007\u009b\u202e')).toBe('a?[2Jb  c???');
  });

  it('is ASCII where that is wanted', () => {
    expect(asciiOnly('→ ✓ naïve 日 — “x”')).toBe('-> ok na?ve ? - "x"');
  });
});

describe('Markdown', () => {
  const drawn = (source: string) => texts(markdownLines(source, 40, signs({ ascii: false })));

  it('has paragraphs, lists, quotes and code', () => {
    expect(drawn('# Head\n\nSome *text* with `code` & <b>.\n\n- one\n- two\n  more\n\n```\n$ curl x\n```\n\n3. three\n4. four')).toEqual([
      'Head', '', 'Some text with code & <b>.', '', '• one', '• two more', '', '  $ curl x', '', '3. three', '4. four',
    ]); // biome-ignore format: rows
  });

  it('has tables, the last column wrapped', () => {
    expect(drawn('| flag | meaning |\n|---|---|\n| NR | no route was found for this very request |\n| UO | overflow |')).toEqual([
      'flag  meaning', 'NR    no route was found for this very', '      request', 'UO    overflow',
    ]); // biome-ignore format: rows
  });
});

describe('YAML', () => {
  it.each([
    ['  - name: x # why', ['  - |plain', 'name|accent', ': x|plain', ' # why|dim']],
    ['# a: b', ['# a: b|dim']],
    ['host: "api: x"', ['host|accent', ': "api: x"|plain']],
    ['  http://x', ['  |plain', 'http://x|plain']],
    ['- "a b": 1', ['- |plain', '"a b"|accent', ': 1|plain']],
  ])('%s', (source, pieces) => {
    expect(yamlPieces(source).map(one => `${one.text}|${one.role}`)).toEqual(pieces);
  });
});

describe('the diff', () => {
  const of = (applied: string, file: string) =>
    compareManifests(applied, file)
      .filter(one => one.kind !== 'same')
      .map(one => `${one.kind} ${one.text.trim()}`);

  it('sees no difference in quotes, comments and order', () => {
    expect(of('kind: A\nspec:\n  b: "x"\n  a: 1\n', '# mine\nspec: {a: 1, b: x}\nkind: A\n')).toEqual([]);
  });

  it('shows a value that differs both ways', () => {
    expect(of('spec:\n  mode: SIMPLE\n', 'spec:\n  mode: MUTUAL\n')).toEqual([
      'removed mode: SIMPLE',
      'added mode: MUTUAL',
    ]);
  });

  it('compares a broken file as text', () => {
    expect(of('a: 1\n', 'a: [1\n')).toEqual(['removed a: 1', 'added a: [1']);
  });
});

describe('a call as text', () => {
  it.each([
    [['https://api.safedata-zone.io/v2/data'], 'curl https://api.safedata-zone.io/v2/data'],
    [
      ['-H', 'x-user: ana', '-d', '{"a": 1}', 'http://catalog/'],
      `curl -H 'x-user: ana' -d '{"a": 1}' http://catalog/`,
    ],
    [['http://catalog/?a=1&b=[1-3]'], "curl 'http://catalog/?a=1&b=[1-3]'"],
    [['-H', "it's", 'http://x'], `curl -H "it's" http://x`],
  ])('%j', (argv, text) => {
    expect(commandText(argv)).toBe(text);
    expect(parseCommand(text)).toEqual({ argv });
  });

  it.each([
    ['', 'Type a call'],
    ['curl', 'needs a URL'],
    ['rm -rf /', 'rm is not run'],
    ['curl http://x > /etc/passwd', 'Only one plain call'],
    ['curl http://x; ls', 'Only one plain call'],
    ['curl http://x?a&b', 'Only one plain call'],
    ['curl "http://x', 'quote " is not closed'],
  ])('%s is refused', (text, why) => {
    expect(parseCommand(text)).toEqual({ error: expect.stringContaining(why) });
  });

  it('needs no curl in front, keeps a dollar and takes a pattern as it is', () => {
    expect(parseCommand('-H x:$HOME http://catalog/*')).toEqual({
      argv: ['-H', 'x:$HOME', 'http://catalog/*'],
    });
  });
});

describe('the line editor', () => {
  it('edits in the middle, by words, and by characters that are two code units', () => {
    let state = openLine('curl http://x', []);
    state = reduceLine(state, { type: 'erase', what: 'word' });
    state = reduceLine(state, { type: 'insert', text: '😀é' });
    state = reduceLine(state, { type: 'move', to: 'left' });
    state = reduceLine(state, { type: 'erase', what: 'before' });
    expect(textOfLine(state)).toBe('curl é');
    state = reduceLine(state, { type: 'erase', what: 'to-start' });
    expect([textOfLine(state), state.cursor]).toEqual(['é', 0]);
  });

  it('keeps what was being typed while one looks back', () => {
    let state = openLine('draft', ['old', 'older']);
    state = reduceLine(state, { type: 'history', to: 'older' });
    state = reduceLine(state, { type: 'history', to: 'older' });
    state = reduceLine(state, { type: 'history', to: 'older' });
    expect(textOfLine(state)).toBe('old');
    state = reduceLine(state, { type: 'history', to: 'newer' });
    state = reduceLine(state, { type: 'history', to: 'newer' });
    expect(textOfLine(state)).toBe('draft');
  });
});
